"""Evidence: which records tell a field, a link, or that an artifact is one, at the graph's moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from stocktake.explain.records import Records
from stocktake.explain.tree import Step

if TYPE_CHECKING:
    from stocktake.explain.files import Files
    from stocktake.explain.near import Link, Near
    from stocktake.graph.snapshot import Graph
    from stocktake.schema import FieldSpec
    from stocktake.vocabulary import Vocabularies

Row = dict[str, Any]
IDENTITY = "claims that bear one strong identifier are one artifact, whatever their source"
WINNERS = {
    "latest": "a person's edit wins, else the best-ranked source, else the latest reading",
    "min": "a person's edit wins, else the least that is told",
    "max": "a person's edit wins, else the greatest that is told",
}


class Evidence:
    """Reads evidence from a frozen graph; each step is made once."""

    def __init__(self, graph: Graph, records: Records, near: Near, files: Files, vocabularies: Vocabularies) -> None:
        self.graph = graph
        self.records = records
        self.near = near
        self.files = files
        self.vocabularies = vocabularies
        self.artifact = cache(self._artifact)
        self.field = cache(self._field)
        self.link = cache(self._link)
        self.identity = cache(self._identity)
        self._tables: dict[str, dict[str, list[Row]]] = {}

    def claims(self, kind: str, artifact_id: str) -> list[Row]:
        """The claims that describe an artifact at the moment, in the order of the log."""
        sql = f"SELECT * EXCLUDE (claim_id) FROM now_{kind} ORDER BY seq, rule, part"
        return self._by("claims", kind, sql, "artifact_id").get(artifact_id, [])

    def _artifact(self, kind: str, artifact_id: str) -> Step:
        """That an artifact is there: every record that describes it, and why these speak of one thing."""

        def below() -> Iterator[Step]:
            for row in self.claims(kind, artifact_id):
                yield self.records.step(row["seq"], part=row["part"], **self._reading(row))
            yield from self.identity(kind, artifact_id)

        name = f"{kind} {self.near.name(kind, artifact_id)}"
        rule = self.files.short(self.graph.schema.kinds[kind].where)
        return Step("artifact", name, {"kind": kind, "id": artifact_id}, rule, below)

    def _field(self, kind: str, artifact_id: str, name: str) -> Step | None:
        """What is told of a field: the records that agree with its value, and those that lost; None: nothing."""
        spec = self.graph.schema.kinds[kind].fields[name]
        rows = [row for row in self.claims(kind, artifact_id) if row[name] is not None]
        if not rows:
            return None
        row = self.near.row(kind, artifact_id) or {}
        won = row.get(name)
        told = [
            self.records.step(each["seq"], value=each[name], standing=_standing(spec, each, won), **self._reading(each))
            for each in rows
        ]
        values = [each.told["value"] for each in told if each.told["standing"] in ("holds", "loses")]
        said = {"kind": kind, "id": artifact_id, "value": won}
        said |= {"conflict": True} if any(not _same(value, won) for value in values) and spec.merge == "latest" else {}
        return Step(
            "field", f"{kind}.{name} of {self.near.name(kind, artifact_id)}", said, self._field_rule(spec), told
        )

    def _field_rule(self, spec: FieldSpec) -> str:
        ranks = [
            f"{vocabulary.name} {vocabulary.ranks[spec.name]} ({self.files.short(vocabulary.path)})"
            for vocabulary in self.vocabularies.by_name.values()
            if spec.name in vocabulary.ranks
        ]
        ranked = f"; ranks: {', '.join(ranks)}, others 100" if ranks else ""
        where = self.files.short(spec.where)
        return f"{where}: {WINNERS[spec.merge]}{ranked}" if where else f"{WINNERS[spec.merge]}{ranked}"

    def _link(self, link: Link) -> Step:
        """What tells a link: the records that say it, those that pass it on, and how it reaches its end."""
        told: list[Step] = []
        for row in self._by("links", link.kind, _LINKS, "from_id").get(link.from_id, []):
            if (row["edge"], row["end_id"]) == (link.edge, link.to_id):
                by = f"{row['namespace']}:{row['value']}"
                told.append(self.records.step(row["seq"], says=by, read_by=self.files.rule(row["rule"])))
                told += [
                    self.records.step(each["seq"], passes_on=by, read_by=self.files.rule(each["rule"]))
                    for claim_id in row["via"]
                    for each in self._by("carriers", "", _CARRIERS, "claim_id").get(str(claim_id), [])
                ]
        names = (self.near.name(link.kind, link.from_id), self.near.name(link.to_kind, link.to_id))
        said = {"from_id": link.from_id, "to_id": link.to_id, "to_kind": link.to_kind, "to_is": link.to_is}
        edge = self.graph.schema.kinds[link.kind].edges[link.edge]
        identity = self.identity(link.to_kind, link.to_id)
        rule = f"{self.files.short(edge.where)}: what any source tells holds, until one says that it ended"
        return Step("link", f"{link.kind}.{link.edge}: {names[0]} → {names[1]}", said, rule, [*told, *identity])

    def _identity(self, kind: str, artifact_id: str) -> tuple[Step, ...]:
        """Why several claims are one artifact: each identifier that joins them, with the records that bear it."""
        rows = self._by("identifiers", kind, _IDENTIFIERS, "artifact_id").get(artifact_id, [])
        found = [step for step in self._identifiers(rows) if step]
        found += self._decisions(kind, artifact_id)
        if not found:
            return ()
        claims = {row["claim_id"] for row in rows}
        name = f"{len(claims)} claims are one {kind}, {self.near.name(kind, artifact_id)}"
        return (Step("identity", name, {"kind": kind, "id": artifact_id}, IDENTITY, found),)

    def _identifiers(self, rows: list[Row]) -> Iterator[Step | None]:
        by_identifier: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            by_identifier.setdefault((row["namespace"], row["value"]), []).append(row)
        for (namespace, value), bearing in by_identifier.items():
            if len({row["claim_id"] for row in bearing}) < 2:
                continue
            told = [
                self.records.step(
                    row["seq"], bears="declared" if row["declared"] else "own", read_by=self.files.rule(row["rule"])
                )
                for row in bearing
            ]
            declared = sorted({str(each.told["read_by"]) for each in told if each.told["bears"] == "declared"})
            said = {"declared_by": declared} if declared else {}
            yield Step("identifier", f"{namespace}:{value}", said, self._namespace_rule(namespace), told)

    def _namespace_rule(self, namespace: str) -> str:
        for vocabulary in self.vocabularies.by_name.values():
            if namespace in vocabulary.namespaces:
                it = vocabulary.namespaces[namespace]
                return f"{self.files.short(vocabulary.path)}: namespace {namespace}, rank {it.rank}"
        return f"namespace {namespace}"

    def _decisions(self, kind: str, artifact_id: str) -> list[Step]:
        """Where persons joined it: their records."""
        iids = {row["iid"] for row in self._by("addresses", kind, _ADDRESSES, "artifact_id").get(artifact_id, [])}
        return [
            Step("identifier", f"{edit.left} = {edit.right}", {}, "a person's decision", [self.records.step(seq)])
            for seq, edit, sides in self.records.confirmed
            if sides <= iids
        ]

    def _reading(self, row: Row) -> Row:
        """How a claim was read: its rule, and what is odd about it."""
        marks = {name: True for name in ("is_stale", "is_backfilled") if row[name]}
        return {"read_by": "edit" if row["is_edit"] else self.files.rule(row["rule"]), **marks}

    def _by(self, name: str, kind: str, sql: str, key: str) -> Mapping[str, list[Row]]:
        """The rows of a working table by the artifact that they are of; the records behind them are read at once."""
        if f"{name} {kind}" not in self._tables:
            result = self.graph.frame.run(sql.replace("{kind}", kind))
            columns = [column[0] for column in result.description or ()]
            grouped: dict[str, list[Row]] = {}
            for values in result.fetchall():
                row = dict(zip(columns, values, strict=True))
                grouped.setdefault(row[key], []).append(row)
            self._tables[f"{name} {kind}"] = grouped
            self.records.read(row["seq"] for rows in grouped.values() for row in rows if "seq" in row)
        return self._tables[f"{name} {kind}"]


# A claim's link is read from the record in force. What passed through carriers was told by the first carrier's name.
_LINKS = """SELECT told.from_id, told.edge, told.end_id, told_end.namespace, told_end.value,
    COALESCE(told.via, []) AS via, now_claim.seq,
    MIN(links.rule) AS rule
FROM (SELECT DISTINCT from_id, edge, end_id, claim_id, to_iid, via FROM ended_link
    WHERE from_kind = '{kind}') AS told
JOIN told_end ON told_end.iid = told.to_iid
LEFT JOIN (SELECT DISTINCT iid, claim_id FROM carrier) AS first ON first.claim_id = told.via[1]
JOIN now_claim ON now_claim.claim_id = told.claim_id
JOIN links ON links.claim_id = told.claim_id AND links.seq = now_claim.seq AND links.edge = told.edge
    AND links.to_iid = COALESCE(first.iid, told.to_iid)
GROUP BY ALL ORDER BY now_claim.seq, told_end.namespace, told_end.value"""
_CARRIERS = """SELECT CAST(links.claim_id AS VARCHAR) AS claim_id, links.seq, MIN(links.rule) AS rule
FROM links JOIN now_claim ON now_claim.claim_id = links.claim_id AND now_claim.seq = links.seq
WHERE links.edge = 'carries' GROUP BY ALL ORDER BY links.seq"""
_IDENTIFIERS = """SELECT claim_artifact.artifact_id, CAST(identifiers.claim_id AS VARCHAR) AS claim_id,
    identifiers.namespace, identifiers.value, identifiers.seq, BOOL_OR(identifiers.declared) AS declared,
    MIN(claims.rule) AS rule
FROM claim_artifact
JOIN own ON own.claim_id = claim_artifact.claim_id
JOIN identifiers ON identifiers.claim_id = own.claim_id AND identifiers.iid = own.iid
JOIN namespaces ON namespaces.namespace = identifiers.namespace
JOIN now_{kind} AS claims ON claims.claim_id = identifiers.claim_id AND claims.seq = identifiers.seq
WHERE claim_artifact.kind = '{kind}' AND NOT claims.is_edit
GROUP BY ALL ORDER BY MIN(namespaces.rank), identifiers.namespace, identifiers.value, identifiers.seq"""
_ADDRESSES = "SELECT DISTINCT artifact_id, iid FROM address WHERE kind = '{kind}'"


def _standing(spec: FieldSpec, row: Row, won: Any) -> str:
    """How a told value stands beside the one that won."""
    if row["is_stale"] and not spec.lasting and not row["is_edit"]:
        return "stale"
    if row["is_backfilled"] and (spec.momentary or (spec.type == "time" and won is None)):
        return "not yet told"
    return "holds" if _same(row[spec.name], won) else "loses"


def _same(told: Any, won: Any) -> bool:
    """Whether a told value is the one that won: times to the second, lists in any order."""
    if hasattr(told, "microsecond") and hasattr(won, "microsecond"):
        return bool(told.replace(microsecond=0) == won.replace(microsecond=0))
    if isinstance(told, list) and isinstance(won, list):
        return set(told) == set(won)
    return bool(told == won)


def fields_of(evidence: Evidence, kind: str, ids: Iterable[str], name: str) -> list[Step]:
    """What is told of one field of several artifacts."""
    found = (evidence.field(kind, each, name) for each in sorted(ids))
    return [step for step in found if step]
