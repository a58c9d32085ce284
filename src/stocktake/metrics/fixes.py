"""The next best fixes of a node: a model brought to the best level of one metric, and what a population gains by it.

All are worked out at once, in columns: each (model, metric) is the model's row with that metric raised, rolled up to
the node alone. What the population gains follows from its sums.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from stocktake.engines import Engine, Step
from stocktake.metrics.compile import column
from stocktake.metrics.methods import Interval, ratio
from stocktake.metrics.model_rows import models_of_pairs_sql, models_sql, pair_table, pairs_sql
from stocktake.metrics.node_rows import NODES, child_names, layers
from stocktake.metrics.part_rows import PART_PARTS, part_rows_sql
from stocktake.metrics.parts import Across, exact
from stocktake.metrics.roll_up import NEEDED, Rollups
from stocktake.metrics.score import LAYER, Scores, score_table
from stocktake.metrics.settle import ENDS, raw_columns, settled, settled_columns
from stocktake.metrics.spec import Catalogue, Grain, Group, Metric

if TYPE_CHECKING:
    import pyarrow as pa

RAISED = f"{LAYER}.model_raised"
MEMBERS = f"{LAYER}.fix_member"
FIXES = f"{LAYER}.fix"
PART_COLUMNS = ("model_id", "deployment_id", "is_live", "share", "told")


def fixes(
    catalogue: Catalogue,
    node: str,
    models: Collection[int],
    numbers: tuple[Scores, Rollups, Mapping[str, pa.Table]],
    engine: Engine,
) -> pa.Table:
    """What each fix of a model on a metric below a node would gain for the node's mean over some models.

    models: their model_no. numbers: scores, roll-ups and tables of one run. Gives model_id, metric, and of low, point
    and high each: `node_`, of that model after it; `mean_`, of all these models after it; `gain_`, what that is more
    than now. Only fixes that gain, the greatest first: by what is sure (low), then by what is known (point).
    """
    import pyarrow as pa

    scores, rollups, tables = numbers
    below = _below(catalogue, node)
    given = {f"{LAYER}.{name}": tables[name] for name in NEEDED}
    given |= {score_table(name): table for name, table in scores.tables.items()}
    given |= {NODES: rollups.models, MEMBERS: pa.table({"model_no": pa.array(sorted(models), pa.int32())})}
    steps = [*_raised_steps(below), Step(FIXES, fixes_sql(below, node))]
    found = engine.run_tables(steps, given)[FIXES]
    order: list[tuple[str, Literal["ascending", "descending"]]] = [("gain_low", "descending")]
    order += [("gain_point", "descending"), ("metric", "ascending"), ("model_id", "ascending")]
    return found.sort_by(order)


def _below(catalogue: Catalogue, node: str) -> Catalogue:
    """The part of the hierarchy from a node down."""
    metrics = {name: catalogue.metrics[name] for name in catalogue.below(node)}
    names, found = [node] if node in catalogue.groups else [], set[str]()
    while names:
        found.add(name := names.pop())
        names += [child for child in catalogue.children(name) if child in catalogue.groups]
    return Catalogue(metrics, {name: group for name, group in catalogue.groups.items() if name in found})


def best_level(metric: Metric) -> int:
    """The best level that a metric has."""
    return max(bucket.level for bucket in metric.buckets)


def _raised_steps(catalogue: Catalogue) -> list[Step]:
    """Each model's metrics as they were if all its parts that take part had the best level."""
    found, columns, joins = [], ["node.model_no"], []
    for table, metrics in catalogue.by_table().items():
        grain = metrics[0].grain
        if not grain.steps:
            columns += [f"{best_level(each)} AS {column(each.name, end)}" for each in metrics for end in ENDS]
            continue
        rows = _raised_rows_sql(grain, metrics)
        if "deployment" in grain.steps:
            found.append(Step(pair_table(table), pairs_sql(metrics, rows)))
        relation = models_of_pairs_sql(metrics, table) if "deployment" in grain.steps else models_sql(metrics, rows)
        joins.append(f"LEFT JOIN ({relation}) AS {table}_row ON node.model_id = {table}_row.model_id")
        columns += [f"{table}_row.{column(each.name, end)}" for each in metrics for end in ENDS]
    sql = f"SELECT {', '.join(columns)}\nFROM {NODES} AS node\n" + "\n".join(joins)
    return [*found, Step(RAISED, sql)]


def _raised_rows_sql(grain: Grain, metrics: Sequence[Metric]) -> str:
    """The rows of `part_rows_sql` with the best level for all that takes part."""
    columns = [*PART_COLUMNS]
    for metric in metrics:
        takes_part = f"{column(metric.name, 'low')} IS NOT NULL"
        for part in PART_PARTS:
            name = column(metric.name, part)
            if part in ENDS:
                columns.append(f"CASE WHEN {takes_part} THEN {best_level(metric)} END AS {name}")
            elif part != "time" or metric.latest_by:
                columns.append(f"CAST(NULL AS INTEGER) AS {name}" if part == "error" else name)
    return f"SELECT {', '.join(columns)} FROM ({part_rows_sql(grain, metrics)}) AS own"


def fixes_sql(catalogue: Catalogue, node: str) -> str:
    """One SELECT: a row per fix that gains. catalogue: from the node down."""
    after = _after_sql(catalogue, node)
    told = ", ".join(f"{column('new', end)}, {column('old', end)}" for end in ENDS)
    means = {end: _means(end) for end in ENDS}
    raw = ", ".join(f"{sql} AS {name}_{end}" for end in ENDS for name, sql in means[end].items())
    inner = f"SELECT model_id, metric, {told}, {raw}\nFROM ({after}) AS after CROSS JOIN ({_sums_sql(node)}) AS whole"
    new, old = (_clamped(f"{name}_") for name in ("new_mean", "old_mean"))
    columns = [f"{column('new', end)} AS node_{end}" for end in ENDS]
    columns += [f"{value} AS mean_{end}" for end, value in new.items()]
    columns += [f"ROUND({new[end]} - {old[end]}, 9) AS gain_{end}" for end in ENDS]
    outer = f"SELECT model_id, metric, {', '.join(columns)}\nFROM ({inner}) AS summed"
    return f"SELECT * FROM ({outer}) AS fix WHERE gain_low > 0 OR gain_point > 0"


def _after_sql(catalogue: Catalogue, node: str) -> str:
    """A row per model and metric that is not at its best: the node's interval now (old), and after the fix (new)."""
    metrics = list(catalogue.metrics)
    picked = " UNION ALL ".join(f"SELECT '{name}' AS metric" for name in metrics)
    columns = ["node.model_id", "picked.metric", *(f"node.{column(node, end)} AS {column('old', end)}" for end in ENDS)]
    for name in metrics:
        for end in ENDS:
            own = column(name, end)
            columns.append(f"CASE WHEN picked.metric = '{name}' THEN raised.{own} ELSE node.{own} END AS {own}")
    worse = " ".join(f"WHEN '{name}' THEN {_is_worse(name)}" for name in metrics)
    sql = (
        f"SELECT {', '.join(columns)}\nFROM {NODES} AS node\n"
        f"INNER JOIN {MEMBERS} AS member ON node.model_no = member.model_no\n"
        f"INNER JOIN {RAISED} AS raised ON node.model_no = raised.model_no\nCROSS JOIN ({picked}) AS picked\n"
        f"WHERE CASE picked.metric {worse} END"
    )
    for layer in layers(catalogue):
        sql = _layer_sql(catalogue, layer, sql)
    own = ", ".join(f"{column(node, end)} AS {column('new', end)}" for end in ENDS)
    return f"SELECT model_id, metric, {', '.join(column('old', end) for end in ENDS)}, {own}\nFROM ({sql}) AS noded"


def _is_worse(name: str) -> str:
    """Whether a model takes part in a metric with less than it could have."""
    low, point = (f"node.{column(name, end)}" for end in ("low", "point"))
    return f"{low} IS NOT NULL AND ({point} IS NULL OR {low} < raised.{column(name, 'low')})"


def _layer_sql(catalogue: Catalogue, groups: Sequence[Group], sql: str) -> str:
    """One height of the hierarchy on top of what is below it: intervals alone."""
    raw, done = ["*"], ["*"]
    for group in groups:
        parts = [child_names(child, group) for child in catalogue.children(group.name)]
        raw += raw_columns(group.name, group.method, Across(parts))
        done += settled_columns(group.name, group.method, group.levels)
    return f"SELECT {', '.join(done)}\nFROM (SELECT {', '.join(raw)}\nFROM ({sql}) AS below) AS raw"


def _sums_sql(node: str) -> str:
    """Sums and numbers of the node's intervals over all members, in one row."""
    sums = ", ".join(
        f"COALESCE(SUM({exact(f'node.{column(node, end)}')}), 0) AS {end}_sum, "
        f"COUNT(node.{column(node, end)}) AS {end}_number"
        for end in ENDS
    )
    return f"SELECT {sums} FROM {NODES} AS node INNER JOIN {MEMBERS} AS member ON node.model_no = member.model_no"


def _means(end: str) -> dict[str, str]:
    """The mean of one end over all members, now and with one of them changed."""
    old, new = column("old", end), column("new", end)
    total = f"{end}_sum - COALESCE({exact(old)}, 0) + COALESCE({exact(new)}, 0)"
    number = f"{end}_number - CASE WHEN {old} IS NULL THEN 0 ELSE 1 END + CASE WHEN {new} IS NULL THEN 0 ELSE 1 END"
    return {"old_mean": ratio(f"{end}_sum", f"{end}_number"), "new_mean": ratio(f"({total})", f"({number})")}


def _clamped(prefix: str) -> dict[str, str]:
    """The settled interval of some columns."""
    interval = settled(Interval(*(f"{prefix}{end}" for end in ENDS)))
    return dict(zip(ENDS, (interval.low, interval.point, interval.high), strict=True))
