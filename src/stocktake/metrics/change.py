"""The change of every node between two moments, split into what caused it; the parts add up exactly.

On the way from before to after stand three more numbers: before, of the models that stay; after by the old yardstick,
of the models that stay; and the same of all. Each step has one cause: models that went, the behaviour of those that
stayed, models that came, definitions that changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stocktake.engines import Engine, Step
from stocktake.metrics.compile import column
from stocktake.metrics.methods import Interval, mean
from stocktake.metrics.parts import Down
from stocktake.metrics.score import LAYER
from stocktake.metrics.settle import ENDS, settled

if TYPE_CHECKING:
    import pyarrow as pa

CAUSES = ("population", "behaviour", "definition")
KEY = ("slice", "slice_value", "node")
BEFORE, BRIDGE, AFTER = (f"{LAYER}.{name}" for name in ("before", "bridge", "after"))
STAY = f"{LAYER}.stay"
WAY = {"before": (BEFORE, False), "stay": (BEFORE, True), "kept": (BRIDGE, True), "bridge": (BRIDGE, False),
       "after": (AFTER, False)}  # fmt: skip
"""The numbers on the way from before to after: of which state, and whether of the models that stay alone."""

Ends = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class State:
    """The models of a moment, in the tables `models`, `slices` and `members` of Rollups."""

    models: pa.Table
    slices: pa.Table
    members: pa.Table

    @property
    def nodes(self) -> list[str]:
        """Every node that its models have."""
        return [name.removesuffix("__low") for name in self.models.column_names if name.endswith("__low")]


def changes(before: State, bridge: State, after: State, engine: Engine) -> list[dict[str, Any]]:
    """A row per slice and node that both moments have: KEY, and per end (low, point, high) of the mean over the models:
    before, after, change, and CAUSES, which add up to the change. Decimals of 9 places; None is not known.

    bridge: the moment after by the yardstick of before. Where an end is not known on either side there is no change.
    """
    nodes = [node for node in before.nodes if node in after.nodes]
    states = {BEFORE: before, BRIDGE: bridge, AFTER: after}
    given: dict[str, pa.Table] = {}
    steps: list[Step] = []
    for name, state in states.items():
        given |= {f"{name}_{part}": getattr(state, part) for part in ("models", "slices", "members")}
        steps.append(Step(name, _rows_sql(name, [node for node in nodes if node in state.nodes])))
    names = "slice, slice_value, model_id"
    steps.append(Step(STAY, f"SELECT {names} FROM {BEFORE} INTERSECT SELECT {names} FROM {BRIDGE}"))
    steps += [Step(f"{LAYER}.way_{each}", _means_sql(*told)) for each, told in WAY.items()]
    results = engine.run_tables(steps, given, [f"{LAYER}.way_{each}" for each in WAY])
    numbers = {each: _by_key(results[f"{LAYER}.way_{each}"].to_pylist()) for each in WAY}
    keys = sorted({*numbers["before"], *numbers["after"]})
    return [_change(key, {each: numbers[each].get(key, {}) for each in WAY}) for key in keys]


def _rows_sql(state: str, nodes: Sequence[str]) -> str:
    """One SELECT: a row per slice, node and model of a state, with the model's interval there."""
    told = " UNION ALL ".join(
        f"SELECT '{node}' AS node, model_id, {', '.join(f'{column(node, end)} AS {end}' for end in ENDS)} "
        f"FROM {state}_models"
        for node in nodes
    )
    return (
        f"SELECT slice.slice, slice.slice_value, told.* FROM {state}_members AS member "
        f"JOIN {state}_slices AS slice ON slice.slice_no = member.slice_no "
        f"JOIN ({told}) AS told ON told.model_id = member.model_id"
    )


def _means_sql(state: str, of_those_that_stay: bool) -> str:
    """One SELECT: the mean per slice and node, by the same formula as the roll-up over populations."""
    stay = f"SEMI JOIN {STAY} AS stay USING (slice, slice_value, model_id)" if of_those_that_stay else ""
    raw = mean(Down({**{end: end for end in ENDS}, "weight": "1"}))
    inner = ", ".join(f"{value} AS raw_{end}" for end, value in zip(ENDS, (raw.low, raw.point, raw.high), strict=True))
    whole = settled(Interval("raw_low", "raw_point", "raw_high"))
    outer = ", ".join(
        f"CAST({value} AS DECIMAL(18, 9)) AS {end}"
        for end, value in zip(ENDS, (whole.low, whole.point, whole.high), strict=True)
    )
    key = ", ".join(KEY)
    return f"SELECT {key}, {outer} FROM (SELECT {key}, {inner} FROM {state} AS told {stay} GROUP BY {key}) AS summed"


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], Ends]:
    return {tuple(row[name] for name in KEY): {end: row[end] for end in ENDS} for row in rows}


def _change(key: tuple[str, ...], way: Mapping[str, Ends]) -> dict[str, Any]:
    """One row from the numbers on the way."""
    row: dict[str, Any] = dict(zip(KEY, key, strict=True))
    for end in ENDS:
        row |= {f"{end}_{name}": value for name, value in split({each: way[each].get(end) for each in WAY}).items()}
    return row


def split(way: Mapping[str, Decimal | None]) -> dict[str, Decimal | None]:
    """before, after, change and CAUSES of one end, from the numbers of WAY.

    Where none stays the whole difference is the population's. Where the old yardstick knows nothing of `after`,
    it is the definition's.
    """
    before, after, bridge, stay, kept = (way[each] for each in ("before", "after", "bridge", "stay", "kept"))
    told: dict[str, Decimal | None] = {"before": before, "after": after, "change": None, **dict.fromkeys(CAUSES)}
    if before is None or after is None:
        return told
    nothing = Decimal(0)
    definition = after - (before if bridge is None else bridge)
    behaviour = nothing if bridge is None or stay is None or kept is None else kept - stay
    change = after - before
    causes = (change - behaviour - definition, behaviour, definition)
    return {**told, "change": change, **dict(zip(CAUSES, causes, strict=True))}
