"""Trino: an organisation's shared SQL engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from stocktake.engines.access import access_of
from stocktake.engines.ask import Ask, Failures
from stocktake.engines.hive import HiveEngine
from stocktake.errors import EngineError


@dataclass(frozen=True, slots=True)
class Trino(HiveEngine):
    """The engine behind one address."""

    name: ClassVar[str] = "trino"
    times: ClassVar[str] = "TIMESTAMP(3)"

    def connect(self) -> Ask:
        """A connection to the server. Raises EngineError where its client is not installed."""
        try:
            import requests
            import trino
        except ImportError as error:
            problem = "Trino's client is not installed"
            raise EngineError("trino", problem, 'install it: pip install "stocktake[trino]"') from error
        access = self.access
        auth = trino.auth.BasicAuthentication(access.user, access.password) if access.password else None
        connection = trino.dbapi.connect(  # type: ignore[no-untyped-call]  # it has none here
            host=access.host,
            port=access.port,
            http_scheme=access.scheme,
            user=access.user,
            catalog=access.catalogue,
            schema=access.schema,
            timezone="UTC",
            session_properties=dict(access.properties),
            auth=trino.auth.JWTAuthentication(access.token) if access.token else auth,
            verify=str(access.verify) if access.verify else True,
        )
        others = (requests.RequestException, trino.exceptions.HttpError, trino.exceptions.Error)
        return Ask("Trino", access.address, connection.cursor, Failures(trino.exceptions.TrinoQueryError, others))


def from_settings(options: Mapping[str, Any], where: str) -> Trino:
    """The engine with the options that a project gives it. Raises EngineError for one that it does not take."""
    return Trino(access_of(options, where))
