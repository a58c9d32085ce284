"""The oracle's identity: which claims are one artifact, by union and find over claim keys and identifiers."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.graph.toy import LABELS, NAMESPACES

KINDS = (
    "feature_source", "feature", "dataset", "model_code", "model_family", "workflow_run", "model_binary",
    "model_deployment", "owner", "assessment",
)  # fmt: skip
MAX_JOIN = 5
Node = tuple[str, str]
Part = tuple[str, str]  # (kind, id)


def hash_of(kind: str, namespace: str, value: str) -> str:
    digest = hashlib.sha256(f"{kind}\x1f{namespace}\x1f{value}".encode()).digest()[:9]
    return base64.b64encode(digest, b"._").decode()


def rank_of(namespace: str) -> int:
    return NAMESPACES[namespace][0] if namespace in NAMESPACES else 1_000_000


@dataclass
class Claim:
    """One claim key. own: its identifiers, each with whether only a tag declares it."""

    key: Node
    source: str
    kind: str
    default: str | None
    passive: bool
    is_edit: bool
    own: dict[Node, bool] = field(default_factory=dict)


@dataclass
class Identity:
    """claims: by key. artifact: of each claim key (None: speaks of none). addresses: of each node, by kind."""

    claims: dict[Node, Claim]
    crowded: dict[Node, int]
    artifact: dict[Node, Part | None]
    by_default: set[Node]
    addresses: dict[Node, dict[str, str]]
    joined_without_digest: set[str]


def claim_key(source: str, label: str, part: str) -> Node:
    return ("claim", f"{source}\x1f{label}\x1f{part}")


def node(text: str) -> Node:
    namespace, _, value = text.partition(":")
    return namespace, value


def collect_claims(lines: Iterable[Any]) -> dict[Node, Claim]:
    """Every claim that any record gives, whenever it holds."""
    claims: dict[Node, Claim] = {}
    for line in lines:
        if line.body is None or line.op:
            continue
        if line.source.startswith("person/"):
            if line.body["action"] in ("set", "link"):
                key = claim_key(line.source, line.label, line.key)
                claim = claims.setdefault(key, Claim(key, line.source, line.body["kind"], None, False, True))
                claim.own[node(line.body["on"])] = False
            continue
        label = LABELS.get(line.label)
        for item in line.body.get("items", ()) if label else ():
            key = claim_key(line.source, line.label, item.get("part") or line.key)
            made = Claim(key, line.source, label.kind, label.default, label.passive, False)
            claim = claims.setdefault(key, made)
            for namespace, value in item.get("ids", {}).items():
                declared = label.declared and namespace == "toy_id"
                one = (namespace, value)
                claim.own[one] = claim.own.get(one, True) and declared
    return claims


def decide(edits: Iterable[dict[str, Any]]) -> dict[frozenset[Node], bool]:
    """For each pair that a person decided on: whether it is joined. The latest counts, on a tie the split."""
    latest: dict[frozenset[Node], tuple[datetime, bool]] = {}
    for edit in edits:
        if edit["action"] in ("confirm", "split"):
            pair = frozenset((node(edit["left"]), node(edit["right"])))
            order = (datetime.fromisoformat(edit["decided_at"]), edit["action"] == "split")
            latest[pair] = max(latest.get(pair, order), order)
    return {pair: not is_split for pair, (_, is_split) in latest.items()}


def identify(claims: dict[Node, Claim], decisions: dict[frozenset[Node], bool]) -> Identity:
    """Components, divided by kind; each named by its strongest identifier."""
    crowded = _crowded(claims)
    own = {
        claim.key: [one for one in claim.own if one not in crowded and decisions.get(frozenset((claim.key, one)), True)]
        for claim in claims.values()
    }
    component = _components(own, [tuple(pair) for pair, is_join in decisions.items() if is_join and len(pair) == 2])
    kinds, by_default = _kinds(claims, own, component)
    identified: dict[tuple[Node, str], set[Node]] = defaultdict(set)
    for key in claims:
        kind = kinds[key]
        if kind:
            identified[component[key], kind] |= set(own[key]) or {key}
    names = {
        (root, kind): hash_of(kind, *min(nodes, key=lambda each: (rank_of(each[0]), each[1], each[0])))
        for (root, kind), nodes in identified.items()
    }
    artifact: dict[Node, Part | None] = {}
    for key in claims:
        kind = kinds[key]
        artifact[key] = (kind, names[component[key], kind]) if kind else None
    decided = {each for pair, is_join in decisions.items() if is_join for each in pair}
    return Identity(
        claims=claims,
        crowded=crowded,
        artifact=artifact,
        by_default=by_default,
        addresses=_addresses(identified, names, artifact, component, own, decided),
        joined_without_digest=_without_digest(claims, own, artifact),
    )


def _crowded(claims: dict[Node, Claim]) -> dict[Node, int]:
    counts: dict[Node, int] = defaultdict(int)
    for claim in claims.values():
        if not claim.is_edit:
            for one in claim.own:
                counts[one] += 1
    return {one: count for one, count in counts.items() if count > (NAMESPACES[one[0]][1] or MAX_JOIN)}


def _components(own: dict[Node, list[Node]], joined: list[Any]) -> dict[Node, Node]:
    parent: dict[Node, Node] = {}

    def root(each: Node) -> Node:
        parent.setdefault(each, each)
        while parent[each] != each:
            each = parent[each]
        return each

    for key, nodes in own.items():
        root(key)
        for other in nodes:
            parent[root(other)] = root(key)
    for left, right in joined:
        parent[root(left)] = root(right)
    return {each: root(each) for each in list(parent)}


def _kinds(
    claims: dict[Node, Claim], own: dict[Node, list[Node]], component: dict[Node, Node]
) -> tuple[dict[Node, str | None], set[Node]]:
    """The kind of each claim; an open one goes to the kind that shares its strongest identifier."""
    stated: dict[Node, set[str]] = defaultdict(set)
    around: dict[Node, set[str]] = defaultdict(set)
    for key, claim in claims.items():
        if claim.kind in KINDS:
            around[component[key]].add(claim.kind)
            for one in own[key]:
                stated[one].add(claim.kind)
    kinds: dict[Node, str | None] = {}
    by_default = set()
    for key, claim in claims.items():
        if claim.kind != "open":
            kinds[key] = None if claim.kind == "none" else claim.kind
            continue
        shared = sorted((one for one in own[key] if stated[one]), key=lambda each: (rank_of(each[0]), each[1]))
        # Equally strong ones of two namespaces with one value are a tie, too.
        strongest = [one for one in shared if (rank_of(one[0]), one[1]) == (rank_of(shared[0][0]), shared[0][1])]
        found = {kind for one in strongest for kind in stated[one]} or around[component[key]]
        if found:
            kinds[key] = min(found, key=KINDS.index)
        else:
            kinds[key] = None if claim.default == "none" else claim.default
            by_default.add(key)
    return kinds, by_default


def _addresses(
    identified: dict[tuple[Node, str], set[Node]],
    names: dict[tuple[Node, str], str],
    artifact: dict[Node, Part | None],
    component: dict[Node, Node],
    own: dict[Node, list[Node]],
    decided: set[Node],
) -> dict[Node, dict[str, str]]:
    """What leads to each artifact: its claims' identifiers and keys; a joined node leads to all of its component."""
    addresses: dict[Node, dict[str, str]] = defaultdict(dict)
    for (root, kind), nodes in identified.items():
        for each in nodes:
            addresses[each][kind] = names[root, kind]
    for key, part in artifact.items():
        if part:
            addresses[key][part[0]] = part[1]
    claimants: dict[Node, int] = defaultdict(int)
    for nodes in own.values():
        for each in nodes:
            claimants[each] += 1
    joining = {one for one, count in claimants.items() if count > 1} | decided
    joining |= {key for key, nodes in own.items() if joining.intersection(nodes)}
    for (root, kind), name in names.items():
        for each in joining:
            if component.get(each) == root:
                addresses[each][kind] = name
    return addresses


def _without_digest(
    claims: dict[Node, Claim], own: dict[Node, list[Node]], artifact: dict[Node, Part | None]
) -> set[str]:
    """Binaries with a claim that only another tool's id in a tag joins to another source's."""
    sources: dict[Node, set[str]] = defaultdict(set)
    for key, nodes in own.items():
        part = artifact[key]
        if part and part[0] == "model_binary" and not claims[key].is_edit:
            for one in nodes:
                sources[one].add(claims[key].source)
    found = set()
    for key, nodes in own.items():
        part = artifact[key]
        shared = [one for one in nodes if len(sources[one]) > 1]
        if part and part[0] == "model_binary" and not claims[key].is_edit and shared:
            if all(claims[key].own[one] and one[0] != "digest" for one in shared):
                found.add(part[1])
    return found
