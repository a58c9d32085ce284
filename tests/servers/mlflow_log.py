"""What a team does in MLflow: two runs on one training set, a model registered twice, an alias, tags.

Run by the Python of `.venv-tools`: mlflow_log.py URL FOLDER. Prints JSON with the ids that MLflow gave.
"""

import json
import sys
from pathlib import Path

import mlflow
import pandas


def constant(model_input: list[str]) -> list[str]:
    """A model that always answers the same."""
    return ["0" for _ in model_input]


def main(url: str, folder: str) -> dict[str, list[str]]:
    """Log, register, alias and tag; gives the ids."""
    mlflow.set_tracking_uri(url)
    mlflow.set_experiment("churn")
    frame = pandas.DataFrame({"trips": [1.0, 2.0], "churned": [0, 1]})
    place = Path(folder) / "churn_train.parquet"
    frame.to_parquet(place)
    told: dict[str, list[str]] = {"runs": [], "models": [], "versions": []}
    for number in (1, 2):
        with mlflow.start_run(run_name=f"retrain-{number}") as run:
            dataset = mlflow.data.from_pandas(frame, source=str(place), name="churn_train")
            mlflow.log_input(dataset, context="training")
            mlflow.set_tags(
                {
                    "mlflow.source.name": "train.py",
                    "mlflow.source.git.commit": "b1153a6e61305c30f2dc06e9fc4b6a5bff8f34ce",
                    "git.repo_url": "git@git.acme.example:growth/churn-model.git",
                    "openlineage.run_id": f"01a2095e-5eb2-7a26-957d-edc9caafa4a{number}",
                }
            )
            info = mlflow.pyfunc.log_model(name="model", python_model=constant, pip_requirements=["numpy"])
        version = mlflow.register_model(info.model_uri, "acme_churn")
        told["runs"].append(run.info.run_id)
        told["models"].append(info.model_id)
        told["versions"].append(str(version.version))
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("acme_churn", "champion", "2")
    client.set_registered_model_tag("acme_churn", "owner", "growth@acme.example")
    with mlflow.start_run(run_name="failed"):
        mlflow.end_run("FAILED")
    mlflow.genai.register_prompt(name="greeting", template="Hello {{name}}")
    return told


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(sys.argv[1], sys.argv[2])))
