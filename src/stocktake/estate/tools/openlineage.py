"""OpenLineage: what Airflow's tasks sent when they made a training set and when they trained on it."""

from __future__ import annotations

from typing import Any

from stocktake.estate.clock import iso
from stocktake.estate.company import LAKEHOUSE, Model, Team, Training
from stocktake.estate.out import Out
from stocktake.estate.tools.airflow import INSTANCE, SCHEDULES, dag_run_id, owner_of
from stocktake.estate.truth import Truth, dataset_id, run_id, source_id

FILE = "recorded/openlineage/events.ndjson"
PRODUCER = "https://github.com/apache/airflow/tree/providers-openlineage/2.20.3"


def write(team: Team, out: Out, truth: Truth) -> None:
    """The events of every task that is still kept."""
    for model in team.models if team.stack == LAKEHOUSE else ():
        for training in model.trainings:
            if not training.is_manual and not training.has_lost_events:
                _make_dataset(model, training, out, truth)
                _train(model, training, out, truth)


def _make_dataset(model: Model, training: Training, out: Out, truth: Truth) -> None:
    made_by = f"{training.trace_id[:-4]}0000"
    step = run_id(model, training, "make_dataset")
    event = _event(model, training, "make_dataset", made_by)
    event["inputs"] = [_place(view.place) for view in model.views]
    event["outputs"] = [_place(model.training_set)]
    key = _send(event, out)
    truth.tells(step, "openlineage", "RunEvent", key, made_by)
    truth.tells(dataset_id(model), "openlineage", "RunEvent", key, model.training_set)
    for view in model.views:
        source = source_id(model.team, view.name)
        truth.tells(source, "openlineage", "RunEvent", key, view.place)
        truth.edge("reads", (step, source), "openlineage")


def _train(model: Model, training: Training, out: Out, truth: Truth) -> None:
    start = _event(model, training, "train", training.trace_id)
    start |= {"eventType": "START", "eventTime": iso(training.started_at), "inputs": [_place(model.training_set)]}
    end = _event(model, training, "train", training.trace_id)
    end["eventType"] = "FAIL" if training.has_failed else "COMPLETE"
    step = run_id(model, training, "train")
    for event in (start, end):
        key = _send(event, out)
        truth.tells(step, "openlineage", "RunEvent", key, training.trace_id)
        if event["inputs"]:
            truth.tells(dataset_id(model), "openlineage", "RunEvent", key, model.training_set)
    truth.edge("reads", (step, dataset_id(model)), "openlineage")


def _event(model: Model, training: Training, task: str, trace: str) -> dict[str, Any]:
    """One event of a task, at its end."""
    run = {"run_id": dag_run_id(training), "dag_id": model.pipeline, "run_type": "scheduled"}
    airflow = {
        "dag": {"dag_id": model.pipeline, "timetable_summary": SCHEDULES[model.cadence]},
        "dagRun": {**run, "start_date": iso(training.started_at)},
        "task": {"task_id": task},
        "taskInstance": {"try_number": 1, "map_index": -1},
    }
    parent = {"run": {"runId": training.dag_trace_id}, "job": {"namespace": INSTANCE, "name": model.pipeline}}
    job_facets = {
        "jobType": {"integration": "AIRFLOW", "jobType": "TASK", "processingType": "BATCH"},
        "ownership": {"owners": [{"name": owner_of(model)}]},
    }
    return {
        "eventType": "COMPLETE",
        "eventTime": iso(training.ended_at),
        "producer": PRODUCER,
        "run": {"runId": trace, "facets": {"airflow": airflow, "parent": parent}},
        "job": {"namespace": INSTANCE, "name": f"{model.pipeline}.{task}", "facets": job_facets},
        "inputs": [],
        "outputs": [],
    }


def _place(uri: str) -> dict[str, Any]:
    """A place as lineage names it: a bucket, and a key in it."""
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    return {"namespace": f"{scheme}://{bucket}", "name": key}


def _send(event: dict[str, Any], out: Out) -> str:
    """Write an event; gives how the key of its record begins."""
    out.line(FILE, event)
    return f"{event['run']['runId']}/{event['eventType']}/{event['eventTime']}/"
