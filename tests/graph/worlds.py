"""Random logs: many little worlds, each with sources and identifiers of its own, so that one snapshot tests them all."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.graph.log import Decision, Entry, Push, Reading
from tests.graph.toy import ATTRIBUTES, COMMON, EDGES, FIELDS, LABELS, NAMESPACES

from stocktake.graph.edits import Edit

START = datetime(2026, 11, 1, tzinfo=UTC)
STEPS = 16  # half days
KIND_LABELS = sorted(LABELS)
ACTIONS = ("set", "set", "link", "close", "confirm", "split")
WHOLE = ("complete", "late", "overlapping")


def moment(step: float) -> datetime:
    """A time so many half days after the start."""
    return START + timedelta(hours=12) * step


class World:
    """One world: its sources, a few identifiers and parts; gives random entries."""

    def __init__(
        self, number: int, choose: random.Random, labels: list[str] | None = None, *, is_plain: bool = False
    ) -> None:
        self.number, self.choose = number, choose
        self.pulled = [f"p{2 * number}", f"p{2 * number + 1}"]
        self.pushed = [f"q{2 * number}", f"q{2 * number + 1}", f"r{number}"]
        # A plain world has no parts with times of their own: every encoding of it must give the very same graph.
        self.is_plain = is_plain
        self.labels = labels or choose.sample(KIND_LABELS, 5)
        # What records told so far: claims with their identifiers; links with their kind, edge and both ends.
        self.joins: list[tuple[str, str]] = []
        self.links: list[tuple[str, str, str, str]] = []
        self.clock = 0.0  # half days; when its last pull in order ended

    def entry(self) -> Entry:
        """A random entry."""
        kind = self.choose.choices(["push", "pull", "edit"], [5, 4, 2])[0]
        return {"push": self.push, "pull": self.pull, "edit": self.decision}[kind]()

    def push(self) -> Push:
        label = self.choose.choice(self.labels)
        source = self.choose.choice([*self.pushed, *self.pushed, *self.pulled])
        key = self._key()
        return Push(source, label, key, self._time(), self.body(source, label, key))

    def pull(self, how: str = "any") -> Reading:
        """A pull. how: `any`; else `complete`, `partial`, `killed` after all others; complete but `late`, `overlapping`."""
        choose = self.choose
        source = choose.choice(self.pulled)
        labels = tuple(sorted(choose.sample(self.labels, choose.randint(1, 3))))
        pairs = {(choose.choice(labels), self._key()) for _ in range(choose.randint(0, 4))}
        from_at, to_at = self._reading_times(how)
        is_whole = how in WHOLE or (how == "any" and choose.random() < 0.75)
        is_killed = how == "killed" or (how == "any" and not is_whole and choose.random() < 0.4)
        is_alone = self.is_plain and is_killed  # what came of it must not depend on what it is a delta to
        return Reading(
            source=source, scope=choose.choice(["", "", "x", "y"]), labels=labels,
            from_at=from_at, to_at=to_at, complete=is_whole,
            seen=tuple((label, key, self.body(source, label, key)) for label, key in sorted(pairs)),
            batches=choose.choice([1, 1, 2, 3]), spread=not self.is_plain and choose.random() < 0.5,
            base="none" if is_alone else choose.choices(["latest", "any", "none"], [6, 1, 1])[0], killed=is_killed,
        )  # fmt: skip

    def _reading_times(self, how: str) -> tuple[datetime, datetime]:
        choose = self.choose
        if how == "any":
            to_at = self._time()
            return to_at - timedelta(hours=choose.choice([0, 0, 1, 12, 18])), to_at
        if how == "late":
            step = self.clock - choose.choice([0.5, 1, 3])
            return moment(step), moment(step)
        begins = self.clock - choose.choice([0, 0.25, 2]) if how == "overlapping" else self.clock + 0.5
        self.clock += choose.choice([0.5, 0.75, 1.5])
        return moment(begins), moment(self.clock)

    def decision(self, *actions: str) -> Decision:
        """A person's edit. actions: of which kind it may be, any by default."""
        choose = self.choose
        action = choose.choice(actions or ACTIONS)
        told: dict[str, Any] = {"action": action, "why": "to see", "decided_at": self._time()}
        if action in ("confirm", "split"):
            pair = choose.choice(self.joins) if self.joins and choose.random() < 0.7 else (self._node(), self._node())
            told["left"], told["right"] = pair if pair[0] != pair[1] else (pair[0], f"toy_id:w{self.number}-other")
            return Decision(f"ana{self.number}", Edit(**told))
        if choose.random() < 0.3:
            told["until"] = told["decided_at"] + timedelta(hours=12) * choose.randint(1, 8)
        if choose.random() < 0.3:
            told["at"] = self._time()
        kind = choose.choice([k for k in EDGES if k != "none"])
        told |= {"on": self._node(claims=False), "kind": kind}
        if action == "set":
            fields = {**COMMON, **FIELDS[kind]}
            name = choose.choice(sorted(fields))
            told |= {"field": name, "value": self._value(name, fields[name])}
        elif action == "close" and self.links and choose.random() < 0.7:
            told["kind"], told["on"], told["edge"], told["to"] = choose.choice(self.links)
        else:
            told |= {"edge": choose.choice(EDGES[kind]), "to": self._node(claims=False)}
        return Decision(f"ana{self.number}", Edit(**told))

    def body(self, source: str, label: str, key: str) -> dict[str, Any]:
        """A record's body for a label: one or two items."""
        items = [self._item(label) for _ in range(self.choose.choice([1, 1, 1, 2, 0]))]
        for item in items:
            claim = f"claim:{source}\x1f{label}\x1f{item.get('part') or key}"
            own = [f"{namespace}:{value}" for namespace, value in item["ids"].items()]
            self.joins += [(claim, one) for one in own]
            for link in item.get("links", ()) if LABELS[label].kind != "none" else ():
                ((namespace, value),) = link["to"].items()
                self.links += [(LABELS[label].kind, one, link["edge"], f"{namespace}:{value}") for one in own]
        return {"items": items}

    def _item(self, label: str) -> dict[str, Any]:
        choose = self.choose
        kind = LABELS[label].kind
        item: dict[str, Any] = {"part": choose.choice(["a", "b", None, None])}
        fields = {} if kind == "none" else {**COMMON, **FIELDS.get(kind, {})}
        for name, told in fields.items():
            if choose.random() < (0.2 if name == "retired_at" else 0.5):
                item[name] = self._value(name, told)
        item["ids"] = dict(self._identifier() for _ in range(choose.choice([0, 1, 1, 2])))
        if kind in EDGES and choose.random() < 0.7:
            item["links"] = [self._link(kind) for _ in range(choose.choice([1, 2]))]
        if choose.random() < 0.1:
            item["odd"] = "true"
        return {name: value for name, value in item.items() if value is not None}

    def _link(self, kind: str) -> dict[str, Any]:
        choose = self.choose
        link: dict[str, Any] = {"edge": choose.choice(EDGES[kind]), "to": dict([self._identifier()])}
        if link["edge"] in ("reads", "carries") and choose.random() < 0.3:
            link["kind"] = "dataset"
        for name, told in ATTRIBUTES.items():
            if choose.random() < 0.4:
                link[name] = choose.choice([0.25, 0.5, 1.5]) if told == "number" else choose.choice("st")
        for name in ("from_at", "until_at"):
            if choose.random() < 0.15:
                link[name] = self._time().isoformat()
        return link

    def _identifier(self) -> tuple[str, str]:
        namespace = self.choose.choice(sorted(NAMESPACES))
        word = self.choose.choice(["1", "2", "3"] if namespace != "owner" else ["1", "2"])
        return namespace, f"w{self.number}-{word}"

    def identifier(self) -> str:
        """Something that a thing of this world may be called by, as people write it."""
        return self._node()

    def _node(self, *, claims: bool = True) -> str:
        if claims and self.choose.random() < 0.4:
            source = self.choose.choice([*self.pushed, *self.pulled])
            part = self.choose.choice(["a", "b", self._key()])
            return f"claim:{source}\x1f{self.choose.choice(self.labels)}\x1f{part}"
        return ":".join(self._identifier())

    def _value(self, name: str, told: str) -> Any:
        choose = self.choose
        if name == "owners":
            return choose.choice(
                [[f"w{self.number}-1"], [f"w{self.number}-2", f"w{self.number}-9"], f"w{self.number}-3"]
            )
        if told == "time":
            late = STEPS if name == "retired_at" else 0
            return moment(choose.randint(late // 2 - 4, STEPS + late // 4)).isoformat()
        if told == "integer":
            return choose.choice([1, 2, 10])
        if told == "flag":
            return choose.choice([True, False])
        if told == "texts":
            return choose.choice([["b", "a"], ["a", "b"], ["c"]])
        return choose.choice(["up", "down"]) if name == "status" else choose.choice(["é", "b", "c"])

    def _key(self) -> str:
        return self.choose.choice(["k1", "k2", "k3"])

    def _time(self) -> datetime:
        return moment(self.choose.randint(0, STEPS))
