"""Step 3 of the roll-up: every node over every slice of the models."""

from __future__ import annotations

from stocktake.metrics.compile import column
from stocktake.metrics.methods import apply
from stocktake.metrics.node_rows import NODES
from stocktake.metrics.parts import Down
from stocktake.metrics.score import LAYER
from stocktake.metrics.settle import ENDS, settled
from stocktake.metrics.slices import MEMBERS, SLICES
from stocktake.metrics.spec import COUNTS, NOT_APPLICABLE, OUTCOMES, Catalogue, Method, Metric, Node

POPULATION = f"{LAYER}.node_population"
SUMMARIES = {
    "mean": Method("mean"),
    "worst": Method("worst"),
    **{f"share_{level}": Method("share", (float(level),)) for level in (1, 2, 3, 4)},
}
"""How a population is summed up; each gives <summary>_low, _point and _high."""


def population_sql(catalogue: Catalogue) -> str:
    """One SELECT: a row per node and slice, with counts of models, their distribution over levels, and SUMMARIES.

    Counts: models; those of them named by their deployment alone; those not served; one per outcome. Of each level n:
    level_n, as the point says, level_n_low, surely, and level_n_high, possibly.
    """
    return "\nUNION ALL\n".join(_node_sql(node) for node in catalogue.nodes().values())


def _node_sql(node: Node) -> str:
    """One node over all slices; it reads this node's columns alone."""
    parts = Down({**{end: end for end in ENDS}, "weight": "1"}, times="models")
    columns = {
        "models": "COALESCE(SUM(models), 0)",
        "by_deployment": _number("is_by_deployment"),
        "not_served": _number(f"is_live = FALSE AND outcome = '{NOT_APPLICABLE}'"),
    }
    columns |= {
        count: _number(f"outcome = '{count}'" if count in OUTCOMES else "point IS NOT NULL") for count in COUNTS
    }
    columns |= _distribution()
    counts = [f"CAST({value} AS BIGINT) AS {name}" for name, value in columns.items()]
    summaries = []
    for name, method in SUMMARIES.items():
        interval = settled(apply(method, parts))
        ends = zip(ENDS, (interval.low, interval.point, interval.high), strict=True)
        summaries += [f"{value} AS {name}_{end}" for end, value in ends]
    kind = "metric" if isinstance(node, Metric) else "group"
    lines = ",\n  ".join([*counts, *summaries])
    return (
        f"SELECT slice.slice, slice.slice_value, '{node.name}' AS node, '{kind}' AS kind,\n  {lines}\n"
        f"FROM {SLICES} AS slice LEFT JOIN (\n{_alike_sql(node)}\n) AS alike ON slice.slice_no = alike.slice_no\n"
        "GROUP BY slice.slice_no, slice.slice, slice.slice_value"
    )


def _alike_sql(node: Node) -> str:
    """How many models of each slice are alike on a node: far fewer rows than models, so that all sums are quick."""
    told = {part: column(node.name, part) for part in ("outcome", *ENDS)}
    columns = ", ".join(f"node.{name} AS {part}" for part, name in told.items())
    by = ", ".join(f"node.{name}" for name in told.values())
    is_by_deployment = "COALESCE(node.model_by = 'deployment', FALSE)"
    return (
        f"SELECT member.slice_no, {is_by_deployment} AS is_by_deployment, node.is_live, {columns}, COUNT(*) AS models\n"
        f"FROM {MEMBERS} AS member INNER JOIN {NODES} AS node ON member.model_no = node.model_no\n"
        f"GROUP BY member.slice_no, {is_by_deployment}, node.is_live, {by}"
    )


def _number(holds: str) -> str:
    return f"COALESCE(SUM(CASE WHEN {holds} THEN models END), 0)"


def _distribution() -> dict[str, str]:
    """How many models are at each level: surely, by the point, possibly."""
    low, point, high = (f"FLOOR({end})" for end in ENDS)
    columns = {}
    for level in range(5):
        columns[f"level_{level}_low"] = _number(f"{low} = {level} AND {high} = {level}")
        columns[f"level_{level}"] = _number(f"{point} = {level}")
        columns[f"level_{level}_high"] = _number(f"{low} <= {level} AND {high} >= {level}")
    return columns
