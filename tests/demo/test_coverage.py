"""After the confirmation everything that matters is connected, and what is not is told by name."""

from __future__ import annotations

from tests.demo.estate import Estate

from stocktake.pipeline.covering import cover
from stocktake.pipeline.report import report

TRAIN = "file:/srv/acme/lake/train/churn_train.parquet"


def test_what_is_not_connected_is_told_by_name_and_why(acme: Estate) -> None:
    told = {(row["kind"], row["name"], row["why"]) for row in cover(acme.measured)["not_connected"]}

    assert ("model_deployment", "churn-batch", "what it refers to is a ghost") in told
    assert ("model_family", "churn", "no source tells of any") in told


def test_confirmed_binaries_deployments_code_features_and_the_training_set_are_connected(confirmed: Estate) -> None:
    left = cover(confirmed.measured)["not_connected"]

    assert {row["kind"] for row in left} == {"model_family", "dataset"}
    assert TRAIN not in {row["place"] for row in left}
    assert cover(confirmed.measured)["unattributed"] == []


def test_every_record_of_a_known_label_is_mapped(acme: Estate) -> None:
    told = cover(acme.measured)

    assert told["unmapped"] == []
    assert [row for row in told["labels"] if row["why"]] == []


def test_no_source_of_the_demonstration_is_stale(acme: Estate) -> None:
    told = report(acme.measured)

    assert told["stale_sources"] == []
    assert len(told["coverage"]["sources"]) == 10
