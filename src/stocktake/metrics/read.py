"""One YAML document read as a metric or as a group."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from stocktake.errors import Problem
from stocktake.metrics import expression
from stocktake.metrics.buckets import problems_of_order, problems_of_rise, read_buckets
from stocktake.metrics.document import Located, Reader
from stocktake.metrics.expression import Checker
from stocktake.metrics.grain import GRAINS, grain_of, missing_columns
from stocktake.metrics.methods import METHODS, problem_of_numbers
from stocktake.metrics.spec import SHARE_LEVELS, Bucket, Grain, Group, Method, Metric

COMMON_KEYS = ("extends", "asks", "owner", "source", "version", "parents")
METRIC_KEYS = (
    "metric",
    *COMMON_KEYS,
    "table",
    "where",
    "needs",
    "value",
    "unit",
    "absence",
    "buckets",
    "roll_up",
    "exposure",
)
GROUP_KEYS = ("group", *COMMON_KEYS, "method", "weights", "levels")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
METHOD = re.compile(r"([a-z_]+)\s*(?:\(([^()]*)\))?")
ABSENCE = "is a state"


def read_metric(
    name: str, told: Located, tables: Mapping[str, Collection[str]], problems: list[Problem], check: Checker | None
) -> Metric | None:
    """A metric from its document; None when its table can't be scored. What is wrong is added to `problems`."""
    reader = Reader(told, problems)
    reader.only(METRIC_KEYS)
    _check_name(name, reader)
    table = reader.text("table", required=f"name one of: {', '.join(tables)}")
    grain = _grain(table, tables, reader) if table else None
    buckets = read_buckets(reader.mapping("buckets").items(), problems)
    if grain is None or table is None:
        return None
    if not buckets:
        reader.problem("buckets", "there are no buckets", "write at least one `name: {level: 0 to 4, when: condition}`")
    steps, latest_by, levels = _read_roll_up(reader, grain)
    metric = Metric(
        name=name,
        asks=reader.text("asks", required="write the question that it answers") or "",
        grain=grain,
        buckets=buckets,
        owner=reader.text("owner") or "",
        source=reader.text("source") or "",
        parents=tuple(item.value for item in reader.texts("parents")),
        where=reader.text("where"),
        needs=tuple(item.value for item in reader.texts("needs")),
        value=reader.text("value"),
        unit=reader.text("unit"),
        absence_is_state=_read_absence(reader),
        roll_up=steps,
        latest_by=latest_by,
        levels=levels,
        exposure=reader.text("exposure") == "true",
        lines=reader.lines,
    )
    problems += _problems_of_expressions(metric, tables[table], reader, check)
    return metric


def read_group(name: str, told: Located, problems: list[Problem]) -> Group:
    """A group from its document. What is wrong is added to `problems`."""
    reader = Reader(told, problems)
    reader.only(GROUP_KEYS)
    _check_name(name, reader)
    usable = [method for method, spec in METHODS.items() if spec.across]
    method = _read_method(reader.told.value.get("method", Located("mean", told.where)), usable, problems)
    weights = {}
    for child, weight in reader.mapping("weights").items():
        if isinstance(weight.value, bool) or not isinstance(weight.value, (int, float)) or not 0 < weight.value <= 1e6:
            problems.append(
                Problem(
                    weight.where, f"the weight of {child} is {weight.value}", "write a number above 0, at most 1000000"
                )
            )
        else:
            weights[child] = float(weight.value)
    asks = reader.text("asks", required="write the question that it answers") or ""
    parents = tuple(item.value for item in reader.texts("parents"))
    levels = _read_levels(reader.mapping("levels"), [method], reader) if "levels" in reader.lines else SHARE_LEVELS
    if method.name == "count" and levels is SHARE_LEVELS:
        reader.problem("method", "a count has no level of its own", "add `levels:`, buckets over `value`")
    return Group(
        name,
        asks,
        method,
        reader.text("owner") or "",
        reader.text("source") or "",
        parents,
        weights,
        levels,
        reader.lines,
    )


def _check_name(name: str, reader: Reader) -> None:
    if not NAME.fullmatch(name):
        key = "metric" if "metric" in reader.lines else "group"
        reader.problem(key, f"{name} can't be a name", "use lower-case words joined by one _")


def _grain(table: str, tables: Mapping[str, Collection[str]], reader: Reader) -> Grain | None:
    """The grain of the metric's table."""
    if table not in tables:
        reader.problem("table", f"unknown table {table}", f"use one of: {', '.join(tables)}")
        return None
    columns = list(tables[table])
    grain = grain_of(table, columns)
    if grain is None:
        fix = f"let its first column be one of: {', '.join(known.key for known in GRAINS)}"
        reader.problem("table", f"the rows of table {table} lead to no model", fix)
        return None
    for name in missing_columns(grain, columns):
        reader.problem(
            "table", f"table {table} can't be rolled up without {name}", f"give it the column {name}, as in servings"
        )
    return grain


def _read_absence(reader: Reader) -> bool:
    text = reader.text("absence")
    if text not in (None, ABSENCE):
        reader.problem("absence", f"absence {text} is not understood", f"write `absence: {ABSENCE}`, or leave it out")
    return text == ABSENCE


def _read_roll_up(reader: Reader, grain: Grain) -> tuple[dict[str, Method], str | None, tuple[Bucket, ...]]:
    """The methods per step, the column that says what is latest, and the levels of shares."""
    told = reader.mapping("roll_up")
    methods: dict[str, Method] = {}
    for key, value in told.items():
        if key in grain.steps:
            methods[key] = _read_method(value, list(METHODS), reader.problems)
        elif key not in ("latest_by", "levels"):
            valid = ", ".join([*grain.steps, *(["latest_by", "levels"] if grain.steps else [])])
            fix = f"use one of: {valid}" if valid else "leave roll_up out: a row is a model already"
            reader.problems.append(Problem(value.where, f"table {grain.table} has no step {key}", fix))
    latest_by = told["latest_by"].value if "latest_by" in told else None
    if any(method.name == "latest" for method in methods.values()) and latest_by is None:
        reader.problem(
            "roll_up", "latest does not say by which time", "add `latest_by:` and a time column of the table"
        )
    if "levels" not in told:
        if any(method.name == "count" for method in methods.values()):
            reader.problem("roll_up", "a count has no level of its own", "add `levels:`, buckets over `value`")
        return methods, latest_by, SHARE_LEVELS
    levels = told["levels"].value if isinstance(told["levels"].value, dict) else {}
    return methods, latest_by, _read_levels(levels, list(methods.values()), reader)


def _read_levels(told: Mapping[str, Located], methods: list[Method], reader: Reader) -> tuple[Bucket, ...]:
    """The buckets that turn a share or a count into a level."""
    levels = read_buckets(told.items(), reader.problems)
    if not any(METHODS[method.name].needs_levels for method in methods):
        reader.problem("levels", "levels are given, and no method is a share or a count", "leave levels out")
    for bucket in levels:
        if bucket.when:
            reader.problems += expression.problems_of(bucket.when, bucket.where, (), "of levels", with_value=True)
    try:
        reader.problems += problems_of_order(levels) or problems_of_rise(levels)
    except ValueError:
        return levels  # Not SQL: said above.
    return levels


def _read_method(told: Located, valid: list[str], problems: list[Problem]) -> Method:
    """A method such as `worst` or `share(3)`."""
    match = METHOD.fullmatch(str(told.value).strip())
    if not match or match[1] not in valid:
        usable = ", ".join(METHODS[name].usage for name in valid)
        problems.append(Problem(told.where, f"unknown method {told.value}", f"use one of: {usable}"))
        return Method("mean")
    try:
        numbers = tuple(float(number) for number in (match[2] or "").split(",") if number.strip())
    except ValueError:
        numbers = (float("nan"),)
    problem = problem_of_numbers(match[1], numbers)
    if problem:
        problems.append(Problem(told.where, f"method {told.value}: {problem}", f"write {METHODS[match[1]].usage}"))
        return Method("mean")
    return Method(match[1], numbers)


def _problems_of_expressions(
    metric: Metric, columns: Collection[str], reader: Reader, check: Checker | None
) -> list[Problem]:
    """What is wrong with the SQL of a metric, its needs, its unit and its buckets."""
    table = metric.grain.table
    told = [(text, reader.lines[key], False) for key in ("where", "value") if (text := reader.text(key))]
    told += [(bucket.when, bucket.where, metric.value is not None) for bucket in metric.buckets if bucket.when]
    found: list[Problem] = []
    for text, where, with_value in told:
        found += expression.problems_of(text, where, columns, table, with_value=with_value)
        found += check(text, where) if check else ()
    names = [(item.value, item.where) for item in reader.texts("needs")]
    names += [(metric.latest_by, reader.lines["roll_up"])] if metric.latest_by else []
    for name, where in names:
        if name not in columns:
            found.append(Problem(where, f"table {table} has no column {name}", f"use one of: {', '.join(columns)}"))
    if found:
        return found
    if (
        not metric.unit
        and metric.value
        and expression.compares_number(bucket.when for bucket in metric.buckets if bucket.when)
    ):
        found.append(
            Problem(reader.lines["value"], "a number without a unit", "add `unit:`, such as day, share or count")
        )
    return found + problems_of_order(metric.buckets)
