"""Trino: an organisation's shared SQL engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from stocktake.engines.access import OPTIONS, access_of
from stocktake.engines.ask import Failures
from stocktake.engines.hive import HiveEngine
from stocktake.engines.options import Options

__all__ = ["OPTIONS", "Trino", "from_settings"]


@dataclass(frozen=True, slots=True)
class Trino(HiveEngine):
    """The engine behind one address."""

    name: ClassVar[str] = "trino"
    product: ClassVar[str] = "Trino"
    times: ClassVar[str] = "TIMESTAMP(3)"

    def _client(self, words: Mapping[str, Any]) -> tuple[Callable[[], Any], Failures]:
        """What gives a cursor, and the client's errors."""
        import requests
        import trino

        from stocktake.engines.https import open_session

        connection = trino.dbapi.connect(  # type: ignore[no-untyped-call]  # it has none here
            **words,
            timezone="UTC",
            session_properties=dict(self.access.properties),
            http_session=open_session(self.access),
        )
        others = (requests.RequestException, trino.exceptions.HttpError, trino.exceptions.Error)
        return connection.cursor, Failures(trino.exceptions.TrinoQueryError, others)


def from_settings(options: Options) -> Trino:
    """The engine with the options that a project gives it. Raises EngineError for one that it does not take."""
    return Trino(access_of(options), options.bucket)
