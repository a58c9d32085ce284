"""The peer of `benchmarks.joined`: the same binaries, runs and edges into ML Metadata, in an environment of its own.

    python mlmd_peer.py EXPORT DATABASE

Reads the JSON lines of EXPORT, puts what they say into ML Metadata on SQLite by its fastest way
(`put_lineage_subgraph`, large batches), reads everything back joined,
and prints one JSON object: records, seconds to put, seconds to read, and
how many binaries were found with their run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ml_metadata.metadata_store import metadata_store  # type: ignore[import-not-found]
from ml_metadata.proto import metadata_store_pb2 as told  # type: ignore[import-not-found]

BATCH = 2_000  # pairs in one call
READ = 5_000  # ids in one call
BINARY = {
    "version": told.STRING,
    "created_at": told.INT,
    "owner": told.STRING,
    "digest": told.STRING,
    "family": told.STRING,
}
RUN = {"status": told.STRING, "started_at": told.INT, "ended_at": told.INT, "code": told.STRING, "dataset": told.STRING,
       "dataset_digest": told.STRING}  # fmt: skip


def main(export: Path, database: Path) -> None:
    """Put, read back, print."""
    config = told.ConnectionConfig()
    config.sqlite.filename_uri = str(database)
    config.sqlite.connection_mode = told.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
    store = metadata_store.MetadataStore(config)
    artifact_type = store.put_artifact_type(told.ArtifactType(name="Binary", properties=BINARY))
    execution_type = store.put_execution_type(told.ExecutionType(name="Run", properties=RUN))
    began_at, records = time.perf_counter(), 0
    pairs = read_pairs(export)
    while batch := list(islice(pairs, BATCH)):
        artifacts = [artifact(version, artifact_type) for version, _ in batch]
        executions = [execution(run, execution_type) for _, run in batch]
        events = [(place, place, told.Event(type=told.Event.OUTPUT)) for place in range(len(batch))]
        store.put_lineage_subgraph(executions, artifacts, [], events)
        records += 2 * len(batch)
    put = time.perf_counter()
    joined = read_joined(store)
    read = time.perf_counter()
    print(json.dumps({"records": records, "put": put - began_at, "read": read - put, "joined": joined}))


def read_pairs(export: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each binary with its run: they stand one after the other."""
    for path in sorted(export.iterdir()):
        with path.open("rb") as file:
            lines = map(json.loads, file)
            yield from zip(lines, lines, strict=True)


def artifact(version: dict[str, Any], type_id: int) -> Any:
    """A binary as ML Metadata holds it."""
    made = told.Artifact(type_id=type_id, uri=version["source"], name=f"{version['name']}/{version['version']}")
    tags = {each["key"]: each["value"] for each in version["tags"]}
    made.properties["version"].string_value = version["version"]
    made.properties["created_at"].int_value = version["creation_timestamp"]
    made.properties["owner"].string_value = version["user_id"]
    made.properties["digest"].string_value = tags["digest"]
    made.properties["family"].string_value = version["name"]
    return made


def execution(run: dict[str, Any], type_id: int) -> Any:
    """A run as ML Metadata holds it."""
    made = told.Execution(type_id=type_id, name=run["run_id"])
    made.properties["status"].string_value = run["status"]
    made.properties["started_at"].int_value = run["start_time"]
    made.properties["ended_at"].int_value = run["end_time"]
    made.properties["code"].string_value = run["tags"]["source"]
    made.properties["dataset"].string_value = run["inputs"][0]["source"]
    made.properties["dataset_digest"].string_value = run["inputs"][0]["digest"]
    return made


def read_joined(store: Any) -> int:
    """Read all binaries, runs and edges; gives how many binaries have their run."""
    artifacts = {each.id: each for each in store.get_artifacts()}
    executions = {each.id: each for each in store.get_executions()}
    ids = list(artifacts)
    joined = 0
    for start in range(0, len(ids), READ):
        for event in store.get_events_by_artifact_ids(ids[start : start + READ]):
            joined += event.artifact_id in artifacts and event.execution_id in executions
    return joined


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
