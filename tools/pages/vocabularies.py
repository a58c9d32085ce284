"""The page of vocabularies: what the words of each tool mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pages.markdown import LIBRARY, NOTE, code, join, table

INTRO = """
A vocabulary says what the words of one tool mean: which label of its answers is which [kind](kinds.md), and by which
identifiers a thing is known. A *state* is all that the answer knows when read; a *summary* is a state that leaves
things out; an *event* adds what happened. Identifiers of a lower rank are stronger.
"""


def page(root: Path) -> str:
    """The whole page."""
    paths = sorted((root / LIBRARY / "vocabulary").glob("*.yaml"))
    told = [yaml.safe_load(path.read_text("utf-8")) for path in paths if not path.name.endswith(".cases.yaml")]
    return join(NOTE, "# Vocabularies", INTRO, *map(_vocabulary, told))


def _vocabulary(told: dict[str, Any]) -> str:
    """The section of one vocabulary."""
    labels = told.get("labels") or {}
    namespaces = told.get("namespaces") or {}
    return join(
        f"## {told['vocabulary']}",
        str(told.get("says", "")),
        table(
            ("label", "is a", "kinds", "about"),
            (
                (code(n), str(each.get("says", "state")), _kinds(each), str(each.get("about", "")))
                for n, each in labels.items()
            ),
        ),
        table(
            ("identifier", "rank", "what it is"),
            ((code(name), str(each.get("rank", "")), str(each.get("says", ""))) for name, each in namespaces.items()),
        ),
    )


def _kinds(label: dict[str, Any]) -> str:
    """The kinds that a label's claims speak of; `open` means that other claims decide."""
    kinds = dict.fromkeys(str(claim.get("kind", "none")) for claim in label.get("claims") or ())
    return ", ".join(map(code, kinds)) or "none"
