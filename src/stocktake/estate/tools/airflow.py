"""Airflow: the pipelines of one installation, their runs, the runs' tasks, and the assets that these write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from stocktake.estate.clock import iso
from stocktake.estate.company import LAKEHOUSE, Model, Team, Training
from stocktake.estate.names import COMPANY
from stocktake.estate.out import Out
from stocktake.estate.truth import Truth, dataset_id, run_id

FOLDER = "recorded/airflow"
INSTANCE = f"airflow-{COMPANY}"
SCHEDULES = {7: "0 3 * * 1", 14: "0 3 1,15 * *", 30: "@monthly", 91: "@quarterly", 182: "0 3 1 1,7 *"}
TASKS = ("make_dataset", "train")


def write(team: Team, out: Out, truth: Truth) -> None:
    """What Airflow says of a team's pipelines; only teams with a lakehouse have any."""
    for model in team.models if team.stack == LAKEHOUSE else ():
        piped = [each for each in model.trainings if not each.is_manual]
        if not piped:
            continue
        out.line(f"{FOLDER}/dags.jsonl", _dag(model))
        out.line(f"{FOLDER}/assets.jsonl", _asset(model))
        truth.tells(dataset_id(model), "airflow", "Asset", model.training_set)
        for training in piped:
            _pipeline_run(model, training, out, truth)


def dag_run_id(training: Training) -> str:
    """The id of a pipeline's run."""
    return f"scheduled__{iso(training.started_at)}"


def owner_of(model: Model) -> str:
    """Whom a pipeline names as its owner; `airflow` is what it says when nobody was named."""
    return model.owner.email if model.owner else "airflow"


def _dag(model: Model) -> dict[str, Any]:
    return {
        "dag_id": model.pipeline,
        "is_paused": bool(model.mess & {"paused_pipeline", "retired"}),
        "fileloc": f"/opt/airflow/dags/{model.pipeline}.py",
        "timetable_summary": SCHEDULES[model.cadence],
        "owners": [owner_of(model)],
        "tags": [{"name": model.team.name, "dag_id": model.pipeline}],
    }


def _asset(model: Model) -> dict[str, Any]:
    return {
        "name": model.training_set,
        "uri": model.training_set,
        "created_at": iso(model.born_at),
        "producing_tasks": [{"dag_id": model.pipeline, "task_id": "make_dataset"}],
        "consuming_tasks": [{"dag_id": model.pipeline, "task_id": "train"}],
    }


def _pipeline_run(model: Model, training: Training, out: Out, truth: Truth) -> None:
    run, state = dag_run_id(training), "failed" if training.has_failed else "success"
    dag = {"dag_id": model.pipeline, "dag_run_id": run, "run_type": "scheduled", "state": state}
    times = {"start_date": iso(training.started_at), "end_date": iso(training.ended_at)}
    whole = run_id(model, training, "pipeline")
    truth.thing(whole, model.pipeline)
    since = {"data_interval_start": iso(training.started_at - timedelta(days=model.cadence))}
    since |= {"data_interval_end": times["start_date"], "queued_at": times["start_date"]}
    out.line(f"{FOLDER}/dag-runs.jsonl", {**dag, **times, **since})
    truth.tells(whole, "airflow", "DagRun", f"{model.pipeline}/{run}")
    for task in TASKS:
        told = {"task_id": task, "dag_id": model.pipeline, "dag_run_id": run, "map_index": -1, "try_number": 1}
        is_failed = training.has_failed and task == "train"
        out.line(f"{FOLDER}/task-instances.jsonl", {**told, **times, "state": "failed" if is_failed else "success"})
        step = run_id(model, training, task)
        truth.thing(step, f"{model.pipeline}.{task}")
        truth.tells(step, "airflow", "TaskInstance", f"{model.pipeline}/{run}/{task}/-1")
        truth.edge("part_of", (step, whole), "airflow")
    lost = {"lost_id"} if training.has_lost_id else ()
    truth.edge("part_of", (run_id(model, training), run_id(model, training, "train")), "mlflow", lost)
