"""PrestoDB: an organisation's shared SQL engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from stocktake.engines.access import OPTIONS, access_of
from stocktake.engines.ask import Failures
from stocktake.engines.hive import HiveEngine
from stocktake.engines.options import Options

__all__ = ["OPTIONS", "Presto", "from_settings"]


@dataclass(frozen=True, slots=True)
class Presto(HiveEngine):
    """The engine behind one address."""

    name: ClassVar[str] = "presto"
    product: ClassVar[str] = "PrestoDB"
    times: ClassVar[str] = "TIMESTAMP"

    def _client(self, words: Mapping[str, Any]) -> tuple[Callable[[], Any], Failures]:
        """What gives a cursor, and the client's errors."""
        import prestodb  # type: ignore[import-untyped]  # it ships no types
        import requests

        from stocktake.engines.https import open_session

        connection = prestodb.dbapi.connect(
            **words,
            # Without it a time of the lake would be read as one of the server's own zone.
            http_headers={"X-Presto-Time-Zone": "UTC"},
            session_properties={
                f"{self.access.catalogue}.parquet_use_column_names": "true",
                **self.access.properties,
            },
        )
        connection._http_session = open_session(self.access)  # its only way
        others = (requests.RequestException, prestodb.exceptions.HttpError, prestodb.exceptions.Error)
        return connection.cursor, Failures(prestodb.exceptions.PrestoQueryError, others)


def from_settings(options: Options) -> Presto:
    """The engine with the options that a project gives it. Raises EngineError for one that it does not take."""
    return Presto(access_of(options), options.bucket)
