"""How a server of PrestoDB or Trino is reached, and by which address it knows the lake."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from stocktake.engines.options import Options
from stocktake.engines.place import Mounted
from stocktake.errors import EngineError

PORTS = {"http": 80, "https": 443}
ADDRESS = re.compile(r"https?://([^/:@\s\[\]]+|\[[\da-fA-F:.]+\])(:\d{1,5})?/?")


@dataclass(frozen=True, slots=True)
class Access:
    """One server, and who asks it.

    address: `http://host:port` or `https://host:port`. user: who asks. password, token (a JWT): over https only.
    verify: the file of the certificates to trust; the system's unless said. catalogue: of its Hive connector. schema:
    where working tables are made, and dropped again; it is made when it is not there. properties: of the session, such
    as `query_max_run_time`. mount: a folder of this machine; uri: the same as the server knows it, ending in a slash:
    `s3://bucket/lake/`. scratch: a folder below the mount, for tables that come from memory. where: the `file:line`
    that says all this.
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
    where: str = ""

    def __post_init__(self) -> None:
        if told := self._problem():
            raise EngineError(self.where or self.shown, *told)

    def _problem(self) -> tuple[str, str] | None:
        """What can't be as it is told, and how to mend it; secrets are not told."""
        if not ADDRESS.fullmatch(self.address):
            return f"{self.shown} is no server's address", "write http://host:port or https://host:port"
        if self.secrets and self.scheme != "https":
            return "a password or token would travel in the open", "use https://, and the server's port for it"
        if self.password and self.token:
            return "there is a password and a token", "keep one of them"
        if re.search(r"[^!-~]", self.token):
            return "the token is more than a token: there is a space or a line break in it", "let it be the token alone"
        return None

    @property
    def shown(self) -> str:
        """The address as it may be told: without a password that somebody has put into it."""
        return re.sub(r"//[^/]*@", "//…@", self.address)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be told."""
        return tuple(each for each in (self.password, self.token) if each)

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

    @property
    def place(self) -> Mounted:
        """The disk that both see."""
        return Mounted(self.mount, self.uri)


OPTIONS: Mapping[str, type] = {
    "address": str, "user": str, "password": str, "token": str, "verify": str, "catalogue": str, "schema": str,
    "properties": dict, "mount": str, "uri": str, "scratch": str,
}  # fmt: skip
NEEDED = ("address",)
PATHS = ("verify", "mount", "scratch")
OF_A_DISK = ("mount", "uri", "scratch")
"""What is said of the disk that the server sees, too; a lake in a bucket needs none."""


def access_of(options: Options) -> Access:
    """The server that a project's options tell of. Raises EngineError for those that are missing or not known."""
    known = {name: sort for name, sort in OPTIONS.items() if not (options.bucket and name in OF_A_DISK)}
    told = options.check(known, NEEDED)
    paths = {name: Path(told[name]).expanduser() for name in PATHS if name in told}
    return Access(**{**told, **paths, "where": options.place("address")})
