"""The report of one node."""

from __future__ import annotations

from typing import Any

from stocktake.pipeline.report import node_report

TREE = [("overall", 0), ("safety", 1), ("signed", 2), ("reviewed", 2), ("freshness", 1), ("drift", 0), ("freshness", 1)]


def document() -> dict[str, Any]:
    """A report over a hierarchy of two roots."""
    names = dict.fromkeys(name for name, _ in TREE)
    rows = [{"node": name, "slice": slice_} for name in names for slice_ in ("everything", "owner")]
    return {
        "run": {}, "models": [], "targets": [], "exposure": [], "without_waivers": [], "populations": rows,
        "nodes": [{"node": name, "kind": "group", "depth": depth, "asks": "?"} for name, depth in TREE],
    }  # fmt: skip


def test_a_node_comes_with_all_that_is_below_it_and_nothing_else() -> None:
    below = node_report(document(), "safety")["below"]

    assert [(each["node"], each["depth"]) for each in below["nodes"]] == [("signed", 0), ("reviewed", 0)]
    assert below["populations"] == [{"node": name, "slice": "everything"} for name in ("signed", "reviewed")]


def test_depth_is_counted_from_the_node() -> None:
    below = node_report(document(), "overall")["below"]["nodes"]

    assert [(each["node"], each["depth"]) for each in below] == [
        ("safety", 0), ("signed", 1), ("reviewed", 1), ("freshness", 0)
    ]  # fmt: skip


def test_below_a_metric_there_is_nothing() -> None:
    assert node_report(document(), "freshness")["below"]["nodes"] == []
