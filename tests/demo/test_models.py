"""What must come out of the recorded company: code, families, binaries, deployments, models."""

from __future__ import annotations

from datetime import datetime

from tests.demo.estate import Estate

from stocktake.pipeline.counting import count

REPOSITORY = "https://git.acme.example/growth/churn-model"
MODEL = "127.0.0.1:5050/acme_churn"


def test_train_py_is_the_only_model_code(acme: Estate) -> None:
    """MLflow names a commit and a file's bare name, OpenLineage the whole path: one file of the repository."""
    (code,) = acme.rows("model_code")

    assert (code["repository"], code["path"]) == (REPOSITORY, "models/churn/train.py")
    assert {"git", "openlineage"} <= set(code["sources"])
    assert acme.ghosts("model_code") == []


def test_every_training_run_names_that_code(acme: Estate) -> None:
    runs = {row["from_id"] for row in acme.rows("workflow_run_model_code")}

    assert len(runs) == 3
    assert {row["sources"][0] for row in acme.rows("workflow_run") if row["id"] in runs} == {"mlflow", "openlineage"}


def test_three_families_are_described_and_one_is_empty(acme: Estate) -> None:
    assert acme.names("model_family") == ["acme-churn", "acme_churn", "churn"]

    versions = {row["to_id"] for row in acme.rows("model_binary_family")}
    assert acme.one("model_family", "churn")["id"] not in versions


def test_the_family_that_dbt_names_is_a_ghost_with_a_namesake(acme: Estate) -> None:
    """Dbt's exposure names an MLflow model that MLflow does not have."""
    assert acme.ghosts("model_family") == ["mlflow_family:127.0.0.1:5050/churn"]

    ghost = next(row["id"] for row in acme.rows("ghost") if row["kind"] == "model_family")
    namesake = acme.one("model_family", "churn")["id"]
    assert (ghost, namesake) in {(row["left_id"], row["right_id"]) for row in acme.rows("suggestion")}


def test_two_binaries_are_described(acme: Estate) -> None:
    assert acme.names("model_binary") == ["acme_churn/1", "acme_churn/2"]
    assert sorted(row["version"] for row in acme.rows("model_binary")) == ["1", "2"]


def test_sagemakers_packages_are_mlflows_versions(acme: Estate) -> None:
    for version in ("acme_churn/1", "acme_churn/2"):
        assert {"mlflow", "sagemaker"} <= set(acme.one("model_binary", version)["sources"])


def test_version_2_is_told_by_bentoml_and_openlineage_too(acme: Estate) -> None:
    binary = acme.one("model_binary", "acme_churn/2")

    assert set(binary["sources"]) == {"mlflow", "sagemaker", "bentoml", "openlineage"}


def test_a_join_without_bytes_is_flagged(acme: Estate) -> None:
    """BentoML fitted its model again, but no file holds a digest."""
    assert "joined_without_digest" in acme.one("model_binary", "acme_churn/2")["flags"]


def test_bundles_carry_the_link_and_are_no_artifacts(acme: Estate) -> None:
    """SageMaker's Models stand between variant and package; two of them have no describe answer."""
    endpoint = acme.one("model_deployment", "acme-churn-prod")
    counted = {row["label"]: row["records"] for row in acme.rows("label_count") if row["source"] == "sagemaker"}

    assert [row["to_is"] for row in acme.ends("model_deployment", "serves", endpoint)] == ["described"] * 2
    assert (counted["Model"], counted["ModelSummary"]) == (2, 4)
    assert not {"churn-m1", "churn-m2", "acme-churn-1"} & {row["name"] for row in acme.rows("model_binary")}


def test_kserves_binary_is_the_only_ghost_binary(acme: Estate) -> None:
    assert acme.ghosts("model_binary") == ["place:s3://acme-models/acme_churn/2/model"]


def test_the_ghost_binary_looks_like_version_2(acme: Estate) -> None:
    """A suggestion with its evidence, and no join."""
    (found,) = [row for row in acme.rows("suggestion") if row["kind"] == "model_binary"]

    assert found["right_id"] == acme.one("model_binary", "acme_churn/2")["id"]
    assert "s3://acme-models/acme_churn/2/model.tar.gz" in found["evidence"]


def test_confirmed_it_is_version_2(confirmed: Estate) -> None:
    batch = confirmed.one("model_deployment", "churn-batch")
    (link,) = confirmed.ends("model_deployment", "serves", batch)

    assert confirmed.ghosts("model_binary") == []
    assert link["to_id"] == confirmed.one("model_binary", "acme_churn/2")["id"]


def test_three_deployments_are_live_and_activity_is_unknown(acme: Estate) -> None:
    assert acme.names("model_deployment") == ["acme-churn-prod", "churn", "churn-batch"]
    assert {row["is_live"] for row in acme.rows("model_deployment")} == {True}
    assert {row["is_member"] for row in acme.measured.tables["active_deployment"].to_pylist()} == {None}


def test_traffic_stands_on_the_servings(acme: Estate) -> None:
    endpoint = acme.one("model_deployment", "acme-churn-prod")
    versions = {row["id"]: row["version"] for row in acme.rows("model_binary")}
    told = {
        (row["slot"], versions[row["to_id"]], row["share"]) for row in acme.ends("model_deployment", "serves", endpoint)
    }

    assert told == {("v1", "1", 0.1), ("v2", "2", 0.9)}
    assert acme.measured.tables["servings"].num_rows == 4


def test_ray_serves_version_2_that_its_user_config_names(acme: Estate) -> None:
    (link,) = acme.ends("model_deployment", "serves", acme.one("model_deployment", "churn"))

    assert link["to_id"] == acme.one("model_binary", "acme_churn/2")["id"]


def test_a_build_is_no_deployment(acme: Estate) -> None:
    """BentoML's bento was never seen running."""
    assert "bentoml" not in {source for row in acme.rows("model_deployment") for source in row["sources"]}


def test_there_are_two_models_by_the_definition(acme: Estate) -> None:
    models = {row["name"]: row["model_by"] for row in acme.measured.tables["models"].to_pylist()}

    assert models == {"models/churn/train.py": "code", "churn-batch": "deployment"}


def test_confirmed_there_is_one_model(confirmed: Estate) -> None:
    assert [row["model_by"] for row in confirmed.measured.tables["models"].to_pylist()] == ["code"]


def test_counts_tell_models_by_each_way_to_count_and_bridge(acme: Estate) -> None:
    told = count(acme.measured)

    assert told["models"] == {"code": 1, "family": 3, "binary": 2, "deployment": 3, "model": 2}
    assert told["kinds"]["model_binary"] == {"described": 2, "ghosts": 1, "live": 2, "live_high": 2}
    assert {name: (each["low"], each["point"], each["high"]) for name, each in told["definitions"].items()} == {
        "active_deployment": (0, 0, 3),
        "active_model": (0, 0, 2),
        "model": (2, 2, 2),
        "production_deployment": (0, 0, 3),
    }
    for steps in told["bridge"].values():
        assert sum(step["difference"] for step in steps) == 2


def test_version_2_was_last_trained_by_the_later_of_its_two_runs(acme: Estate) -> None:
    rows = {row["name"]: row for row in acme.measured.tables["binaries"].to_pylist()}

    assert rows["acme_churn/2"]["trained_at"] == datetime.fromisoformat("2026-11-23T17:10:45")
    assert rows["acme_churn/1"]["trained_at"] == datetime.fromisoformat("2026-11-23T17:04:56")
