"""The words of metrics: buckets, methods, metrics, groups, and the catalogue that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

UNKNOWN = "unknown"
NOT_APPLICABLE = "not_applicable"
EXEMPT = "exempt"
ERROR = "error"
OUTCOMES = (UNKNOWN, NOT_APPLICABLE, EXEMPT, ERROR)
"""The outcomes that are no level."""

LEVELS = ("failing", "weak", "acceptable", "good", "leading")
"""The names of the levels 0 to 4, where no bucket of the metric's own has that level."""

COUNTS = ("known", UNKNOWN, NOT_APPLICABLE, EXEMPT, ERROR)
"""The counts that stand beside every aggregate."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A named range of values, or a state, and its level. when: SQL, three-valued; None: all that is left."""

    name: str
    level: int
    when: str | None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """How parts become one: a name of `methods.METHODS`, and its numbers, such as share(3)."""

    name: str
    numbers: tuple[float, ...] = ()

    def __str__(self) -> str:
        numbers = ", ".join(f"{number:g}" for number in self.numbers)
        return f"{self.name}({numbers})" if numbers else self.name


WORST = Method("worst")
SHARE_LEVELS = (
    Bucket("all", 4, "value >= 1"),
    Bucket("nearly_all", 3, "value >= 0.95"),
    Bucket("most", 2, "value >= 0.8"),
    Bucket("half", 1, "value >= 0.5"),
    Bucket("few", 0, None),
)
"""The level of a share, where its node has no buckets of its own."""


@dataclass(frozen=True, slots=True)
class Grain:
    """What a row of a table is, and how it reaches the models.

    key: its first column, which names the thing of a row. steps: what its parts are rolled up to, finer first. kind: of
    the thing, in the table `model_parts`, which says which models it is a part of; servings, models say it themselves.
    """

    table: str
    key: str
    steps: tuple[str, ...]
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """Rows that some metrics do not judge for a while: exempt.

    metrics: metrics and groups (all metrics below them). scope: SQL over the columns of their tables, three-valued;
    None: every row. from_at, expires_at: UTC, in force in [from_at, expires_at). where: its file and line, or entry of
    the log, which seq is.
    """

    name: str
    metrics: tuple[str, ...]
    reason: str
    approver: str
    expires_at: datetime
    from_at: datetime | None = None
    scope: str | None = None
    where: str = ""
    seq: int | None = None

    def is_in_force(self, as_of: datetime) -> bool:
        """Whether it holds at a moment."""
        return (self.from_at is None or self.from_at <= as_of) and as_of < self.expires_at


@dataclass(frozen=True, slots=True)
class Metric:
    """What is asked of each row of a table, and how the answer reaches the models.

    where, value: SQL over the table's columns. unit: of a number, which is rounded to 9 places; a state has none.
    roll_up: step (deployment, model) -> method. latest_by: the column that says which part is the latest.
    levels: buckets that turn a share or a count into a level. waivers: those in force. lines: where each of its keys
    stands, `file:line`.
    """

    name: str
    asks: str
    grain: Grain
    buckets: tuple[Bucket, ...]
    owner: str = ""
    source: str = ""
    parents: tuple[str, ...] = ()
    where: str | None = None
    needs: tuple[str, ...] = ()
    value: str | None = None
    unit: str | None = None
    absence_is_state: bool = False
    roll_up: Mapping[str, Method] = field(default_factory=dict)
    latest_by: str | None = None
    levels: tuple[Bucket, ...] = SHARE_LEVELS
    exposure: bool = False
    waivers: tuple[Waiver, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file that declares it."""
        return self.lines["metric"].rpartition(":")[0]

    def method(self, step: str) -> Method:
        """Its method for a step; worst unless it says."""
        return self.roll_up.get(step, WORST)

    def level_name(self, level: int) -> str:
        """The name of a level: its first bucket of that level, else the common name."""
        return next((bucket.name for bucket in self.buckets if bucket.level == level), LEVELS[level])


@dataclass(frozen=True, slots=True)
class Group:
    """A node above metrics and groups. weights: of its children, 1 unless said."""

    name: str
    asks: str
    method: Method
    owner: str = ""
    source: str = ""
    parents: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    levels: tuple[Bucket, ...] = SHARE_LEVELS
    lines: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file that declares it."""
        return self.lines["group"].rpartition(":")[0]

    def level_name(self, level: int) -> str:
        """The common name of a level."""
        return LEVELS[level]


Node = Metric | Group


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All metrics and groups of a project. Groups stand children first, so that each follows what it needs."""

    metrics: Mapping[str, Metric]
    groups: Mapping[str, Group]

    def node(self, name: str) -> Node:
        """A metric or group; KeyError when there is none."""
        return self.metrics[name] if name in self.metrics else self.groups[name]

    def nodes(self) -> dict[str, Node]:
        """Every metric, then every group, children first."""
        return {**self.metrics, **self.groups}

    def children(self, name: str) -> tuple[str, ...]:
        """The direct children of a node, metrics first."""
        return tuple(child for child, node in self.nodes().items() if name in node.parents)

    def roots(self) -> tuple[str, ...]:
        """The nodes without a parent, groups first."""
        return tuple(name for name, node in reversed(self.nodes().items()) if not node.parents)

    def below(self, name: str) -> tuple[str, ...]:
        """The distinct metrics below a node; a metric has itself."""
        if name in self.metrics:
            return (name,)
        found = {metric for child in self.children(name) for metric in self.below(child)}
        return tuple(metric for metric in self.metrics if metric in found)

    def by_table(self) -> dict[str, list[Metric]]:
        """The metrics of each table."""
        tables: dict[str, list[Metric]] = {}
        for metric in self.metrics.values():
            tables.setdefault(metric.grain.table, []).append(metric)
        return tables
