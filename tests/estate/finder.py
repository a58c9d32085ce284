"""Which records the emitted files themselves join: a few rules per tool, read from the files and from nothing else.

A *mention* is a record that speaks of something: (source, label, key, kind, name). It bears strong identifiers (`own`)
and refers to those of others (`links`). The rules are written from the tools' documentation: they share no code with
the product, and know nothing of the generator.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Mention = tuple[str, str, str, str, str]


@dataclass
class Found:
    """own: the identifiers of each mention. links: of each (mention, edge), the sets of identifiers referred to."""

    own: dict[Mention, set[str]] = field(default_factory=lambda: defaultdict(set))
    links: dict[tuple[Mention, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def say(self, mention: Mention, own: set[str], **links: set[str]) -> None:
        """What one record says of one thing."""
        self.own[mention] |= own
        for edge, told in links.items():
            self.links[mention, edge] |= told


def find(folder: Path) -> Found:
    """Every mention in the files below `recorded`."""
    found = Found()
    root = folder / "recorded"
    trees = git(root / "git", found)
    mlflow(root / "mlflow", found, trees)
    services = feast(root / "feast", found)
    for mention, told in list(found.links.items()):
        if mention[1] == "features":
            found.links[mention] = {each for name in told for each in services.get(name, ())}
    bundles = sagemaker(root / "sagemaker", found)
    endpoints(root / "sagemaker-endpoints", found, bundles)
    for cluster in ("kserve-prod", "kserve-edge"):
        kserve(root, cluster, found)
    openlineage(root / "openlineage", found)
    airflow(root / "airflow", found)
    dbt(root / "dbt", found)
    return found


def lines(path: Path) -> Iterator[Any]:
    """The answers of a file; none where it was not written."""
    if path.exists():
        with path.open("rb") as file:
            yield from map(json.loads, file)


def tags(told: Any) -> dict[str, str]:
    """A list of keys and values as one."""
    return {each.get("key") or each.get("Key"): each.get("value") or each.get("Value") for each in told or ()}


def address(url: str) -> str:
    """A repository's address without its ending."""
    return url.removesuffix(".git")


def git(root: Path, found: Found) -> dict[str, dict[str, list[str]]]:
    """Files under each address of their repository. Gives commit → file name → its paths in that commit's tree."""
    trees: dict[str, dict[str, list[str]]] = {}
    for folder in sorted(root.iterdir()):
        urls = (folder / "remote.txt").read_text("utf-8").split()
        paths: set[str] = set()
        ever: set[str] = set()
        for line in (folder / "log.txt").read_text("utf-8").splitlines():
            sha, *rest = line.split("\t")
            if re.fullmatch("[0-9a-f]{40}", sha):
                commit = sha
            elif rest:
                ever.add(rest[0])
                (paths.discard if sha == "D" else paths.add)(rest[0])
                names: dict[str, list[str]] = defaultdict(list)
                for path in paths:
                    names[path.rpartition("/")[2]].append(f"{address(urls[0])}:{path}")
                trees[commit] = names
        for path in ever:
            found.say(
                ("git", "File", f"{folder.name}:{path}", "model_code", ""), {f"{address(u)}:{path}" for u in urls}
            )
    return trees


def mlflow(root: Path, found: Found, trees: dict[str, dict[str, list[str]]]) -> None:
    for answer in lines(root / "runs.jsonl"):
        run = answer["run"]
        run_id, told = run["info"]["run_id"], tags(run["data"]["tags"])
        script, commit = told["mlflow.source.name"], told["mlflow.source.git.commit"]
        name = script.rpartition("/")[2]
        there = [each for each in trees.get(commit, {}).get(name, []) if each.endswith(f":{script}") or script == name]
        code = {f"{address(told['mlflow.source.git.repoURL'])}:{script}"} if "/" in script else set()
        code |= set(there) if len(there) == 1 else set()
        place = {json.loads(each["dataset"]["source"]).get("uri") for each in run["inputs"]["dataset_inputs"]} - {None}
        service = {f"{told['feast.project']}/{told['feast.feature_service']}"} if "feast.project" in told else set()
        traced = {f"trace:{told['openlineage.run_id']}"} if "openlineage.run_id" in told else set()
        mention = ("mlflow", "Run", run_id, "workflow_run", "")
        frame = f"frame:{run['info']['experiment_id']}/{run['inputs']['dataset_inputs'][0]['dataset']['digest']}"
        data = place or {frame}
        found.say(mention, {f"run:{run_id}"}, model_code=code, datasets=data, part_of=traced)
        found.say(("mlflow", "Run", run_id, "dataset", ""), data, features=service)
    for answer in lines(root / "logged-models.jsonl"):
        info = answer["model"]["info"]
        own = {f"logged:{info['model_id']}", info["artifact_uri"]}
        mention = ("mlflow", "LoggedModel", info["model_id"], "model_binary", "")
        found.say(mention, own, workflow_run={f"run:{info['source_run_id']}"})
    for answer in lines(root / "registered-models.jsonl"):
        name = answer["registered_model"]["name"]
        found.say(("mlflow", "RegisteredModel", name, "model_family", ""), {f"family:{name}"})
    for answer in lines(root / "model-versions.jsonl"):
        told = answer["model_version"]
        key = f"{told['name']}/{told['version']}"
        own = {f"version:{key}", f"logged:{told['model_id']}" if told.get("model_id") else told["source"]}
        run = {f"run:{told['run_id']}"} if told.get("run_id") else set()
        mention = ("mlflow", "ModelVersion", key, "model_binary", "")
        found.say(mention, own, family={f"family:{told['name']}"}, workflow_run=run)


def feast(root: Path, found: Found) -> dict[str, set[str]]:
    """Gives service → its features."""
    services: dict[str, set[str]] = {}
    for path in sorted(root.glob("*.json")):
        told = json.loads(path.read_bytes())
        project = told["project"]
        for each in told["dataSources"]:
            own = {f"feast:{project}/{each['name']}", each["fileOptions"]["uri"]}
            found.say(("feast", "DataSource", f"{project}/{each['name']}", "feature_source", ""), own)
        for each in told["featureViews"]:
            view, batch = each["spec"]["name"], each["spec"]["batchSource"]
            own = {f"feast:{project}/{batch['name']}", batch["fileOptions"]["uri"]}
            found.say(("feast", "FeatureView", f"{project}/{view}", "feature_source", ""), own)
            for feature in each["spec"]["features"]:
                name = f"{view}:{feature['name']}"
                mention = ("feast", "FeatureView", f"{project}/{view}", "feature", name)
                found.say(mention, {f"feature:{project}/{name}"}, sources=own)
        for each in told["featureServices"]:
            services[f"{project}/{each['spec']['name']}"] = {
                f"feature:{project}/{view['featureViewName']}:{column['name']}"
                for view in each["spec"]["features"]
                for column in view["featureColumns"]
            }
    return services


def sagemaker(root: Path, found: Found) -> dict[str, set[str]]:
    """Gives configuration and variant → the identifiers of the weights behind it."""
    for told in lines(root / "training-jobs.jsonl"):
        at = told["TrainingJobArn"]
        data = {each["DataSource"]["S3DataSource"]["S3Uri"] for each in told["InputDataConfig"]}
        hyper = told["HyperParameters"]
        code = {f"{address(hyper['sagemaker_submit_directory'])}:{hyper['sagemaker_program']}"}
        mention = ("sagemaker", "TrainingJob", at)
        found.say((*mention, "workflow_run", ""), {at}, datasets=data, model_code=code)
        found.say((*mention, "dataset", ""), data)
        if place := told.get("ModelArtifacts", {}).get("S3ModelArtifacts"):
            found.say((*mention, "model_binary", ""), {place}, workflow_run={at})
    for told in lines(root / "groups.jsonl"):
        at = told["ModelPackageGroupArn"]
        found.say(("sagemaker", "ModelPackageGroup", at, "model_family", ""), {at})
    for told in lines(root / "packages.jsonl"):
        at = told["ModelPackageArn"]
        own = {at, told["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]}
        if declared := told.get("CustomerMetadataProperties", {}).get("mlflow.model_version"):
            own.add(f"version:{declared}")
        group = {re.sub("model-package/(.*)/[0-9]+$", r"model-package-group/\1", at)}
        found.say(("sagemaker", "ModelPackage", at, "model_binary", ""), own, family=group)
    inside: dict[str, set[str]] = defaultdict(set)
    for told in lines(root / "models.jsonl"):
        for each in told["Containers"]:
            inside[told["ModelArn"]] |= {each.get("ModelPackageName") or each["ModelDataUrl"]}
    return {
        f"{told['EndpointConfigArn']}#{each['VariantName']}": inside[
            told["EndpointConfigArn"].rpartition(":endpoint-config/")[0] + ":model/" + each["ModelName"]
        ]
        for told in lines(root / "endpoint-configs.jsonl")
        for each in told["ProductionVariants"]
    }


def endpoints(root: Path, found: Found, bundles: dict[str, set[str]]) -> None:
    """The latest reading counts."""
    for folder in sorted(root.iterdir()):
        is_latest = folder == max(root.iterdir())
        for told in lines(folder / "endpoints.jsonl"):
            at = told["EndpointArn"]
            config = at.replace(f":endpoint/{told['EndpointName']}", f":endpoint-config/{told['EndpointConfigName']}")
            mention = ("sagemaker-endpoints", "Endpoint", at, "model_deployment", "")
            served = {
                each for v in told["ProductionVariants"] for each in bundles.get(f"{config}#{v['VariantName']}", ())
            }
            found.say(mention, {at}, serves=served if is_latest else set())


def kserve(root: Path, cluster: str, found: Found) -> None:
    for folder in sorted((root / cluster).iterdir()):
        is_latest = folder == max((root / cluster).iterdir())
        for told in lines(folder / "services.jsonl"):
            meta, spec = told["metadata"], told["spec"]
            service = meta["name"] if told["kind"] == "InferenceService" else spec["inferenceService"]
            key = f"services.jsonl#{meta['namespace']}/{meta['name']}"
            model = spec.get("predictor", spec).get("model", {})
            served = {model["storageUri"]} if "storageUri" in model else set()
            declared = meta.get("annotations", {}).get("stocktake.dev/model", "")
            if re.fullmatch(r"mlflow:.+/\d+", declared):
                served = {f"version:{declared.removeprefix('mlflow:')}"}
            mention = (cluster, told["kind"], key, "model_deployment", "")
            own = {f"service:{cluster}/{meta['namespace']}/{service}"}
            found.say(mention, own, serves=served if is_latest else set())


def openlineage(root: Path, found: Found) -> None:
    for told in lines(root / "events.ndjson"):
        run, airflow = told["run"], told["run"]["facets"]["airflow"]
        key = f"{run['runId']}/{told['eventType']}/{told['eventTime']}/"
        task = f"{airflow['dag']['dag_id']}/{airflow['dagRun']['run_id']}"
        own = {f"trace:{run['runId']}", f"task:{task}/{airflow['task']['task_id']}/-1"}
        whole = {f"trace:{run['facets']['parent']['run']['runId']}", f"task:{task}"}
        places = [f"{each['namespace']}/{each['name']}" for each in told["inputs"]]
        mention = ("openlineage", "RunEvent", key, "workflow_run", run["runId"])
        found.say(mention, own, part_of=whole, reads=set(places))
        for each in [*places, *(f"{out['namespace']}/{out['name']}" for out in told["outputs"])]:
            for kind in ("dataset", "feature_source"):  # Lineage does not say which: the others do.
                found.say(("openlineage", "RunEvent", key, kind, each), {each})


def airflow(root: Path, found: Found) -> None:
    for told in lines(root / "dag-runs.jsonl"):
        run = f"{told['dag_id']}/{told['dag_run_id']}"
        found.say(("airflow", "DagRun", run, "workflow_run", ""), {f"task:{run}"})
    for told in lines(root / "task-instances.jsonl"):
        run = f"{told['dag_id']}/{told['dag_run_id']}"
        key = f"{run}/{told['task_id']}/-1"
        found.say(("airflow", "TaskInstance", key, "workflow_run", ""), {f"task:{key}"}, part_of={f"task:{run}"})
    for told in lines(root / "assets.jsonl"):
        found.say(("airflow", "Asset", told["uri"], "dataset", ""), {told["uri"]})


def dbt(root: Path, found: Found) -> None:
    for path in sorted(root.glob("*/manifest.json")):
        told = json.loads(path.read_bytes())
        project = told["metadata"]["project_name"]
        for name, node in {**told["nodes"], **told["sources"]}.items():
            label = node["resource_type"].title()
            if label in ("Model", "Source"):
                own = {f"node:{project}/{name}", node.get("config", {}).get("location")} - {None}
                above = {f"node:{project}/{each}" for each in node.get("depends_on", {}).get("nodes", ())}
                found.say(("dbt", label, f"{project}/{name}", "feature_source", ""), own, derived_from=above)
