"""The page of one artifact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Table
from stocktake.cli.pages.cells import answer, minute

LINK = ("edge", "kind", "name", "id", "is", "attributes", "sources")
BESIDE = ("edge", "id", "kind", "name", "is", "sources", "from_at", "until_at", "flags")


def artifact_page(document: dict[str, Any]) -> Iterator[Block]:
    """All that is known of it: fields and who says so, identifiers, links, history, what is odd."""
    yield Heading(f"{document['kind'].replace('_', ' ')} {document.get('name') or document['id'][:12]}")
    live = f"; live: {answer(document['is_live'])}" if "is_live" in document else ""
    yield f"{document['is']}; id {document['id']}; told by {', '.join(document.get('sources', [])) or 'nobody'}{live}"
    if document.get("flags"):
        yield f"flags: {', '.join(document['flags'])}"
    yield from _fields(document)
    if document["identifiers"]:
        yield Heading("Identifiers, and the claims that bear them")
        borne = [(each["identifier"], _declared(each), each["claims"]) for each in document["identifiers"]]
        yield Table(("identifier", "", "claims"), borne)
    for name, title in (("links", "Links to"), ("linked_from", "Linked from")):
        if document[name]:
            yield Heading(title)
            yield Table(LINK, [_link(each) for each in document[name]])
    yield Heading("History")
    yield Table(("from", "until", "claim", "entry"), [_telling(each) for each in document["history"]])
    if document["suggestions"]:
        yield Heading("Suggestions")
        yield Table(("rule", "evidence"), [(each["rule"], each["evidence"]) for each in document["suggestions"]])


def _fields(document: dict[str, Any]) -> Iterator[Block]:
    """Every value with its sources; those that lost are shown beside the one that won."""
    conflicts = {each["field"] for each in document["conflicts"]}
    rows = []
    for name, field in document["fields"].items():
        won = sorted({each["source"] for each in field["told"] if each["won"]})
        lost = sorted({f"{_value(each['value'])} ({each['source']})" for each in field["told"] if not each["won"]})
        odd = "conflict" if name in conflicts else ""
        rows.append((name, "unknown" if field["value"] is None else _value(field["value"]), won, odd, lost))
    yield Table(("field", "value", "says", "", "others say"), rows)


def _value(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _declared(identifier: dict[str, Any]) -> str:
    return "declared" if identifier["is_declared"] else ""


def _telling(each: dict[str, Any]) -> tuple[object, ...]:
    """When a claim held, and which it is."""
    until = minute(each["until_at"]) if each["until_at"] else ""
    return (minute(each["from_at"]), until, f"{each['source']}/{each['label']}/{each['part']}", each["seq"])


def _link(each: dict[str, Any]) -> tuple[object, ...]:
    """One row; attributes as `name value`."""
    attributes = [f"{name} {value}" for name, value in each.items() if name not in BESIDE]
    end = (each["edge"], each["kind"], each["name"], each["id"][:12], each.get("is", ""))
    return (*end, attributes, each.get("sources"))
