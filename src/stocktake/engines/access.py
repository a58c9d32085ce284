"""How a server of PrestoDB or Trino is reached, and by which address it knows the lake."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stocktake.engines.options import check_options
from stocktake.errors import EngineError

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Access:
    """One server, and who asks it.

    address: `http://host:port` or `https://host:port`. user: who asks. password, token (a JWT): over https only.
    verify: the file of the certificates to trust; the system's unless said. catalogue: of its Hive connector. schema:
    where working tables are made, and dropped again; it is made when it is not there. properties: of the session, such
    as `query_max_run_time`. mount: a folder of this machine; uri: the same as the server knows it, ending in a slash:
    `s3://bucket/lake/`. scratch: a folder below the mount, for tables that come from memory.
    """

    address: str
    user: str = "stocktake"
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    verify: Path | None = None
    catalogue: str = "hive"
    schema: str = "stocktake_work"
    properties: Mapping[str, str] = field(default_factory=dict)
    mount: Path = Path("/")
    uri: str = "file:///"
    scratch: Path = Path(tempfile.gettempdir())

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in PORTS or not parts.hostname:
            raise EngineError(
                self.address, "this is no server's address", "write http://host:port or https://host:port"
            )
        if (self.password or self.token) and parts.scheme != "https":
            raise EngineError(self.address, "a password or token would travel in the open", "use https://")

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return urlsplit(self.address).scheme

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        """The server's port."""
        return urlsplit(self.address).port or PORTS[self.scheme]

    def location(self, folder: Path) -> str:
        """A folder of this machine as the server knows it. Raises EngineError where it is not below the mount."""
        try:
            below = folder.resolve().relative_to(self.mount.resolve())
        except ValueError as error:
            problem = f"the server reads what is below {self.mount} alone"
            fix = "put the lake there, or let `mount` and `uri` lead to it"
            raise EngineError(str(folder), problem, fix) from error
        return f"{self.uri}{below.as_posix()}"


OPTIONS = (
    "address",
    "user",
    "password",
    "token",
    "verify",
    "catalogue",
    "schema",
    "properties",
    "mount",
    "uri",
    "scratch",
)
PATHS = ("verify", "mount", "scratch")


def access_of(options: Mapping[str, Any], where: str) -> Access:
    """The server that a project's options tell of. Raises EngineError for those that are missing or not known."""
    told = check_options(options, OPTIONS, where, needed=("address",))
    paths = {name: Path(str(told[name])).expanduser() for name in PATHS if told.get(name)}
    properties = {str(name): str(value) for name, value in (told.get("properties") or {}).items()}
    return Access(**{**told, **paths, "properties": properties})
