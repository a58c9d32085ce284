"""A small project whose records say in so many words what they claim, so that an oracle needs no vocabulary.

A record's body is `{"items": [item, …]}`; an item has `part`, fields by their names, `ids` (namespace → value), `flags`
and `links` (`edge`, `to` as namespace → value, attributes, `from_at`, `until_at`). A label says of what kind its items are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stocktake.project import Project, open_project

COMMON = {"name": "text", "owners": "texts", "purpose": "text", "created_at": "time", "retired_at": "time"}
FIELDS = {
    "model_binary": {
        "digest": "text", "version": "text", "approval": "text", "size_bytes": "integer", "aliases": "texts",
    },
    "model_deployment": {
        "status": "text", "environment": "text", "last_request_at": "time", "last_changed_at": "time",
    },
    "workflow_run": {
        "status": "text", "started_at": "time", "ended_at": "time", "commit": "text", "job": "text",
    },
    "dataset": {"row_count": "integer", "platform": "text"},
    "feature_source": {"format": "text"},
    "model_code": {"language": "text"},
    "model_family": {"last_updated_at": "time"},
    "owner": {"email": "text", "is_active": "flag"},
    "assessment": {"result": "text", "assessed_at": "time"},
}  # fmt: skip
EDGES = {
    "model_binary": ("workflow_run", "family", "base"),
    "model_deployment": ("serves",),
    "workflow_run": ("model_code", "datasets", "reads", "part_of"),
    "dataset": ("sources", "written_by"),
    "feature_source": ("derived_from",),
    "owner": ("member_of",),
    "assessment": ("of",),
    "none": ("carries",),
}
# namespace: rank, max_join
NAMESPACES = {
    "digest": (10, None),
    "toy_id": (30, None),
    "toy_alt": (30, None),
    "place": (40, None),
    "email": (45, 100_000),
    "owner": (50, 100_000),
    "toy_few": (60, 2),
}
ATTRIBUTES = {"share": "number", "role": "text", "slot": "text", "digest": "text", "version": "text"}


@dataclass(frozen=True, slots=True)
class Label:
    """What a label of the toy says. default: of an open kind. declared: its `toy_id` is another tool's id in a tag."""

    kind: str
    says: str
    default: str | None = None
    passive: bool = False
    declared: bool = False


LABELS = {
    "Binary": Label("model_binary", "state"),
    "BinaryBrief": Label("model_binary", "summary"),
    "BinaryNews": Label("model_binary", "event"),
    "BinaryTag": Label("model_binary", "state", declared=True),
    "Deployment": Label("model_deployment", "state"),
    "DeploymentBrief": Label("model_deployment", "summary"),
    "DeploymentNews": Label("model_deployment", "event"),
    "Run": Label("workflow_run", "state"),
    "RunNews": Label("workflow_run", "event"),
    "Data": Label("dataset", "state"),
    "Origin": Label("feature_source", "state"),
    "Thing": Label("open", "state", default="feature_source"),
    "ThingNews": Label("open", "event", default="dataset"),
    "Loose": Label("open", "state", default="none"),
    "File": Label("model_code", "state", passive=True),
    "Code": Label("model_code", "state"),
    "Family": Label("model_family", "state"),
    "Person": Label("owner", "state"),
    "Author": Label("owner", "state", passive=True),
    "Config": Label("none", "state"),
    "Check": Label("assessment", "event"),
}
# Pulled sources p0…, pushed ones q0… (q0 promises to say something every day), and one that nobody configured.
WORLDS = 60  # worlds of `tests.graph.worlds` that the sources suffice for
PULLED = [f"p{number}" for number in range(2 * WORLDS)]
PUSHED = [f"q{number}" for number in range(2 * WORLDS)]
# Of the vocabulary `better`, which knows `purpose` best and `approval` worst.
RANKED = [f"r{number}" for number in range(WORLDS)]
SOURCES = [*PULLED, *PUSHED, *RANKED]


def make_project(root: Path) -> Project:
    """The toy project in a folder."""
    (root / "sources").mkdir(parents=True)
    (root / "vocabulary").mkdir()
    (root / "stocktake.yaml").write_text("project: toy\nmax_join: 5\n")
    for name in PULLED:
        (root / "sources" / f"{name}.yaml").write_text("connector: toy\n")
    for number, name in enumerate(PUSHED):
        every = "expect_every: 1d\n" if number % 2 == 0 else ""
        (root / "sources" / f"{name}.yaml").write_text(f"connector: toy\n{every}")
    for name in RANKED:
        (root / "sources" / f"{name}.yaml").write_text("connector: better\n")
    (root / "vocabulary" / "toy.yaml").write_text(vocabulary("toy"))
    ranks = "ranks: {purpose: 10, approval: 200}\n"
    (root / "vocabulary" / "better.yaml").write_text(vocabulary("better") + ranks)
    return open_project(root)


def vocabulary(name: str) -> str:
    """The text of the toy's vocabulary."""
    own = {namespace: told for namespace, told in NAMESPACES.items() if namespace.startswith("toy_")}
    lines = [f"vocabulary: {name}", "says: What the toy's words mean.", "namespaces:"]
    for namespace, (rank, most) in own.items():
        most_text = "" if most is None else f", max_join: {most}"
        lines.append(f'  {namespace}: {{rank: {rank}{most_text}, says: "An id of the toy."}}')
    lines.append("labels:")
    for label, told in LABELS.items():
        lines += [f"  {label}:", f"    says: {told.says}", "    about: A toy.", "    claims:", *_claim(told)]
    return "\n".join(lines) + "\n"


def _claim(label: Label) -> list[str]:
    lines = [f"      - kind: {label.kind}", "        for_each: $.items", "        part: '@.part'"]
    if label.default:
        lines.append(f"        default: {label.default}")
    if label.passive:
        lines.append("        passive: true")
    if label.declared:
        lines.append("        declared: [toy_id]")
    fields = {} if label.kind == "none" else {**COMMON, **FIELDS.get(label.kind, {})}
    if fields:
        lines.append("        fields:")
        lines += [f'          {name}: "{_read(name, kind)}"' for name, kind in fields.items()]
    lines.append("        same_as:")
    lines += [f'          {namespace}: "@.ids.{namespace}"' for namespace in NAMESPACES]
    lines += ["        flags:", "          odd: \"@.odd = 'true'\""]
    edges = EDGES.get(label.kind, ())
    if edges:
        lines.append("        links:")
    for edge in edges:
        lines += _link(edge)
    return lines


def _read(name: str, kind: str) -> str:
    path = f"@.{name}"
    return {"time": f"time({path})", "texts": f"texts({path})"}.get(kind, path)


def _link(edge: str) -> list[str]:
    kinds = ["dataset", None] if edge in ("reads", "carries") else [None]
    lines: list[str] = []
    for kind in kinds:
        test = f"@.kind = '{kind}'" if kind else "@.kind IS NULL"
        lines += [f"          - edge: {edge}", "            for_each: '@.links'"]
        lines.append(f"            when: \"@.edge = '{edge}' AND {test}\"")
        if kind:
            lines.append(f"            kind: {kind}")
        lines.append("            to:")
        lines += [f'              {namespace}: "@.to.{namespace}"' for namespace in NAMESPACES]
        lines.append("            attributes:")
        lines += [f'              {name}: "@.{name}"' for name in ATTRIBUTES]
        lines += ['            from_at: "time(@.from_at)"', '            until_at: "time(@.until_at)"']
    return lines
