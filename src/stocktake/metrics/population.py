"""Step 3 of the roll-up: every node over every slice of the models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stocktake.metrics.compile import column
from stocktake.metrics.methods import Interval
from stocktake.metrics.node_rows import NODES
from stocktake.metrics.parts import Down
from stocktake.metrics.score import LAYER
from stocktake.metrics.settle import ENDS, clamped, raw_columns
from stocktake.metrics.slices import MEMBERS, SLICES
from stocktake.metrics.spec import COUNTS, NOT_APPLICABLE, OUTCOMES, Catalogue, Method, Metric

POPULATION = f"{LAYER}.node_population"
SUMMARIES = {
    "mean": Method("mean"),
    "worst": Method("worst"),
    **{f"share_{level}": Method("share", (float(level),)) for level in (1, 2, 3, 4)},
}
"""How a population is summed up; each gives <summary>_low, _point and _high."""

STATE = ("node", "is_by_deployment", "is_live", "outcome", *ENDS)
"""How a model stands at a node: what is counted."""

PARTS = Down({**{end: end for end in ENDS}, "weight": "1"}, times="models")
"""Rows of models that are alike, each as many parts as it stands for."""


def population_sql(catalogue: Catalogue, at: str = "") -> str:
    """One SELECT: a row per node and slice, with counts of models, their distribution over levels, and SUMMARIES.

    Counts: models; those of them named by their deployment alone; those not served; one per outcome. Of each level n:
    level_n, as the point says, level_n_low, surely, and level_n_high, possibly. at: the column that tells the moments
    apart where the relations have many; then also the last of the result.
    """
    nodes = catalogue.nodes()
    kinds = {name: "metric" if isinstance(node, Metric) else "group" for name, node in nodes.items()}
    named = " UNION ALL ".join(f"SELECT '{name}' AS node, '{kind}' AS kind" for name, kind in kinds.items())
    counts = _counts()
    raw = [line for name, method in SUMMARIES.items() for line in raw_columns(name, method, PARTS)]
    moment = [at] if at else []
    by = ["slice.slice", "slice.slice_value", "named.node", "named.kind", *(f"slice.{name}" for name in moment)]
    summed = (
        f"SELECT {_lines([*by, *counts.values(), *raw])}\n"
        f"FROM {SLICES} AS slice CROSS JOIN ({named}) AS named\nLEFT JOIN (\n{_alike_sql(nodes, moment)}\n) AS alike "
        f"ON {_same('slice', 'alike', ['slice_no', *moment])} AND named.node = alike.node\nGROUP BY {', '.join(by)}"
    )
    told = ["slice", "slice_value", "node", "kind", *counts, *_summaries(), *moment]
    return f"SELECT {_lines(told)}\nFROM (\n{summed}\n) AS summed"


def _same(left: str, right: str, columns: Iterable[str]) -> str:
    return " AND ".join(f"{left}.{name} = {right}.{name}" for name in columns)


def _lines(columns: Sequence[str]) -> str:
    return ",\n  ".join(columns)


def _summaries() -> list[str]:
    """The settled intervals of all summaries."""
    columns = []
    for name in SUMMARIES:
        interval = clamped(Interval(*(column(name, f"raw_{end}") for end in ENDS)))
        ends = zip(ENDS, (interval.low, interval.point, interval.high), strict=True)
        columns += [f"{value} AS {name}_{end}" for end, value in ends]
    return columns


def _counts() -> dict[str, str]:
    """Every count by its name."""
    columns = {
        "models": "COALESCE(SUM(models), 0)",
        "by_deployment": _number("is_by_deployment"),
        "not_served": _number(f"is_live = FALSE AND outcome = '{NOT_APPLICABLE}'"),
    }
    columns |= {
        count: _number(f"outcome = '{count}'" if count in OUTCOMES else "point IS NOT NULL") for count in COUNTS
    }
    columns |= _distribution()
    return {name: f"CAST({value} AS BIGINT) AS {name}" for name, value in columns.items()}


def _alike_sql(nodes: Iterable[str], moment: Sequence[str]) -> str:
    """How many models of each slice are alike on a node: far fewer rows than models, so that all sums are quick."""
    told = "\nUNION ALL ".join(_states_sql(node, moment) for node in nodes)
    by = ", ".join(["member.slice_no", *(f"state.{name}" for name in [*STATE, *moment])])
    return (
        f"SELECT {by}, COUNT(*) AS models\nFROM {MEMBERS} AS member\n"
        f"INNER JOIN (\n{told}\n) AS state ON {_same('member', 'state', ['model_no', *moment])}\nGROUP BY {by}"
    )


def _states_sql(node: str, moment: Sequence[str]) -> str:
    """How every model stands at a node."""
    told = [f"{column(node, part)} AS {part}" for part in ("outcome", *ENDS)]
    by_deployment = "COALESCE(model_by = 'deployment', FALSE) AS is_by_deployment"
    columns = ["model_no", f"'{node}' AS node", by_deployment, "is_live", *told, *moment]
    return f"SELECT {', '.join(columns)} FROM {NODES} AS node"


def _number(holds: str) -> str:
    return f"COALESCE(SUM(CASE WHEN {holds} THEN models END), 0)"


def _distribution() -> dict[str, str]:
    """How many models are at each level: surely, by the point, possibly."""
    low, point, high = (f"CAST(FLOOR({end}) AS TINYINT)" for end in ENDS)
    columns = {}
    for level in range(5):
        columns[f"level_{level}_low"] = _number(f"{low} = {level} AND {high} = {level} AND point IS NOT NULL")
        columns[f"level_{level}"] = _number(f"{point} = {level}")
        columns[f"level_{level}_high"] = _number(f"{low} <= {level} AND {high} >= {level}")
    return columns
