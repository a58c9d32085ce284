"""Exposure: which share of the live servings stands in each bucket of a metric, such as age since training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stocktake.metrics.compile import column
from stocktake.metrics.methods import NO_REST
from stocktake.metrics.parts import exact
from stocktake.metrics.score import LAYER, score_table
from stocktake.metrics.slices import MEMBERS, SLICES
from stocktake.metrics.spec import ERROR, EXEMPT, NOT_APPLICABLE, UNKNOWN, Catalogue, Metric

EXPOSURE = f"{LAYER}.exposure"
SLOT = "deployment_id, binary_id, slot, share"


def exposed(catalogue: Catalogue) -> list[Metric]:
    """The metrics of servings that ask for this report."""
    return [metric for metric in catalogue.metrics.values() if metric.exposure and "deployment" in metric.grain.steps]


def exposure_sql(metrics: Sequence[Metric]) -> str:
    """One SELECT: a row per metric, slice and bucket, in their order by `place`; `unknown`, errors with it, comes last.

    servings: how many. For `count` and `traffic`: _share, of all, so that the buckets and unknown sum to 1; _low, when
    no unknown one is in the bucket; _point, of the known; _high, when all unknown ones are. Traffic that no source
    tells is divided equally among the deployment's servings without a share; low and high put it at either end.
    """
    inside, sure = (f"COALESCE(inside.{name}, 0)" for name in ("servings", "sure"))
    possible = "COALESCE(inside.possible, 0) + whole.open_told + whole.open_rest"
    return (
        f"WITH exposed AS (\n{_union(_servings_sql(metric) for metric in metrics)}\n),\n"
        f"member AS (\n{_members_sql()}\n),\nbucketed AS (\n{_buckets_sql()}\n),\nwhole AS (\n{_whole_sql()}\n)\n"
        "SELECT state.metric, slice.slice, slice.slice_value, state.bucket, state.place, state.level, "
        f"CAST({inside} AS BIGINT) AS servings,\n"
        f"{_shares('count', 'servings', inside, f'{inside} + whole.open_servings')},\n"
        f"{_shares('traffic', 'weight', sure, possible)}\n"
        f"FROM {SLICES} AS slice CROSS JOIN ({_union(_states_sql(metric) for metric in metrics)}) AS state\n"
        "LEFT JOIN bucketed AS inside ON slice.slice_no = inside.slice_no AND state.metric = inside.metric "
        "AND state.place = inside.place\n"
        "LEFT JOIN whole ON slice.slice_no = whole.slice_no AND state.metric = whole.metric"
    )


def _union(selects: Iterable[str]) -> str:
    return "\nUNION ALL ".join(selects)


def _shares(name: str, part: str, low: str, high: str) -> str:
    """The four shares of one way of counting. What is unknown has its share at both ends, and no point."""
    is_open = f"state.bucket = '{UNKNOWN}'"
    inside = f"COALESCE(inside.{part}, 0)"
    share, point = _ratio(inside, f"whole.{part}"), _ratio(inside, f"(whole.{part} - whole.open_{part})")
    least, most = (f"CASE WHEN {is_open} THEN {share} ELSE {_ratio(end, f'whole.{part}')} END" for end in (low, high))
    inner = f"CASE WHEN {point} < {least} THEN {least} WHEN {point} > {most} THEN {most} ELSE {point} END"
    known = f"CASE WHEN NOT ({is_open}) THEN {inner} END"
    return f"{share} AS {name}_share, {least} AS {name}_low, {known} AS {name}_point, {most} AS {name}_high"


def _ratio(part: str, whole: str) -> str:
    return f"ROUND(CAST({part} AS DOUBLE) / NULLIF(CAST({whole} AS DOUBLE), 0), 9)"


def _states_sql(metric: Metric) -> str:
    """The buckets of a metric in their order, `unknown` last."""
    names = [(bucket.name, str(bucket.level)) for bucket in metric.buckets] + [(UNKNOWN, "CAST(NULL AS INTEGER)")]
    return _union(
        f"SELECT '{metric.name}' AS metric, '{name}' AS bucket, {place} AS place, {level} AS level"
        for place, (name, level) in enumerate(names)
    )


def _whole_sql() -> str:
    """Per slice, all servings, and those of them that are unknown."""
    open_sums = ", ".join(
        f"COALESCE(SUM(CASE WHEN is_open THEN {name} END), 0) AS open_{name}"
        for name in ("servings", "weight", "told", "rest")
    )
    sums = f"SUM(servings) AS servings, SUM(weight) AS weight, {open_sums}"
    return f"SELECT metric, slice_no, {sums} FROM bucketed GROUP BY metric, slice_no"


def _buckets_sql() -> str:
    """Per slice and bucket: servings and traffic; of that, what is surely in it, and what possibly."""
    sums = ("servings", "weight", "told", "sure", "possible", "rest")
    summed = ", ".join(f"SUM({name}) AS {name}" for name in sums)
    own = f"CASE WHEN is_divided THEN 0 ELSE {exact('weight')} END"
    by = "metric, slice_no, place, is_open"
    told = f"SELECT {by}, servings, weight, {own} AS told, {own} AS sure, {own} AS possible, 0 AS rest FROM member"
    return f"SELECT {by}, {summed} FROM ({told} UNION ALL {_divided_sql()}) AS part GROUP BY {by}"


def _divided_sql() -> str:
    """Traffic that several servings of a deployment share, untold: surely in a bucket when all of them are."""
    by = "metric, slice_no, deployment_id"
    divided = (
        f"SELECT {by}, place, is_open, SUM(servings) AS number, SUM({exact('weight')}) AS rest "
        f"FROM member WHERE is_divided GROUP BY {by}, place, is_open"
    )
    over = f"OVER (PARTITION BY {by})"
    whole = (
        f"SELECT *, SUM(number) {over} AS whole_number, SUM(rest) {over} AS whole_rest, "
        f"MAX(CASE WHEN is_open THEN 1 ELSE 0 END) {over} AS has_open FROM ({divided}) AS divided"
    )
    return (
        "SELECT metric, slice_no, place, is_open, 0 AS servings, 0 AS weight, 0 AS told, "
        "CASE WHEN number = whole_number THEN whole_rest ELSE 0 END AS sure, "
        "CASE WHEN has_open = 0 THEN whole_rest ELSE 0 END AS possible, "
        f"CASE WHEN is_open THEN whole_rest ELSE 0 END AS rest FROM ({whole}) AS whole"
    )


def _members_sql() -> str:
    """The servings of each slice: one whose binary is of several models once in each; the others summed first."""
    kept = "metric, model_id, place, is_open, is_divided"
    few = (
        f"SELECT {kept}, CASE WHEN is_divided THEN deployment_id END AS deployment_id, COUNT(*) AS servings, "
        f"SUM({exact('weight')}) AS weight FROM exposed WHERE NOT is_shared "
        f"GROUP BY {kept}, CASE WHEN is_divided THEN deployment_id END"
    )
    columns = "metric, slice_no, deployment_id, place, is_open, is_divided"
    member = f"INNER JOIN {MEMBERS} AS member ON serving.model_id = member.model_id"
    shared = (
        f"SELECT DISTINCT {columns}, binary_id, slot, share, weight FROM exposed AS serving {member} WHERE is_shared"
    )
    return (
        f"SELECT {columns}, servings, weight FROM ({few}) AS serving {member} UNION ALL "
        f"SELECT {columns}, 1 AS servings, {exact('weight')} AS weight FROM ({shared}) AS serving"
    )


def _servings_sql(metric: Metric) -> str:
    """Live servings with their bucket and their share of traffic; what no source tells is divided equally."""
    table, outcome = score_table(metric.grain.table), column(metric.name, "outcome")
    bucket = f"CASE WHEN is_live AND {outcome} <> '{ERROR}' THEN {outcome} ELSE '{UNKNOWN}' END"
    live = f"FROM {table} WHERE COALESCE(is_live, TRUE) AND model_id IS NOT NULL"
    places = " ".join(f"WHEN '{each.name}' THEN {place}" for place, each in enumerate(metric.buckets))
    untold = f"1 - COALESCE(CAST(SUM({exact('share')}) AS DOUBLE), 0)"
    number = "COUNT(*) - COUNT(share)"
    rest = f"(CASE WHEN {untold} > {NO_REST} THEN {untold} ELSE 0 END) / NULLIF({number}, 0)"
    slots = f"SELECT {SLOT}, COUNT(*) AS model_count {live} GROUP BY {SLOT}"
    traffic = (
        f"SELECT deployment_id, {rest} AS rest, {number} > 1 AS is_divided, MAX(model_count) > 1 AS is_shared "
        f"FROM ({slots}) AS slots GROUP BY deployment_id"
    )
    return (
        f"SELECT '{metric.name}' AS metric, live.model_id, live.deployment_id, live.binary_id, live.slot, live.share, "
        f"CASE live.bucket {places} ELSE {len(metric.buckets)} END AS place, live.bucket = '{UNKNOWN}' AS is_open, "
        "COALESCE(live.share, traffic.rest, 0) AS weight, "
        "live.share IS NULL AND traffic.is_divided AS is_divided, traffic.is_shared "
        f"FROM (SELECT model_id, {SLOT}, {bucket} AS bucket {live}) AS live "
        f"INNER JOIN ({traffic}) AS traffic ON live.deployment_id = traffic.deployment_id "
        f"WHERE live.bucket NOT IN ('{NOT_APPLICABLE}', '{EXEMPT}')"
    )
