"""The truth, what the files allow, and what the product made of them, laid side by side."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.estate.finder import Found, Mention, find

from stocktake.graph.snapshot import Graph

CLAIMS = """
SELECT DISTINCT lines.source, lines.label, lines.key, claim_artifact.kind, told.part,
    CAST(told.claim_id AS VARCHAR), artifact_id
FROM ({told}) AS told JOIN lines ON lines.seq = told.seq JOIN claim_artifact ON claim_artifact.claim_id = told.claim_id
"""
EDGES = {
    "serves": "model_deployment",
    "family": "model_binary",
    "workflow_run": "model_binary",
    **dict.fromkeys(("model_code", "datasets", "part_of", "reads"), "workflow_run"),
    "features": "dataset",
    "sources": "feature",
    "derived_from": "feature_source",
}
Pair = tuple[str, str, str]


@dataclass
class Truth:
    """things: by id. edges: (edge, from, to) with its mess."""

    things: dict[str, dict[str, Any]]
    edges: dict[Pair, list[str]]
    models: dict[str, dict[str, Any]]

    def mess(self, ids: Iterable[str]) -> set[str]:
        """What is planted on any of some things."""
        return {mess for each in ids for mess in self.things[each]["mess"]}


@dataclass
class Made:
    """What the product made: claims of each record, the artifact of each claim, links of artifacts."""

    claims: dict[tuple[str, str, str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    artifact: dict[str, str] = field(default_factory=dict)
    links: set[Pair] = field(default_factory=set)

    def claim(self, mention: Mention) -> str | None:
        """The claim that a mention became; where a record makes several of a kind, the one that bears its name."""
        *record, name = mention
        told = self.claims.get(tuple(record), ())  # type: ignore[arg-type]
        return next((claim for part, claim in told if part.endswith(name)), None)


def read_truth(folder: Path) -> Truth:
    """The truth beside an estate."""
    truth = folder / "truth"
    things, edges, models = (
        [json.loads(line) for line in (truth / f"{name}.jsonl").read_bytes().splitlines()]
        for name in ("things", "edges", "models")
    )
    return Truth(
        {each["id"]: each for each in things},
        {(each["edge"], each["from"], each["to"]): each["mess"] for each in edges},
        {each["id"]: each for each in models},
    )


def read_made(graph: Graph) -> Made:
    """Claims, artifacts and links of a graph that is frozen."""
    made, rows = Made(), graph.frame.connection.execute
    told = " UNION ALL ".join(
        f"SELECT seq, claim_id, part FROM claims_{kind}" for kind in [*graph.schema.kinds, "open"]
    )
    for source, label, key, kind, part, claim, artifact in rows(CLAIMS.format(told=told)).fetchall():
        record = f"{key.rpartition('/')[0]}/" if source == "openlineage" else key  # without the hash at its end
        made.claims[source, label, record, kind].append((part or "", claim))
        made.artifact[claim] = artifact
    for edge, kind in EDGES.items():
        for from_id, to_id in rows(f"SELECT from_id, to_id FROM edge_{kind}_{edge}").fetchall():
            made.links.add((edge, from_id, to_id))
    return made


@dataclass
class Stitched:
    """Pairs of the truth, of which each is a join (two mentions of one thing) or a link, by whether it was found."""

    decidable: dict[tuple[str, ...], bool] = field(default_factory=dict)
    undecidable: dict[tuple[str, ...], bool] = field(default_factory=dict)
    right: int = 0
    wrong: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of the pairs that the product found, the share that is true."""
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Of the decidable pairs, the share that the product found."""
        return sum(self.decidable.values()) / len(self.decidable)

    @property
    def recall_of_all(self) -> float:
        """Of all pairs, the share that the product found."""
        return (sum(self.decidable.values()) + sum(self.undecidable.values())) / len(self)

    def __len__(self) -> int:
        return len(self.decidable) + len(self.undecidable)

    def note(self, pair: tuple[str, ...], *, is_decidable: bool, is_found: bool) -> None:
        """Take in one true pair."""
        (self.decidable if is_decidable else self.undecidable)[pair] = is_found


class Chains:
    """Identifiers that the emitted files join, one set per thing."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.above: dict[str, str] = {}
        for mention, own in found.own.items():
            self._join(self.node(mention), *(f"{mention[3]}|{each}" for each in own))

    @staticmethod
    def node(mention: Mention) -> str:
        """A mention as a node."""
        return "\t".join(mention)

    def top(self, node: str) -> str:
        """The representative of a node's set."""
        while (above := self.above.get(node, node)) != node:
            self.above[node] = self.above.get(above, above)
            node = above
        return node

    def _join(self, first: str, *others: str) -> None:
        for each in others:
            self.above[self.top(each)] = self.top(first)

    def leads(self, mention: Mention, edge: str, tops: set[str], kind: str) -> bool:
        """Whether a mention refers to something in one of some sets."""
        return any(self.top(f"{kind}|{each}") in tops for each in self.found.links.get((mention, edge), ()))


def stitch(truth: Truth, made: Made, folder: Path, company: dict[str, int]) -> dict[int, Stitched]:
    """Compare the product with the truth. company: team → number of its company, in which its pairs count."""
    chains = Chains(find(folder))
    mentions = {id_: list(_mentions(thing)) for id_, thing in truth.things.items()}
    claims = {id_: {made.claim(each): each for each in told} for id_, told in mentions.items()}
    things: dict[str, set[str]] = defaultdict(set)  # claim → what it truly speaks of
    speak: dict[str, set[str]] = defaultdict(set)  # artifact → what it truly is
    for id_, told in claims.items():
        for claim in told.keys() - {None}:
            things[claim].add(id_)
            speak[made.artifact[claim]].add(id_)
    result: dict[int, Stitched] = defaultdict(Stitched)
    for id_, told in claims.items():
        _joins(id_, told, made, chains, result[company[team_of(id_)]])
    for edge, from_, to in truth.edges:
        ends = tuple({made.artifact[each] for each in claims[end].keys() - {None}} for end in (from_, to))
        tops = {chains.top(chains.node(each)) for each in mentions[to]}
        is_decidable = any(chains.leads(each, edge, tops, to.partition(":")[0]) for each in mentions[from_])
        is_found = any((edge, a, b) in made.links for a in ends[0] for b in ends[1])
        result[company[team_of(from_)]].note((edge, from_, to), is_decidable=is_decidable, is_found=is_found)
    _precision(made, truth, things, speak, company, result)
    return result


def team_of(id_: str) -> str:
    """The team that a thing belongs to."""
    return id_.partition(":")[2].removeprefix("@meridian/").partition("/")[0].rpartition("-")[2]


def _mentions(thing: dict[str, Any]) -> Iterator[Mention]:
    for source, label, key, name in thing["told"]:
        yield (source, label, key, thing["kind"], name)


def _joins(id_: str, told: dict[str | None, Mention], made: Made, chains: Chains, result: Stitched) -> None:
    """Every two claims that speak of one thing."""
    for one, other in combinations(sorted(told.items(), key=str), 2):
        tops = {chains.top(chains.node(mention)) for _, mention in (one, other)}
        is_found = None not in (one[0], other[0]) and made.artifact[str(one[0])] == made.artifact[str(other[0])]
        pair = ("is", id_, *sorted((str(one[1]), str(other[1]))))
        result.note(pair, is_decidable=len(tops) == 1, is_found=is_found)


def _precision(
    made: Made,
    truth: Truth,
    things: dict[str, set[str]],
    speak: dict[str, set[str]],
    company: dict[str, int],
    result: dict[int, Stitched],
) -> None:
    """Every two claims in one artifact, and every link, of which the truth knows both ends."""
    together: dict[str, list[str]] = defaultdict(list)
    for claim in things:
        together[made.artifact[claim]].append(claim)
    for claims in together.values():
        for one, other in combinations(sorted(claims), 2):
            seen = result[company[team_of(min(things[one]))]]
            if things[one] & things[other]:
                seen.right += 1
            else:
                seen.wrong.append(("is", min(things[one]), min(things[other])))
    for edge, from_id, to_id in made.links:
        ends = [(from_, to) for from_ in speak.get(from_id, ()) for to in speak.get(to_id, ())]
        if ends:
            seen = result[company[team_of(min(ends)[0])]]
            if any((edge, *each) in truth.edges for each in ends):
                seen.right += 1
            else:
                seen.wrong.append((edge, *min(ends)))
