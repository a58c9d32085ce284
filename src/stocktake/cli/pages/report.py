"""The page of `show`: the first questions of somebody who has never heard of Stocktake, and their answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Lines, Table
from stocktake.cli.pages import many
from stocktake.cli.pages.cells import COUNTED_BY, answer, interval, known, labels, minute, number, plural
from stocktake.cli.pages.counts import live
from stocktake.cli.pages.coverage import suggestions_part
from stocktake.cli.pages.rulings import targets_part, waivers_part

EVERYTHING = "everything"
WAIVED = ("exempt", "level without waivers")
SHOWN = 20  # findings, suggestions and nodes; of more, the report tells how many of each sort
MODEL = "a model is its source code; else its registered family; else its deployment"


def report_page(document: dict[str, Any]) -> Iterator[Block]:
    """The whole report."""
    yield from opening(document)
    yield from how_many(document)
    yield from which_active(document)
    yield from who_owns(document)
    yield from retrained(document)
    yield from how_well(document)
    yield from unknown(document)
    yield from suggested(document)
    yield from engines(document)


def engines(document: dict[str, Any]) -> Iterator[Block]:
    """The steps that did not run in this process, or not where they should; nothing where all did."""
    if document["engines"]:
        yield Heading("Which steps ran on other engines?")
        rows = [(each["step"], each["engine"], each["why"]) for each in document["engines"]]
        yield Table(("step", "engine", "why"), rows)


def opening(document: dict[str, Any]) -> Iterator[Block]:
    """Of what and when this is, and whether all sources can be trusted."""
    sources = document["coverage"]["sources"]
    moment = minute(document["run"]["as_of"])
    yield f"{document['project']}, as it stood at {moment} UTC, told by {plural(len(sources), 'source')}."
    yield from _published(document["run"])
    stale = document["stale_sources"]
    if stale:
        listed = ", ".join(f"{each['source']} ({plural(each['artifacts'], 'artifact')})" for each in stale)
        yield f"STALE: {listed}. What only they tell reads as unknown."
    else:
        yield "No source is stale."


def _published(run: dict[str, Any]) -> Iterator[Block]:
    """Whether these are the agreed meanings; nothing where nothing was ever published."""
    number, latest = run["publication"], run["latest_publication"]
    if number is not None:
        yield f"By publication {number}." + (f" The latest is {latest}." if number != latest else "")
    elif latest is not None:
        yield f"NOT PUBLISHED: changed since publication {latest}; `stocktake plan` says what that does."


def how_many(document: dict[str, Any]) -> Iterator[Block]:
    """The numbers by each way to count, and what the models are."""
    counts = document["counts"]
    yield Heading("How many models do we have?")
    yield f"{plural(counts['models']['model'], 'model')}, by the definition `model`: {MODEL}."
    kinds = {"code": "model_code", "family": "model_family", "binary": "model_binary", "deployment": "model_deployment"}
    rows: list[tuple[object, ...]] = []
    for way, total in counts["models"].items():
        kind = counts["kinds"].get(kinds.get(way, ""), {})
        rows.append((COUNTED_BY[way], total, live(kind) if kind else "", kind.get("ghosts", "")))
    yield Table(("counted by", "models", "live", "only referred to"), rows)


def which_active(document: dict[str, Any]) -> Iterator[Block]:
    """Which models are live, and which were asked."""
    yield Heading("Which are active?")
    definitions = document["counts"]["definitions"]
    told = [
        f"{name.replace('_', ' ')}: {interval(each['low'], None, each['high'])}"
        for name, each in definitions.items()
        if name in ("active_model", "active_deployment", "production_deployment")
    ]
    yield "; ".join(told) + "."
    if not document["requests_told"]:
        yield "No source tells when a deployment was last asked, so activity is unknown; live means that it is up."
    if many.are_many(document):
        yield from many.active_part(document["models"])
        return
    called = labels(document["models"])
    rows = [
        (
            called[row["model_id"]], row["model_by"], answer(row["is_live"]), answer(row["is_active"]),
            f"{row['live_deployment_count']} of {row['deployment_count']}", row["binary_count"],
        )
        for row in document["models"]
    ]  # fmt: skip
    yield Table(("model", "named by", "live", "active", "live deployments", "binaries"), rows)


def who_owns(document: dict[str, Any]) -> Iterator[Block]:
    """The owners of each model, and through what they were found."""
    yield Heading("Who owns them?")
    if many.are_many(document):
        yield from many.owners_part(document["models"])
        return
    called = labels(document["models"])
    rows = [
        (called[row["model_id"]], row["owners"] or "nobody is named", row["owned_through"] or "")
        for row in document["models"]
    ]
    yield Table(("model", "owners", "named on"), rows)


def retrained(document: dict[str, Any]) -> Iterator[Block]:
    """When each model last learned, and the share of what is served in each bucket of age."""
    yield Heading("Are they being retrained?")
    if many.are_many(document):
        yield from exposure_part(document, EVERYTHING)
        yield from many.trained_part(document["models"])
        return
    called = labels(document["models"])
    rows = [
        (called[row["model_id"]], minute(row["trained_at"]), known(row["days_since_trained"]), row["run_count"])
        for row in document["models"]
    ]
    yield Table(("model", "last trained", "days since", "training runs"), rows)
    yield from exposure_part(document, EVERYTHING)


def exposure_part(document: dict[str, Any], slice_: str) -> Iterator[Block]:
    """Which share of the live servings stands in each bucket, by number and by traffic."""
    rows = [
        (
            row["metric"], *([row["slice_value"]] if slice_ != EVERYTHING else []), row["bucket"], row["servings"],
            _share(row, "count"), _share(row, "traffic"),
        )
        for row in document["exposure"]
        if row["slice"] == slice_ and (row["servings"] or row["bucket"] == "unknown")
    ]  # fmt: skip
    if rows:
        yield "Of what is served now, by age since training:"
        own = (slice_,) if slice_ != EVERYTHING else ()
        yield Table(("metric", *own, "bucket", "servings", "share", "share of traffic"), rows)


def _share(row: dict[str, Any], by: str) -> str:
    """A bucket's share of all; of a known one also the least and the most that it may be."""
    share = row[f"{by}_share"]
    if share is None:
        return "none"
    low, high = row.get(f"{by}_low"), row.get(f"{by}_high")
    told = number(share, share=True)
    if low is None or high is None or low == high:
        return told
    return f"{told} ({number(low, share=True)} to {number(high, share=True)})"


def how_well(document: dict[str, Any]) -> Iterator[Block]:
    """Every node over all models: mean level with its interval, and how many models have which outcome."""
    yield Heading("How well are they managed?")
    yield "Levels go from 0 (failing) to 4 (leading). The interval counts what is unknown as worst and as best."
    table = nodes_table(document, EVERYTHING, EVERYTHING)
    if len(table.rows) > SHOWN:
        yield nodes_table(document, EVERYTHING, EVERYTHING, kind="group")
        yield "`stocktake show NODE` tells more of each, and what is below it."
    else:
        yield table
    yield from targets_part(document)
    yield from waivers_part(document)


def nodes_table(document: dict[str, Any], slice_: str, value: str, *, kind: str | None = None) -> Table:
    """The hierarchy with each node's mean over one slice. kind: group or metric, if only those are wanted."""
    told = {
        row["node"]: row for row in document["populations"] if (row["slice"], row["slice_value"]) == (slice_, value)
    }
    without = {
        row["node"]: mean(row)
        for row in document["without_waivers"]
        if (row["slice"], row["slice_value"]) == (slice_, value)
    }
    rows = []
    for node in document["nodes"]:
        row = told.get(node["node"]) if kind in (None, node["kind"]) else None
        if row and row["known"] + row["unknown"] + row["error"] + row["exempt"]:
            name = f"{'  ' * node['depth']}{node['node']}"
            counts = (row["known"], row["unknown"], row["not_applicable"])
            waived = (row["exempt"], without.get(node["node"])) if without else ()
            rows.append((name, mean(row), *counts, *waived))
    columns = ("node", "level", "known", "unknown", "not asked")
    return Table((*columns, *WAIVED) if without else columns, rows)


def mean(row: dict[str, Any]) -> str:
    """The mean level of a population, low to high, and the point."""
    return interval(row["mean_low"], row["mean_point"], row["mean_high"])


def unknown(document: dict[str, Any]) -> Iterator[Block]:
    """What the numbers can't say, and why."""
    yield Heading("What can't be known, and why?")
    found = list(findings(document))
    if len(found) > SHOWN:
        yield from many.findings_part((thing, f"{kind}{': ' if kind else ''}{why}") for thing, kind, why in found)
        return
    yield Lines([f"  {thing}{f' ({kind})' if kind else ''}: {why}" for thing, kind, why in found])


def findings(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Everything that can't be known: what it is about, of which kind that is, and why."""
    coverage = document["coverage"]
    for row in coverage["ghosts"]:
        if row["kind"] != "owner":
            yield (row["identifier"], _kind(row), row["why"])
    for row in [*coverage["unattributed"], *coverage["unowned"]]:
        yield (_name(row), _kind(row), row["why"])
    for row in coverage["conflicts"]:
        yield (_name(row), _kind(row), f"{row['values']} values of {row['field']}, none better known")
    for row in coverage["unmapped"]:
        yield (f"{row['source']}'s {row['label']}", plural(row["records"], "record"), row["why"])
    for row in coverage["not_connected"]:
        yield (f"{_name(row)}{_at(row)}", _kind(row), f"not connected, {row['missing']}: {row['why']}")
    if document["requests_told"] == 0:
        yield ("whether a deployment is asked", "", "no source tells it")


def suggested(document: dict[str, Any]) -> Iterator[Block]:
    """What may be the same: each, or where they are many how many of each sort."""
    suggestions = document["coverage"]["suggestions"]
    if len(suggestions) <= SHOWN:
        yield from suggestions_part(suggestions)
        return
    yield Heading("May be the same: a person can confirm it")
    yield from many.suggested_part(suggestions)
    yield Lines(["", '  stocktake edit confirm NUMBER --why "…"'])


def _at(row: dict[str, Any]) -> str:
    """Where it is, which may be all that tells it from its namesake."""
    return f" at {row['place']}" if row["place"] else ""


def _name(row: dict[str, Any]) -> str:
    """How a thing is called; by the beginning of its id where no source that can be trusted tells its name."""
    return str(row["name"] or row["id"][:12])


def _kind(row: dict[str, Any]) -> str:
    """The kind of what a finding is about, in plain words."""
    return str(row["kind"]).replace("_", " ")
