"""The page of `vocabulary`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Table


def words_page(document: dict[str, Any]) -> Iterator[Block]:
    """What each label means, then what clashes or is unknown."""
    yield Heading("What the tools' words mean")
    rows = [
        (each["vocabulary"], each["label"], each["says"], each["means"], each["about"]) for each in document["labels"]
    ]
    yield Table(("vocabulary", "label", "says", "means", "about"), rows)
    if document["two_meanings"]:
        yield Heading("One label with two meanings")
        two = [
            (each["label"], vocabulary, means)
            for each in document["two_meanings"]
            for vocabulary, means in each["meanings"].items()
        ]
        yield Table(("label", "vocabulary", "means"), two)
    if document["one_meaning"]:
        yield Heading("Several labels with one meaning")
        one = [
            (each["kind"], label, vocabularies)
            for each in document["one_meaning"]
            for label, vocabularies in each["labels"].items()
        ]
        yield Table(("kind", "label", "vocabularies"), one)
    if document["unmapped"]:
        yield Heading("Labels that nobody knows")
        yield Table(("source", "label", "records"), [tuple(each.values()) for each in document["unmapped"]])
