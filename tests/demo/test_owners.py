"""What must come out of the recorded company: owners, each on what it was said of."""

from __future__ import annotations

from tests.demo.estate import Estate

GROWTH = ["growth@acme.example"]


def test_binaries(acme: Estate) -> None:
    assert acme.one("model_binary", "acme_churn/1")["owners"] is None
    assert acme.one("model_binary", "acme_churn/2")["owners"] == GROWTH


def test_mlflows_family_and_the_endpoint(acme: Estate) -> None:
    assert acme.one("model_family", "acme_churn")["owners"] == GROWTH
    assert acme.one("model_deployment", "acme-churn-prod")["owners"] == GROWTH


def test_the_codes_two_tellers_are_a_conflict(acme: Estate) -> None:
    """CODEOWNERS and a hand-sent event differ; which wins is shown, and what lost."""
    (code,) = acme.rows("model_code")
    conflicts = {(row["id"], row["field"]) for row in acme.rows("conflict")}

    assert code["owners"] in (["@acme/growth", "ana@acme.example"], ["team:growth"])
    assert conflicts == {(code["id"], "owners")}


def test_a_team_label_and_an_execution_role_are_no_owners(acme: Estate) -> None:
    assert acme.one("model_deployment", "churn-batch")["owners"] is None
    assert not [name for name in acme.ghosts("owner") if "role" in name]


def test_rays_arguments_name_an_owner(acme: Estate) -> None:
    assert acme.one("model_deployment", "churn")["owners"] == ["growth"]


def test_the_dags_owner_stands_on_its_runs(acme: Estate) -> None:
    dag_runs = [row for row in acme.rows("workflow_run") if row["name"] == "churn_retrain"]

    assert [row["owners"] for row in dag_runs] == [GROWTH] * 3


def test_dbts_model_and_feasts_view(acme: Estate) -> None:
    owned = [
        row["owners"]
        for row in acme.rows("feature_source")
        if row["name"] == "customer_trips" and "dbt" in row["sources"]
    ]

    assert owned == [["data-eng@acme.example"]]
    assert acme.one("feature", "trips")["owners"] == ["growth-data@acme.example"]
    assert acme.one("feature", "rating")["owners"] is None
