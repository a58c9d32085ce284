"""What the words of the tools mean in a project, where meanings clash, and which words nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stocktake.pipeline.segments import cover

if TYPE_CHECKING:
    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.vocabulary.spec import LabelRule

NO_ARTIFACT = "none"


def words(project: Project, store: Store, *, every: bool = False) -> dict[str, Any]:
    """Every label with its meaning, and what clashes or is unknown.

    two_meanings: labels that mean different kinds to different tools. one_meaning: kinds that several labels speak of.
    unmapped: labels of the log that no vocabulary knows. Only
    vocabularies that a source of the project is read with, unless `every`.
    """
    used = {project.vocabulary_of(source) for source in project.sources}
    labels = [
        _label(name, rule)
        for name, vocabulary in project.vocabularies.by_name.items()
        if every or name in used
        for rule in vocabulary.labels.values()
    ]
    return {
        "labels": labels,
        "two_meanings": _two_meanings(labels),
        "one_meaning": _one_meaning(labels),
        "unmapped": _unmapped(project, store),
    }


def _label(vocabulary: str, rule: LabelRule) -> dict[str, Any]:
    return {
        "vocabulary": vocabulary,
        "label": rule.name,
        "says": rule.says,
        "means": list(dict.fromkeys(claim.kind for claim in rule.claims)),
        "about": rule.about,
        "where": rule.where,
    }


def _two_meanings(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Labels that stand in several vocabularies and mean different kinds there."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for label in labels:
        by_name.setdefault(label["label"].lower(), []).append(label)
    return [
        {"label": same[0]["label"], "meanings": {each["vocabulary"]: each["means"] for each in same}}
        for _, same in sorted(by_name.items())
        if len({tuple(sorted(each["means"])) for each in same}) > 1
    ]


def _one_meaning(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Kinds that labels of different names speak of first and foremost."""
    by_kind: dict[str, dict[str, list[str]]] = {}
    for label in labels:
        if label["means"] and label["means"][0] not in (NO_ARTIFACT, "open"):
            by_kind.setdefault(label["means"][0], {}).setdefault(label["label"], []).append(label["vocabulary"])
    return [{"kind": kind, "labels": told} for kind, told in sorted(by_kind.items()) if len(told) > 1]


def _unmapped(project: Project, store: Store) -> list[dict[str, Any]]:
    """Labels of the log that no vocabulary of their source knows, with their records."""
    import duckdb

    paths = [str(path) for folder in cover(project, store) if (path := folder / "lines.parquet").exists()]
    if not paths:
        return []
    rows = duckdb.execute(
        """SELECT source, label, COUNT(*) FROM read_parquet($paths, union_by_name = true)
        WHERE says = 'unmapped' AND op = 0 GROUP BY ALL ORDER BY ALL""",
        {"paths": paths},
    ).fetchall()
    return [{"source": source, "label": label, "records": records} for source, label, records in rows]
