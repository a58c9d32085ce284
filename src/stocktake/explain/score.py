"""From a node's number of a model to its parts, and from a part's score to the columns that it read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stocktake.explain.columns import MODEL_KINDS, Cells
from stocktake.explain.context import Context
from stocktake.explain.missing import missing, undescribed
from stocktake.explain.tree import Step
from stocktake.metrics import Group, Metric, children_of, node_of, pairs_of, parts
from stocktake.metrics.compile import reasons_of
from stocktake.metrics.spec import EXEMPT, UNKNOWN

Numbers = Mapping[str, Any]
SCORE = ("outcome", "level", "value", "reason", "low", "point", "high", "waiver", "without")
PART = ("share", "role", "slot", "is_live", "takes_part_as", "because")
STEPS = {"deployment": "from servings to (deployment, model)", "model": "to the model"}


def model_step(context: Context, node: str, model_id: str, weight: float | None = None) -> Step:
    """One model's number on a node, from its children, or of a metric from its parts."""
    it = context.catalogue.node(node)
    numbers = dict(node_of(context.catalogue, context.rollups.models, model_id, node) or {})
    told = {"model_id": model_id, "model": context.model_name(model_id), "asks": it.asks, **numbers}
    told |= {"weight": weight} if weight is not None else {}
    said = {key: value for key, value in told.items() if value is not None and key != "node"}
    if isinstance(it, Group):
        children = [
            model_step(context, each["node"], model_id, each["weight"])
            for each in children_of(context.catalogue, context.rollups.models, model_id, node)
        ]
        where = context.files.short(it.lines.get("method", it.lines["group"]))
        return Step("node", node, said, f"{where}: {it.method} of its children", children)
    return Step("node", node, said, roll_up_rule(context, it, "model"), list(_metric_parts(context, it, model_id)))


def roll_up_rule(context: Context, metric: Metric, step: str) -> str:
    """Where a metric's method for a step stands."""
    if not metric.grain.steps:
        return f"{context.files.short(metric.lines['table'])}: one row of {metric.grain.table} per model, no roll-up"
    where = context.files.short(metric.lines.get("roll_up", metric.lines["metric"]))
    told = "" if step in metric.roll_up else ", as it says no other"
    return f"{where}: {metric.method(step)} {STEPS[step]}{told}"


def _metric_parts(context: Context, metric: Metric, model_id: str) -> Iterator[Step]:
    """The parts of a model that a metric looks at; of servings, gathered per deployment first."""
    told = parts(metric, context.scores, context.tables, model_id)
    read_ahead(context, metric, told)
    if "deployment" not in metric.grain.steps:
        yield from (part_step(context, metric, model_id, part) for part in told)
        return
    for pair in pairs_of(metric, context.rollups, model_id):
        deployment = pair["deployment_id"]
        inside = [part_step(context, metric, model_id, part) for part in told if part["deployment_id"] == deployment]
        name = f"{metric.name} of {context.nearby.name('model_deployment', deployment)}"
        said = {key: value for key, value in pair.items() if value is not None}
        yield Step("pair", name, {"model_id": model_id, **said}, roll_up_rule(context, metric, "deployment"), inside)


def part_step(context: Context, metric: Metric, model_id: str, part: Numbers) -> Step:
    """One part of a model: its score, and what makes it a part."""
    table, key = metric.grain.table, part["key"]
    rows = context.where(table, metric.grain.key, [str(key)]) if key is not None else []
    name = f"{metric.name} of {_part_name(context, metric, part)}"
    if not rows:
        fix = undescribed(context, metric, key)
        told = {each: part[each] for each in PART if part.get(each) not in (None, "")}
        return Step("part", name, told, context.files.short(metric.lines["table"]), [fix])
    score = _score_step(context, metric, name, part, rows[0])
    if metric.grain.key == "model_id":
        return score

    def below() -> Iterator[Step]:
        yield score
        yield from _belonging(context, metric, model_id, rows[0])

    told = {each: part[each] for each in PART if part.get(each) not in (None, "")}
    rule = context.files.short(context.lineage.where("model_parts" if metric.grain.kind else table, "model_id"))
    return Step("part", name, told, f"{rule}: a part of the model {context.model_name(model_id)}", below)


def read_ahead(context: Context, metric: Metric, told: Sequence[Numbers]) -> None:
    """Read at once the rows that parts are of, and what is called so in their names."""
    grain, near = metric.grain, context.nearby
    context.where(grain.table, grain.key, (str(each["key"]) for each in told if each["key"] is not None))
    if grain.key == "model_id":
        return
    named = {grain.kind: "key"} if grain.kind else {"model_deployment": "deployment_id", "model_binary": "binary_id"}
    for kind, column in named.items():
        ids = [str(each[column]) for each in told if each.get(column) is not None]
        known = near.read(kind, ids)
        near.read("ghost", (each for each in ids if known[each] is None))


def _part_name(context: Context, metric: Metric, part: Numbers) -> str:
    """What a part is called: of a serving, what serves what."""
    grain = metric.grain
    if grain.key == "model_id":
        return context.model_name(str(part["key"]))
    if part["key"] is None:
        return "a binary that no source tells"
    if grain.kind:
        return context.nearby.name(grain.kind, str(part["key"]))
    binary = part.get("binary_id")
    served = context.nearby.name("model_binary", str(binary)) if binary else "no known binary"
    slot = f" ({part['slot']})" if part.get("slot") else ""
    return f"{context.nearby.name('model_deployment', str(part['deployment_id']))} serving {served}{slot}"


def _score_step(context: Context, metric: Metric, name: str, part: Numbers, row: Numbers) -> Step:
    """One row's score, from the columns that its rule reads."""
    told = {each: part[each] for each in SCORE if part.get(each) is not None}

    def below() -> Iterator[Step]:
        cells = Cells.of(context, metric.grain.table, row)
        yield from (cells.step(each) for each in dict.fromkeys(reasons_of(metric)) if each in row)
        for waiver in metric.waivers:
            if waiver.seq is not None and waiver.name == told.get("waiver"):
                yield context.evidence.records.step(waiver.seq)
        if told.get("outcome") == UNKNOWN or part.get("takes_part_as") == UNKNOWN:
            reason = str(told.get("reason") or ("is_live" if part.get("is_live") is None else ""))
            yield missing(context, metric, reason, cells)

    return Step("score", name, {metric.grain.key: part["key"], **told}, score_rule(context, metric, told), below)


def score_rule(context: Context, metric: Metric, told: Numbers) -> str:
    """The file and line that gave an outcome: its bucket; of what has none, the line that ended the search."""
    outcome = told.get("outcome")
    for bucket in metric.buckets:
        if bucket.name == outcome:
            where = context.files.short(bucket.where or metric.lines["buckets"])
            return f"{where}: {bucket.name} is {bucket.level}: {bucket.when or 'all that is left'}"
    for waiver in metric.waivers:
        if outcome == EXEMPT and waiver.name == told.get("waiver"):
            until = f"until {waiver.expires_at:%Y-%m-%d %H:%M} UTC, by {waiver.approver}: {waiver.reason}"
            return f"{context.files.short(waiver.where)}: waived, {waiver.scope or 'every row'}, {until}"
    key = "where" if outcome == "not_applicable" and metric.where else "value" if metric.value else "buckets"
    asked = {"where": metric.where, "value": metric.value}.get(key)
    judged = f"{key} {asked}" if asked else "the first bucket that is not false"
    return f"{context.files.short(metric.lines.get(key, metric.lines['metric']))}: {judged} is {outcome}"


def _belonging(context: Context, metric: Metric, model_id: str, row: Numbers) -> list[Step]:
    """Why a row is a part of a model: a serving says it itself; to a part, live deployments lead."""
    if metric.grain.kind is None:
        return [Cells.of(context, metric.grain.table, row).step("model_id")]
    lived = {
        each["artifact_id"]
        for each in context.where("model_parts", "model_id", [model_id])
        if each["kind"] == "model_deployment" and each["is_live"] is not False
    }
    found, key = [], str(row[metric.grain.key])
    by = MODEL_KINDS.get(str(context.model(model_id).get("model_by")))
    for deployment in sorted(lived):
        reads = context.lineage.reads("model_parts")
        walked = context.nearby.walk({"model_deployment": frozenset([deployment])}, reads, {})
        if key in walked.things.get(str(metric.grain.kind), ()):
            wanted = {str(metric.grain.kind): frozenset([key]), **({by: frozenset([model_id])} if by else {})}
            narrowed = walked.narrowed(wanted)
            row_of_part = {"model_id": model_id, "artifact_id": key}
            found.append(Cells(context, "model_parts", row_of_part, narrowed).step("is_live"))
    return found
