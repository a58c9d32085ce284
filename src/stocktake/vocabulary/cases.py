"""Cases of a vocabulary: given records, expected claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from stocktake.nouns import canonical
from stocktake.schema import Schema
from stocktake.vocabulary.decode import LINES, Decoder, SourceSettings
from stocktake.vocabulary.load import Lined
from stocktake.vocabulary.spec import Vocabularies, Vocabulary

Case = dict[str, Any]
Claim = dict[str, Any]
Decoded = tuple[list[Claim], list[str]]
"""Claims, and what can't be read."""


def run_cases(vocabulary: Vocabulary, vocabularies: Vocabularies, schema: Schema) -> Iterator[tuple[str, list[str]]]:
    """Run the cases beside a vocabulary file: for each, `file:line says` and what differs (empty: it holds).

    A vocabulary without cases gives one result that says so.
    """
    path = Path(vocabulary.path).with_suffix(".cases.yaml")
    if not path.exists():
        yield str(path), ["there are no cases: write records and the claims that they give"]
        return
    file = Lined(path)
    decoder = Decoder(vocabulary, vocabularies, schema)
    cases = [dict(case) for case in (file.data or {}).get("cases") or []]
    found = _decoded(cases, decoder)
    for number, case in enumerate(cases):
        yield f"{file.where('cases', number)} {case.get('says', '')}", _differences(case, *found[number])


def _decoded(cases: Sequence[Case], decoder: Decoder) -> dict[int, Decoded]:
    """What each case gives, by its place; those of equal settings are decoded at once, unless one can't be read."""
    found: dict[int, Decoded] = {}
    by_settings: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        by_settings.setdefault(repr(case.get("settings")), []).append(number)
    for numbers in by_settings.values():
        told = _decode([cases[number] for number in numbers], decoder)
        if decoder.unreadable:
            told = [each for number in numbers for each in _decode([cases[number]], decoder)]
        found |= dict(zip(numbers, told, strict=True))
    return found


def _decode(cases: Sequence[Case], decoder: Decoder) -> list[Decoded]:
    """What some cases of equal settings give: their claims, and what can't be read of them."""
    settings = dict(cases[0].get("settings") or {})
    ends = list(accumulate(len(case.get("records") or []) for case in cases))
    records = [record for case in cases for record in case.get("records") or []]
    decoder.decode(_lines(records), [SourceSettings("case", settings.get("instance"), settings)])
    tables = decoder.tables()
    problems = [problem.problem for error in decoder.unreadable for problem in error.problems]
    spans = zip([0, *ends], ends, strict=False)
    return [(claims_of(_of(tables, first, last), decoder.schema), problems) for first, last in spans]


def _of(tables: dict[str, pa.Table], first: int, last: int) -> dict[str, pa.Table]:
    """The rows of the records after the first up to the last."""
    seq = pc.field("seq")
    return {name: table.filter((seq > first) & (seq <= last)) for name, table in tables.items()}


def _differences(case: Case, got: list[Claim], problems: list[str]) -> list[str]:
    """What of a case does not hold."""
    expected = [dict(each) for each in case.get("claims") or []]
    differences = (
        [] if len(got) == len(expected) else [f"{len(got)} claims instead of {len(expected)}: {_summary(got)}"]
    )
    differences += problems
    left = list(got)
    for claim in expected:
        match = next((each for each in left if not differs(claim, each)), None)
        if match is not None:
            left.remove(match)
            continue
        near = [each for each in left if all(each.get(k) == claim[k] for k in ("kind", "part") if k in claim)] or left
        reasons = differs(claim, near[0]) if near else ["there is no further claim"]
        differences.append(f"expected {claim}: {'; '.join(reasons)}")
    return differences


def _lines(records: list[dict[str, Any]]) -> pa.Table:
    rows = [
        {
            "seq": number,
            "pull_id": None,
            "source": "case",
            "label": record["label"],
            "key": str(record["key"]),
            "observed_at": _moment(record.get("observed_at")),
            "body_id": number,
            "op": 0,
            "body": canonical(record.get("body")).decode(),
        }
        for number, record in enumerate(records, 1)
    ]
    return pa.Table.from_pylist(rows, schema=LINES)


def _moment(value: Any) -> datetime:
    told = yaml.safe_load(value) if isinstance(value, str) else value
    moment = told if isinstance(told, datetime) else datetime(2026, 1, 1, tzinfo=UTC)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def claims_of(tables: dict[str, pa.Table], schema: Schema) -> list[Claim]:
    """Decoded tables as plain claims: kind, part, fields, same_as, looks_like, flags, links."""
    claims: dict[tuple[int, Any, str, str], Claim] = {}
    own = {
        "seq",
        "claim_id",
        "key_id",
        "source",
        "label",
        "part",
        "kind",
        "default_kind",
        "passive",
        "says",
        "observed_at",
        "rule",
    }
    for name in [f"claims_{kind}" for kind in [*schema.kinds, "open", "none"]]:
        for row in tables[name].to_pylist():
            fields = {k: v for k, v in row.items() if k not in own and k != "flags" and v is not None}
            claim = {
                "kind": row["kind"], "part": row["part"], "label": row["label"], "passive": row["passive"], "default": row["default_kind"],
                "fields": fields, "flags": sorted(row["flags"]), "same_as": {}, "looks_like": {}, "links": [],
            }  # fmt: skip
            held = claims.setdefault((row["seq"], row["claim_id"], row["kind"], row["rule"]), claim)
            held["fields"].update(fields)
    by_claim: dict[tuple[int, Any, str], list[Claim]] = {}
    for (seq, claim_id, kind, _), claim in claims.items():
        by_claim.setdefault((seq, claim_id, kind), []).append(claim)
    for row in tables["identifiers"].to_pylist():
        for claim in by_claim[row["seq"], row["claim_id"], row["kind"]]:
            same = claim["same_as"]
            same[row["namespace"]] = (
                row["value"] if row["namespace"] not in same else sorted([*_list(same[row["namespace"]]), row["value"]])
            )
    for row in tables["hints"].to_pylist():
        for claim in by_claim[row["seq"], row["claim_id"], row["kind"]]:
            claim["looks_like"][row["hint"]] = row["value"]
    for row in tables["links"].to_pylist():
        attributes = {name: row[name] for name in schema.attributes() if row[name] is not None}
        link = {
            "edge": row["edge"],
            "to": f"{row['namespace']}:{row['value']}",
            "attributes": attributes,
            "kind": row["to_kind"],
        }
        link |= {name: row[name] for name in ("from_at", "until_at") if row[name] is not None}
        for claim in by_claim[row["seq"], row["claim_id"], row["kind"]]:
            if link not in claim["links"]:
                claim["links"].append(link)
    return list(claims.values())


def differs(expected: Claim, got: Claim) -> list[str]:
    """What of an expected claim a decoded one does not hold; what is not expected is not looked at."""
    reasons = []
    for name, wanted in expected.items():
        given = got.get(name)
        if name in ("fields", "same_as", "looks_like"):
            reasons += [
                f"{name}.{k} is {_plain((given or {}).get(k))!r}, not {_plain(v)!r}"
                for k, v in wanted.items()
                if _plain((given or {}).get(k)) != _plain(v)
            ]
        elif name == "links":
            reasons += [
                f"no link {link} among {given}"
                for link in wanted
                if not any(_link_holds(link, each) for each in given or [])
            ]
        elif name == "flags":
            reasons += [] if sorted(wanted) == given else [f"flags are {given}, not {sorted(wanted)}"]
        elif given != wanted:
            reasons.append(f"{name} is {given!r}, not {wanted!r}")
    return reasons


def _link_holds(expected: dict[str, Any], got: dict[str, Any]) -> bool:
    attributes = expected.get("attributes") or {}
    rest = {k: v for k, v in expected.items() if k != "attributes"}
    return all(_plain(got.get(k)) == _plain(v) for k, v in rest.items()) and all(
        _plain(got["attributes"].get(k)) == _plain(v) for k, v in attributes.items()
    )


def _plain(value: Any) -> Any:
    """A value as it compares: times as naive UTC, whole seconds; lists sorted."""
    if isinstance(value, datetime):
        aware = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return aware.replace(microsecond=0)
    return sorted(value) if isinstance(value, list) else value


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _summary(claims: list[Claim]) -> str:
    return ", ".join(f"{claim['kind']} {claim['part']}" for claim in claims)
