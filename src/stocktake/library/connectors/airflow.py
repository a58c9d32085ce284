"""Airflow: DAGs, their runs, task instances, assets and asset events.

`path:` is a folder of recorded answers of its REST API (v2, or v1 of Airflow 2), one JSON file per answer or page.
`url:` is a running server's address, asked by REST v2, with `token:`, or `username:` and `password:` to get one.
`instance:` is the name that its lineage events give as namespace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from stocktake.collect.answers import Document, documents, each_answer, objects_in, read_each
from stocktake.collect.moments import moment_of
from stocktake.collect.server import Server
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Seen, Source

# Runs are not among them: an Airflow that forgets an old run does not unmake it.
LABELS = ("Dag", "Asset")
PAGE = 100
# What an answer lists, the label of each, and what names it.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dags": ("Dag", ("dag_id",)),
    "dag_runs": ("DagRun", ("dag_id", "dag_run_id")),
    "task_instances": ("TaskInstance", ("dag_id", "dag_run_id", "task_id", "map_index")),
    "assets": ("Asset", ("uri",)),
    "asset_events": ("AssetEvent", ("id",)),
    "datasets": ("Asset", ("uri",)),
    "dataset_events": ("AssetEvent", ("id",)),
}
CALLS = {
    "dags": "/api/v2/dags",
    "dag_runs": "/api/v2/dags/~/dagRuns",
    "task_instances": "/api/v2/dags/~/dagRuns/~/taskInstances",
    "assets": "/api/v2/assets",
    "asset_events": "/api/v2/assets/events",
}


def collect(source: Source) -> Iterator[Seen | Problem]:
    """All that the server, or its recorded answers, tell."""
    if source.settings.get("url"):
        yield from live(Server(with_token(source)))
    else:
        yield from recorded(source)


def recorded(source: Source) -> Iterator[Seen | Problem]:
    """Recorded answers. Where pages are missing, by the total that they tell, that is a Problem."""
    came, told = Counter[str](), Counter[str]()

    def read(document: Document) -> Iterator[Seen | Problem]:
        for each in each_answer(document, lambda answer: _list_of(answer) is not None):
            yield from read_one(each)

    def read_one(document: Document) -> Iterator[Seen | Problem]:
        answer = document.value
        lists = [name for name in LISTS if document.is_object and isinstance(answer.get(name), list)]
        for name in lists:
            came[name] += len(answer[name])
            told[name] = max(told[name], _total(answer))
            for each in objects_in(answer[name], f"{document.where}: {name}"):
                yield each if isinstance(each, Problem) else seen(name, each)
        if not lists:
            single = _list_of(answer) if document.is_object else None
            yield seen(single, answer) if single else Seen("Document", document.name, answer)

    yield from read_each(documents(source), read)
    for name in told:
        if came[name] < told[name]:
            yield _missing(f"{source.settings['path']}", name, came[name], told[name])


def live(server: Server) -> Iterator[Seen | Problem]:
    """Everything that the server lists; a list that it refuses is a Problem, and the others come."""
    for name, path in CALLS.items():
        try:
            yield from _listed(server, name, path)
        except CollectError as error:
            yield from error.problems


def with_token(source: Source) -> Source:
    """The source with a token, fetched by user name and password where it has none."""
    settings = dict(source.settings)
    if settings.get("token") or not settings.get("username"):
        return source
    login = {name: str(settings.pop(name, "")) for name in ("username", "password")}
    answer = Server(replace(source, settings=settings)).post("/auth/token", login, expected="access_token")
    return replace(source, settings={**settings, "token": answer["access_token"]})


def _listed(server: Server, name: str, path: str) -> Iterator[Seen | Problem]:
    """Every page of one list. A server may count no further than a limit: then only an empty page ends it."""
    where, offset, keys = f"GET {server.url}{path}", 0, set[str]()
    while True:
        page = server.get(path, expected=name, limit=PAGE, offset=offset)
        items = [seen(name, each) for each in page[name]]
        if items and all(each.key in keys for each in items):
            yield Problem(where, f"the page at {offset} repeats earlier ones", "collect again")
            return
        keys.update(each.key for each in items)
        yield from items
        offset += len(items)
        total, limit = _total(page), page.get("total_entries_limit")
        if items and (offset < total or (limit is not None and total >= limit)):
            continue
        if offset < total:
            yield _missing(where, name, offset, total)
        return


def seen(name: str, item: dict[str, Any]) -> Seen:
    """One thing of a list."""
    label, parts = LISTS[name]
    names = [item.get(part, -1 if part == "map_index" else item.get("name")) for part in parts]
    at = moment_of(item.get("timestamp")) if label == "AssetEvent" else None
    return Seen(label, "/".join(str(part) for part in names), item, at)


def _list_of(answer: dict[str, Any]) -> str | None:
    """The list that an answer about one thing would be in."""
    for needed, name in (
        ({"dag_run_id", "task_id"}, "task_instances"),
        ({"dag_run_id", "dag_id"}, "dag_runs"),
        ({"dag_id", "is_paused"}, "dags"),
        ({"uri", "producing_tasks"}, "assets"),
    ):
        if needed <= answer.keys():
            return name
    return None


def _total(answer: dict[str, Any]) -> int:
    total = answer.get("total_entries")
    return total if isinstance(total, int) else 0


def _missing(where: str, name: str, came: int, told: int) -> Problem:
    return Problem(where, f"{came} of {told} {name} came", "fetch the other pages too, and collect again")
