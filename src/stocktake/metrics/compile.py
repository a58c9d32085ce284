"""Compiles all metrics of one table into one pass over it, in the portable subset of SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from stocktake.metrics import expression
from stocktake.metrics.spec import ERROR, EXEMPT, NOT_APPLICABLE, UNKNOWN, Bucket, Metric

NO_BUCKET = "no bucket"
"""The reason of an error: no bucket takes the value."""

CARRIED = ("is_live", "share", "slot", "role")
"""Columns of a table that its scores carry, beside all ids."""

PARTS = ("outcome", "level", "low", "point", "high", "value", "reason")
"""What a score says of one metric; each is a column `<metric>__<part>`."""

WAIVER_PARTS = ("waiver", "without")
"""What it says besides where waivers are in force: the one whose scope takes the row in, the outcome without any."""


def column(node: str, part: str) -> str:
    """The column that holds one part of a metric's or group's score."""
    return f"{node}__{part}"


def carried_columns(columns: Collection[str], metrics: Sequence[Metric]) -> list[str]:
    """The columns that a score keeps of its row: ids, what the roll-up needs, and times that say what is latest."""
    times = {metric.latest_by for metric in metrics}
    return [name for name in columns if name.endswith("_id") or name in CARRIED or name in times]


def score_sql(metrics: Sequence[Metric], columns: Collection[str], relation: str, as_of: datetime | str) -> str:
    """One SELECT that scores every row of a relation by every metric.

    Gives the carried columns and, per metric, the columns of PARTS: outcome (a bucket's name, or one of OUTCOMES),
    level 0 to 4, the interval (low NULL: takes no part; point NULL: not known), the value, and the reason of an unknown
    or error; where waivers are in force, also WAIVER_PARTS.
    """
    carried = carried_columns(columns, metrics)
    read = ["*"] + [line for metric in metrics for line in _read_columns(metric, as_of)]
    judged = ["*"] + [line for metric in metrics for line in _outcome_columns(metric, as_of)]
    told = [*carried, *(line for metric in metrics for line in _score_columns(metric))]
    return (
        f"SELECT {_lines(told)}\nFROM (\nSELECT {_lines(judged)}\nFROM (\nSELECT {_lines(read)}\n"
        f"FROM {relation}\n) AS valued\n) AS judged"
    )


def reasons_of(metric: Metric) -> list[str]:
    """The columns that an unknown can come from, in the order in which they are named."""
    told = [metric.where, metric.value, *(bucket.when for bucket in metric.buckets)]
    told += [waiver.scope for waiver in metric.waivers]
    named = [name for text in told[:1] if text for name in expression.columns_of(text)]
    named += metric.needs
    named += [name for text in told[1:] if text for name in expression.columns_of(text)]
    return [name for name in dict.fromkeys(named) if name not in (expression.VALUE, expression.AS_OF)]


def _lines(columns: Sequence[str]) -> str:
    return ",\n  ".join(columns)


def _read_columns(metric: Metric, as_of: datetime | str) -> list[str]:
    """Whether the metric applies, and its value, rounded where it is a number."""
    where = expression.render(metric.where, {}, as_of) if metric.where else "TRUE"
    columns = [f"{where} AS {column(metric.name, 'where')}", *_waiver_columns(metric, as_of)]
    if metric.value is None:
        return [*columns, f"CAST(NULL AS VARCHAR) AS {column(metric.name, 'value')}"]
    value = expression.render(metric.value, {}, as_of)
    rounded = f"ROUND(CAST({value} AS DOUBLE), 9)" if metric.unit else value
    return [*columns, f"{rounded} AS {column(metric.name, 'value')}"]


def _waiver_columns(metric: Metric, as_of: datetime | str) -> list[str]:
    """Whether any waiver takes the row in, three-valued, and the first that does."""
    if not metric.waivers:
        return []
    scopes = [expression.render(each.scope, {}, as_of) if each.scope else "TRUE" for each in metric.waivers]
    firsts = [f"WHEN {scope} THEN '{each.name}'" for scope, each in zip(scopes, metric.waivers, strict=True)]
    return [
        f"({' OR '.join(scopes)}) AS {column(metric.name, 'waived')}",
        f"CASE {' '.join(firsts)} END AS {column(metric.name, 'waiver')}",
    ]


def _outcome_columns(metric: Metric, as_of: datetime | str) -> list[str]:
    """The outcome; where waivers are in force, also that without them."""
    if not metric.waivers:
        return [_outcome_column(metric, as_of, "outcome", is_waived=False)]
    return [
        _outcome_column(metric, as_of, "outcome", is_waived=True),
        _outcome_column(metric, as_of, "without", is_waived=False),
    ]


def _outcome_column(metric: Metric, as_of: datetime | str, part: str, *, is_waived: bool) -> str:
    """The first case that is true, as semantics order them. is_waived: whether waivers count."""
    cases = [f"WHEN NOT {column(metric.name, 'where')} THEN '{NOT_APPLICABLE}'"]
    if is_waived:
        cases.append(f"WHEN {column(metric.name, 'waived')} THEN '{EXEMPT}'")
    cases.append(f"WHEN {column(metric.name, 'where')} IS NULL THEN '{UNKNOWN}'")
    if metric.value is not None and not metric.absence_is_state:
        cases.append(f"WHEN {column(metric.name, 'value')} IS NULL THEN '{UNKNOWN}'")
    if is_waived:
        cases.append(f"WHEN {column(metric.name, 'waived')} IS NULL THEN '{UNKNOWN}'")
    for bucket in metric.buckets:
        cases += _bucket_cases(metric, bucket, as_of)
    return f"CASE\n    {_newline(cases)}\n    ELSE '{ERROR}' END AS {column(metric.name, part)}"


def _newline(cases: Sequence[str]) -> str:
    return "\n    ".join(cases)


def _bucket_cases(metric: Metric, bucket: Bucket, as_of: datetime | str) -> list[str]:
    """A bucket whose condition is not known ends the search, as it might be this one."""
    if bucket.when is None:
        return [f"WHEN TRUE THEN '{bucket.name}'"]
    when = expression.render(bucket.when, {expression.VALUE: column(metric.name, "value")}, as_of)
    return [f"WHEN {when} IS NULL THEN '{UNKNOWN}'", f"WHEN {when} THEN '{bucket.name}'"]


def _score_columns(metric: Metric) -> list[str]:
    """All columns of a metric's score, from its outcome."""
    outcome = column(metric.name, "outcome")
    levels = " ".join(f"WHEN '{bucket.name}' THEN {bucket.level}" for bucket in metric.buckets)
    level = f"CAST(CASE {outcome} {levels} END AS TINYINT)"
    low = f"CAST(CASE {outcome} {levels} WHEN '{UNKNOWN}' THEN 0 WHEN '{ERROR}' THEN 0 END AS TINYINT)"
    high = f"CAST(CASE {outcome} {levels} WHEN '{UNKNOWN}' THEN 4 WHEN '{ERROR}' THEN 4 END AS TINYINT)"
    parts = {"outcome": outcome, "level": level, "low": low, "point": level, "high": high}
    parts |= {"value": column(metric.name, "value"), "reason": _reason(metric)}
    columns = [f"{parts[part]} AS {column(metric.name, part)}" for part in PARTS]
    if not metric.waivers:
        return columns
    waiver = f"CASE WHEN {outcome} = '{EXEMPT}' THEN {column(metric.name, 'waiver')} END"
    return [*columns, f"{waiver} AS {column(metric.name, 'waiver')}", column(metric.name, "without")]


def _reason(metric: Metric) -> str:
    """The first needed column that is NULL; for an error, that no bucket takes the value."""
    outcome = column(metric.name, "outcome")
    missing = [f"WHEN {outcome} = '{UNKNOWN}' AND {name} IS NULL THEN '{name}'" for name in reasons_of(metric)]
    return f"CASE WHEN {outcome} = '{ERROR}' THEN '{NO_BUCKET}' {' '.join(missing)} END"


def reason_text(outcome: str, reason: str | None, value: object) -> str:
    """A reason as a sentence for people."""
    if outcome == ERROR:
        return f"no bucket for {value:g}" if isinstance(value, float) else f"no bucket for {value}"
    return f"{reason} is not known" if outcome == UNKNOWN and reason else ""
