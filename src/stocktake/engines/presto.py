"""PrestoDB: an organisation's shared SQL engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from stocktake.engines.access import Access, access_of
from stocktake.engines.ask import Ask, Failures
from stocktake.engines.hive import HiveEngine
from stocktake.errors import EngineError


@dataclass(frozen=True, slots=True)
class Presto(HiveEngine):
    """The engine behind one address."""

    name: ClassVar[str] = "presto"
    times: ClassVar[str] = "TIMESTAMP"

    def connect(self) -> Ask:
        """A connection to the server. Raises EngineError where its client is not installed."""
        try:
            import prestodb  # type: ignore[import-untyped]  # it ships no types
            import requests
        except ImportError as error:
            problem = "PrestoDB's client is not installed"
            raise EngineError("presto", problem, 'install it: pip install "stocktake[presto]"') from error
        access = self.access
        connection = prestodb.dbapi.connect(
            host=access.host,
            port=access.port,
            http_scheme=access.scheme,
            user=access.user,
            catalog=access.catalogue,
            schema=access.schema,
            # Without it a time of the lake would be read as one of the server's own zone.
            http_headers={"X-Presto-Time-Zone": "UTC", **_bearer(access)},
            session_properties={f"{access.catalogue}.parquet_use_column_names": "true", **access.properties},
            auth=prestodb.auth.BasicAuthentication(access.user, access.password) if access.password else None,
        )
        if access.verify:
            connection._http_session.verify = str(access.verify)  # its only way
        others = (requests.RequestException, prestodb.exceptions.HttpError, prestodb.exceptions.Error)
        failures = Failures(prestodb.exceptions.PrestoQueryError, others)
        return Ask("PrestoDB", access.address, connection.cursor, failures)


def from_settings(options: Mapping[str, Any], where: str) -> Presto:
    """The engine with the options that a project gives it. Raises EngineError for one that it does not take."""
    return Presto(access_of(options, where))


def _bearer(access: Access) -> dict[str, str]:
    return {"Authorization": f"Bearer {access.token}"} if access.token else {}
