"""What people do to a registry over time; run by the Python of `.venv-tools`, with MLFLOW_TRACKING_URI."""

import mlflow


def main() -> None:
    """An alias moves, a family is renamed, weights are bought, things are deleted, a prompt stands among the models."""
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("churn", "champion", "1")
    client.set_registered_model_alias("churn", "champion", "2")
    client.set_registered_model_tag("churn", "owner", "growth@globex.example")
    client.rename_registered_model("rank-old", "ranking")
    for name, source in (("imported", "s3://globex-bought/vendor/3"), ("größe & co", "s3://globex-models/größe/1")):
        client.create_registered_model(name)
        client.create_model_version(name, source)
    client.create_registered_model("empty")
    deleted = client.create_model_version("imported", "s3://globex-bought/vendor/4")
    client.delete_model_version("imported", deleted.version)
    client.delete_run(client.create_run(client.create_experiment("throwaway")).info.run_id)
    gone = client.create_experiment("gone")
    client.create_run(gone)
    client.delete_experiment(gone)
    mlflow.genai.register_prompt(name="greeting", template="Hello {{name}}")


if __name__ == "__main__":
    main()
