"""Asking a server of PrestoDB or Trino, and what it says against a statement, told with its query id and a remedy."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from stocktake.engines.access import Access
from stocktake.errors import EngineError, EngineMemoryError

MEMORY = re.compile("MEMORY|EXCEEDED_SPILL_LIMIT|EXCEEDED_REVOCABLE")
REMEDIES = {
    "CANCELED|KILLED|PREEMPTED": "run this again: somebody, or a rule of the cluster, stopped it",
    "TIME_LIMIT": "give it more time with the session property query_max_run_time, or let another engine run this step",
    "PERMISSION|ACCESS_DENIED": "give the user the rights that docs/how-to/use-presto-or-trino.md lists",
    "SESSION_PROPERTY": "mend `properties`: SHOW SESSION lists those of the server",
    "QUEUE": "run this again when the cluster has less to do, or ask for a larger resource group",
    "TEXT_TOO_LARGE": "let the server take longer statements: query.max-length in its config.properties",
    "STAGES": "let the server plan larger statements: query.max-stage-count in its config.properties",
    "NO_NODES|STARTING_UP": "wait until a worker of the cluster is up, then run this again",
    "^NOT_FOUND|CATALOG_NOT_FOUND|SCHEMA_NOT_FOUND": "let `catalogue` and `schema` name what the server has",
}
"""What to do, by what the error's name matches."""

NOT_YET = frozenset({"NO_NODES_AVAILABLE", "SERVER_STARTING_UP"})
"""The names of errors of a cluster that has not started to run a statement, and will when it is up."""
PATIENCE, PAUSE = 60.0, 1.0
"""For how long such a cluster is asked again, and how long it is left alone before; seconds."""


@dataclass(frozen=True, slots=True)
class Failures:
    """A client's errors. query: what a server says against a statement; others: what happens on the way there."""

    query: type[Exception]
    others: tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A connection on which statements are run, one after the other.

    where: whose problem a refusal is. patience: seconds for which a cluster without a worker is asked again.
    """

    server: str
    access: Access
    cursor: Callable[[], Any]
    failures: Failures
    where: str = ""
    patience: float = PATIENCE

    def of(self, where: str) -> Ask:
        """The same for one step."""
        return replace(self, where=where)

    @property
    def _place(self) -> str:
        """Where the project says how this server is reached."""
        return self.access.where or self.access.shown

    def run(self, statement: str) -> list[list[Any]]:
        """The rows that a statement gives, as the client tells them. Raises EngineError.

        A cluster that has no worker yet, as it has just started, is asked again for a while.
        """
        until = time.monotonic() + self.patience
        while True:
            try:
                return self._rows(statement)
            except self.failures.query as error:
                if str(getattr(error, "error_name", "")) not in NOT_YET or time.monotonic() > until:
                    raise self._refusal(error) from error
            time.sleep(PAUSE)

    def _rows(self, statement: str) -> list[list[Any]]:
        cursor = self.cursor()
        try:
            cursor.execute(statement)
            return [list(row) for row in cursor.fetchall() or []]
        except self.failures.query:
            raise
        except self.failures.others as error:
            raise self._unreached(error) from error
        except BaseException:
            cursor.cancel()  # Else the server would go on with it for nobody.
            raise

    def _unreached(self, error: Exception) -> EngineError:
        """What went wrong on the way to the server: nothing that a step could mend."""
        from stocktake.engines.https import explain

        problem, fix = explain(error, self.access)
        told = f"{self.server} at {self.access.shown} {self._short(problem)}"
        return EngineError(self._place, told, fix)

    def _refusal(self, error: Any) -> EngineError:
        """What the server says against the statement."""
        name = str(error.error_name)
        problem = f"{self.server} refuses it: {self._short(error.message)} ({name}, query {error.query_id})"
        where = self.where or self._place
        if MEMORY.search(name):
            fix = "give it more memory (query_max_memory), or let Spark run this step"
            return EngineMemoryError(where, problem, fix)
        if "impersonate" in str(error.message):
            return EngineError(where, problem, "let `user` be the one to whom the password or token belongs")
        for pattern, fix in REMEDIES.items():
            if re.search(pattern, name):
                return EngineError(where, problem, fix)
        if error.error_type == "USER_ERROR":
            return EngineError(where, problem, "mend the SQL of this file")
        fix = f"look the query up in the web interface of {self.access.shown}, then run again"
        return EngineError(where, problem, fix)

    def _short(self, told: object) -> str:
        """One line, not too long, without secrets: a server may say again what it was told."""
        line = " ".join(str(told).split())
        for secret in self.access.secrets:
            line = line.replace(secret, "…")
        return line if len(line) <= 500 else f"{line[:500]} …"
