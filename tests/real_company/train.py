"""A training script of a team, as it stands in the team's repository; run by the Python of `.venv-tools`.

What is trained comes as JSON in TRAININGS, the server's address in MLFLOW_TRACKING_URI. Prints what MLflow gave.
"""

import json
import os
import sys

import mlflow
import pandas


class Same(mlflow.pyfunc.PythonModel):
    """A model that answers with what it is asked."""

    def predict(self, context: object, model_input: list[str]) -> list[str]:  # noqa: ARG002 - MLflow's own form
        """The same again."""
        return model_input


def train(told: dict, nested: bool = False) -> dict:
    """One run: its training set, tags, a parameter, a metric, and the model, registered where it has a name."""
    with mlflow.start_run(run_name=told["name"], nested=nested) as run:
        if told.get("data"):
            frame = pandas.DataFrame({"trips": [1.0], "left": [0]})
            dataset = mlflow.data.from_pandas(frame, source=told["data"], name=told["data_name"])
            mlflow.log_input(dataset, context="training")
        mlflow.set_tags(told.get("tags", {}))
        mlflow.log_param("seed", 7)
        mlflow.log_metric("auc", 0.8)
        given = {"run": run.info.run_id}
        if told.get("model", True):
            info = mlflow.pyfunc.log_model(name="model", python_model=Same(), pip_requirements=["numpy"])
            given["model"] = info.model_id
            if told.get("register"):
                mlflow.register_model(info.model_uri, told["register"])
    return given


def sweep(told: dict) -> list[dict]:
    """A run with runs in it; the model of the last one is registered by its run."""
    with mlflow.start_run(run_name="sweep") as parent:
        mlflow.set_tags(told.get("tags", {}))
        trials = [train(told | {"name": f"trial-{number}", "register": None}, nested=True) for number in (0, 1)]
    mlflow.register_model(f"runs:/{trials[-1]['run']}/model", told["register"])
    return [{"run": parent.info.run_id}, *trials]


def main() -> list[dict]:
    """All that is to be trained."""
    given = []
    for told in json.loads(os.environ["TRAININGS"]):
        mlflow.set_experiment(told["experiment"])
        given += sweep(told) if told.get("sweep") else [train(told)]
    return given


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main()) + "\n")
