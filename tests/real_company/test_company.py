"""A company in real tools, whose truth is known as it was built here: each join is found, and none that is not."""

from __future__ import annotations

from collections import Counter

from tests.demo.estate import Estate

from stocktake.pipeline.covering import cover
from stocktake.pipeline.line import open_project
from stocktake.pipeline.session import current

Built = tuple[Estate, int]
CODE = ["features/make.py", "models/churn/train.py", "models/größe/train.py", "models/ranking/train.py"]
NAMES = {
    "model_code": CODE,
    "model_family": ["churn", "churn-sm", "empty", "größe & co", "imported", "ranking"],
    "model_deployment": ["churn", "churn-prod", "intl", "llm", "many", "ranking", "vendor"],
    "dataset": ["churn", "größe daten", "rank"],
    "feature": ["größe", "mean_fare", "ratio", "trips_7d", "trips_now"],
    "workflow_run": ["größe", "make_dataset", "retrain-1", "retrain-2", "sweep", "train", "trial-0", "trial-1",
                     "without model"],
    "owner": ["@globex/growth", "@globex/intl", "@globex/platform", "@globex/ranking", "zoe@globex.example"],
}  # fmt: skip
TRIPS = "s3://globex-lake/features/customer_trips.parquet"  # by three tools, each with a name of its own for it
LINKS = {
    ("model_deployment", "serves"): {
        ("churn", "churn/2"), ("churn-prod", "churn/2"), ("churn-prod", "place:s3://globex-sm/unknown/model.tar.gz"),
        ("ranking", "ranking/1"), ("vendor", "imported/1"), ("intl", "größe & co/1"), ("many", "ranking/1"),
        ("llm", "place:hf://meta-llama/Llama-3.1-8B"),
    },
    ("model_binary", "family"): {
        ("churn/1", "churn"), ("churn/2", "churn"), ("churn/2", "churn-sm"), ("ranking/1", "ranking"),
        ("imported/1", "imported"), ("größe & co/1", "größe & co"),
    },
    ("model_binary", "workflow_run"): {
        ("churn/1", "retrain-1"), ("churn/2", "retrain-2"), ("ranking/1", "trial-1"), ("trial-0's", "trial-0"),
        ("größe's", "größe"),
    },
    ("workflow_run", "model_code"): {
        *((run, CODE[1]) for run in ("retrain-1", "retrain-2", "without model", "train")),
        *((run, CODE[3]) for run in ("sweep", "trial-0", "trial-1")), ("größe", CODE[2]), ("make_dataset", CODE[0]),
    },
    ("workflow_run", "part_of"): {
        *((run, "train") for run in ("retrain-1", "retrain-2", "without model")),
        ("trial-0", "sweep"), ("trial-1", "sweep"),
    },
    ("workflow_run", "datasets"): {
        *((run, "churn") for run in ("retrain-1", "retrain-2", "without model", "train")),
        *((run, "rank") for run in ("trial-0", "trial-1")), ("größe", "größe daten"),
    },
    ("workflow_run", "reads"): {("make_dataset", TRIPS)},
    ("workflow_run", "writes"): {("make_dataset", "churn")},
    ("dataset", "features"): {("churn", "trips_7d"), ("churn", "mean_fare"), ("churn", "ratio")},
    ("feature", "sources"): {
        ("trips_7d", TRIPS), ("größe", TRIPS), ("mean_fare", "global_stats"),
        ("trips_now", "trips_push"), ("trips_now", TRIPS), ("ratio", TRIPS), ("ratio", "req"),
    },
}  # fmt: skip


def named(estate: Estate) -> dict[str, str]:
    """What each artifact and ghost is called; a model that nobody registered by its run."""
    called = {row["id"]: row["name"] for kind in estate.measured.project.schema.kinds for row in estate.rows(kind)}
    called |= {row["id"]: f"{row['namespace']}:{row['value']}" for row in estate.rows("ghost")}
    called |= {row["id"]: TRIPS for row in estate.rows("feature_source") if row["uri"] == TRIPS}
    for row in estate.rows("model_binary_workflow_run"):
        if called[row["from_id"]].startswith("model m-"):
            called[row["from_id"]] = f"{called[row['to_id']]}'s"
    return called


def test_everything_is_there_once(built: Built) -> None:
    """Deleted runs, experiments and versions, a prompt, and the files of another repository inside are not."""
    estate, _ = built

    assert {kind: estate.names(kind) for kind in NAMES} == NAMES
    assert Counter(row["source"] for row in estate.rows("artifact_source") if row["kind"] == "model_binary") == {
        "mlflow": 7, "sagemaker": 1,
    }  # fmt: skip


def test_every_true_join_is_found_and_no_other(built: Built) -> None:
    """From source code, by run and binary, to deployment; from feature source, by feature and dataset, to run."""
    estate, _ = built
    called = named(estate)

    for (kind, edge), expected in LINKS.items():
        rows = estate.rows(f"{kind}_{edge}")
        assert Counter((called[row["from_id"]], called[row["to_id"]]) for row in rows) == Counter(expected), (
            kind,
            edge,
        )
    shares = {(called[row["from_id"]], row["slot"]): row["share"] for row in estate.rows("model_deployment_serves")}
    assert (shares["churn-prod", "a"], shares["churn-prod", "b"], shares["ranking", None]) == (0.75, 0.25, 0.2)
    assert estate.one("model_binary", "churn/2")["aliases"] == ["champion"]


def test_owners_are_those_of_codeowners_and_of_tags(built: Built) -> None:
    """The last pattern that fits counts; a pattern without owners takes them away."""
    estate, _ = built

    owners = {row["name"]: row["owners"] for kind in ("model_code", "model_family") for row in estate.rows(kind)}
    assert owners["models/churn/train.py"] == ["@globex/growth", "zoe@globex.example"]
    assert owners["models/ranking/train.py"] == ["@globex/ranking"]
    assert owners["models/größe/train.py"] == ["@globex/intl"]
    assert not owners["features/make.py"]
    assert owners["churn"] == ["growth@globex.example"]


def test_the_models_are_its_code_and_what_no_code_is_known_of(built: Built) -> None:
    """Three files train, two families were bought, and two services answer with weights that nobody describes."""
    estate, _ = built
    models = {(row["model_by"], row["name"]) for row in estate.measured.tables["models"].to_pylist()}

    assert models == {
        *(("code", path) for path in CODE[1:]), ("family", "imported"), ("family", "größe & co"), ("deployment", "llm"),
        ("deployment", "churn-prod"),
    }  # fmt: skip


def test_what_may_be_the_same_is_suggested_only(built: Built) -> None:
    """A table of dbt, and Feast's file that is made from it, bear one name at two places."""
    estate, _ = built

    called = named(estate)

    (told,) = cover(estate.measured)["suggestions"]
    assert (told["kind"], told["rule"]) == ("feature_source", "same name")
    assert {called[told[side]["id"]] for side in ("left", "right")} == {TRIPS, "customer_trips"}


def test_what_was_known_before_the_repository_was_read_is_known_again(built: Built) -> None:
    """Asked after all was read, and again: the files that runs name were found in no commit yet."""
    estate, known_at = built
    project = open_project(estate.folder)

    for at in (known_at, None, known_at):
        measured = current(project, known_at=at)
        reached = Counter(row["to_is"] for row in measured.snapshot["workflow_run_model_code"].to_pylist())
        sources = {row["source"] for row in measured.snapshot["source"].to_pylist() if row["records"]}
        if at is None:
            assert reached == {"described": 9}
        else:
            assert reached == {"ghost": 7}
            assert sources == {"mlflow"}
