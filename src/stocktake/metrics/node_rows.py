"""Step 2 of the roll-up: all nodes of the hierarchy, one row per model, each group after its children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stocktake.engines import Step
from stocktake.metrics.compile import column
from stocktake.metrics.parts import Across
from stocktake.metrics.score import LAYER, score_table
from stocktake.metrics.settle import ENDS, VALUE_ENDS, node_parts, outcome_columns, raw_columns, settled_columns
from stocktake.metrics.spec import (
    COUNTS,
    ERROR,
    EXEMPT,
    NOT_APPLICABLE,
    OUTCOMES,
    UNKNOWN,
    Catalogue,
    Group,
    Method,
    Metric,
    Node,
)

NODES = f"{LAYER}.model_node"
"""The wide table of this step: a row per model, and `<node>__<part>` per node and part of `settle.node_parts`."""
OF_METRICS = f"{LAYER}.metric_node"
"""The same of metrics alone, before any group."""
MODEL_COLUMNS = ("model_id", "model_by", "is_live")
"""What each row says of its model: what names it, and whether a live deployment serves it."""


def node_steps(catalogue: Catalogue, by_table: Mapping[str, str]) -> list[Step]:
    """A row per model with every node, in steps that are narrow enough to be planned quickly: the last gives NODES.

    by_table: table -> SELECT of its metrics per model.
    """
    steps = [Step(_of_models(table), sql) for table, sql in by_table.items()]
    relations = {table: _of_models(table) for table in by_table}
    steps.append(Step(OF_METRICS, _metrics_sql(catalogue, relations)))
    joined = OF_METRICS
    for number, layer in enumerate(layers(catalogue), 1):
        name = f"{LAYER}.group_node_{number}"
        steps.append(Step(name, layer_sql(catalogue, layer, joined)))
        joined += f" INNER JOIN {name} USING (model_id)"
    return [*steps, Step(NODES, _all_sql(catalogue, joined))]


def _of_models(table: str) -> str:
    """The full name of what a table's metrics are per model."""
    return f"{LAYER}.{table}_model"


def _all_sql(catalogue: Catalogue, joined: str) -> str:
    """One SELECT of all nodes, with the number of each model."""
    number = "CAST(ROW_NUMBER() OVER (ORDER BY model_id) AS INTEGER) AS model_no"
    nodes = [column(node.name, part) for node in catalogue.nodes().values() for part in parts_of(node)]
    numbered = f"(SELECT model_id, {number} FROM {OF_METRICS}) AS numbered"  # few columns to be put in order
    return (
        f"SELECT {_lines(['model_no', *MODEL_COLUMNS, *nodes])}\nFROM {joined} INNER JOIN {numbered} USING (model_id)"
    )


def final_method(node: Node) -> Method:
    """The method whose interval a node shows per model. A metric of models is what it is."""
    return node.method("model") if isinstance(node, Metric) else node.method


def parts_of(node: Node) -> tuple[str, ...]:
    """The parts that a node has per model."""
    return node_parts(final_method(node))


def layers(catalogue: Catalogue) -> list[list[Group]]:
    """The groups by their height: those of metrics only, then those above them."""
    height = dict.fromkeys(catalogue.metrics, 0)
    found: dict[int, list[Group]] = {}
    for name, group in catalogue.groups.items():
        height[name] = 1 + max((height[child] for child in catalogue.children(name)), default=0)
        found.setdefault(height[name], []).append(group)
    return [found[each] for each in sorted(found)]


def _metrics_sql(catalogue: Catalogue, relations: Mapping[str, str]) -> str:
    """Every model with the settled interval, counts, level and outcome of every metric.

    relations: table -> what its metrics are per model; a table of models is so already.
    """
    joins, columns, outcomes = [], [f"model.{name}" for name in MODEL_COLUMNS], ["*"]
    for table, metrics in catalogue.by_table().items():
        relation = relations.get(table, score_table(table))
        joins.append(f"LEFT JOIN {relation} AS {table}_row ON model.model_id = {table}_row.model_id")
        for metric in metrics:
            columns += _own_columns(metric, table) if not metric.grain.steps else _joined_columns(metric, table)
            outcomes += outcome_columns(metric)
    inner = f"SELECT {_lines(columns)}\nFROM {LAYER}.models AS model\n" + "\n".join(joins)
    return f"SELECT {_lines(outcomes)}\nFROM ({inner}) AS joined"


def _joined_columns(metric: Metric, table: str) -> list[str]:
    """A metric's columns of its own step 1; a model without parts has none of them."""
    ends = [*ENDS, *(each for each in parts_of(metric) if each in VALUE_ENDS)]
    told = [f"{table}_row.{column(metric.name, end)} AS {column(metric.name, end)}" for end in ends]
    counts = [
        f"COALESCE({table}_row.{column(metric.name, count)}, 0) AS {column(metric.name, count)}" for count in COUNTS
    ]
    return told + counts


def _own_columns(metric: Metric, table: str) -> list[str]:
    """A metric asked of models themselves: its score, counted as one. A model that was not scored is unknown."""
    outcome = f"COALESCE({table}_row.{column(metric.name, 'outcome')}, '{UNKNOWN}')"
    told = f"{table}_row.{column(metric.name, 'outcome')} IS NOT NULL"
    otherwise = {"low": " ELSE 0", "point": "", "high": " ELSE 4"}
    columns = []
    for end in ENDS:
        value = f"CASE WHEN {told} THEN {table}_row.{column(metric.name, end)}{otherwise[end]} END"
        columns.append(f"CAST({value} AS DOUBLE) AS {column(metric.name, end)}")
    for count in COUNTS:
        holds = (
            f"{outcome} = '{count}'" if count in OUTCOMES else f"{table}_row.{column(metric.name, 'level')} IS NOT NULL"
        )
        columns.append(f"CASE WHEN {holds} THEN 1 ELSE 0 END AS {column(metric.name, count)}")
    return columns


def layer_sql(catalogue: Catalogue, groups: Sequence[Group], relation: str, key: str = "model_id") -> str:
    """One height of the hierarchy, a row per key, from the columns of what is below it. relation: what has these."""
    raw, settled, outcomes = [key], [key], [key]
    for group in groups:
        parts = [child_names(child, group) for child in catalogue.children(group.name)]
        counts = [column(group.name, count) for count in COUNTS]
        raw += raw_columns(group.name, group.method, Across(parts)) + _distinct_counts(catalogue, group)
        settled += settled_columns(group.name, group.method, group.levels) + counts
        outcomes += [column(group.name, part) for part in parts_of(group) if part not in ("level", "outcome")]
        outcomes += outcome_columns(group)
    inner = f"SELECT {_lines(raw)}\nFROM {relation}"
    return f"SELECT {_lines(outcomes)}\nFROM (SELECT {_lines(settled)}\nFROM ({inner}) AS summed) AS settled"


def child_names(child: str, group: Group) -> dict[str, str]:
    """What the names of method terms are for one child."""
    names = {end: column(child, end) for end in ENDS}
    return {**names, "weight": f"{group.weights.get(child, 1):.9f}"}


def _distinct_counts(catalogue: Catalogue, group: Group) -> list[str]:
    """How many of the distinct metrics below a group have which outcome."""
    apart = _apart(catalogue, group)
    columns = []
    for count in COUNTS:
        terms = [_counted(catalogue, node, count) for node in apart]
        columns.append(f"CAST({' + '.join(terms) or '0'} AS INTEGER) AS {column(group.name, count)}")
    return columns


def _apart(catalogue: Catalogue, group: Group) -> list[str]:
    """Nodes below a group that have each metric below it once: its children, or their metrics where these overlap."""
    seen: set[str] = set()
    found = []
    for child in catalogue.children(group.name):
        below = catalogue.below(child)
        found += [child] if seen.isdisjoint(below) else [name for name in below if name not in seen]
        seen.update(below)
    return found


def _counted(catalogue: Catalogue, node: str, count: str) -> str:
    """How many metrics of a node have an outcome: of a metric itself, one or none."""
    if node in catalogue.groups:
        return column(node, count)
    return f"CASE WHEN {_holds(node, count)} THEN 1 ELSE 0 END"


def _holds(metric: str, count: str) -> str:
    """Whether a metric has an outcome, for one model."""
    if count in (UNKNOWN, NOT_APPLICABLE, EXEMPT, ERROR):
        return f"{column(metric, 'outcome')} = '{count}'"
    return f"{column(metric, 'point')} IS NOT NULL"


def _lines(columns: Sequence[str]) -> str:
    return ",\n  ".join(columns)
