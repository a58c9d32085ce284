"""A part of an S3-compatible store, by which the engines of other machines and this process hand each other tables.

The lake of a run stays a folder of this machine. What another engine is to read is put there, under a name that was
never used before; what it makes it writes there, under another one, and it is fetched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from stocktake.engines.lake import SENT, is_hidden
from stocktake.engines.scratch import KEPT, LAKE, has_gone, label
from stocktake.errors import EngineError

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, S3FileSystem

SCHEME = "s3://"
ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]+)((?:/[\w.=+-]+)*)/?")
ENDPOINT = re.compile(r"https?://[^/@\s]+/?")
OPTIONS = ("address", "endpoint_url", "region")
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
TOOK = re.compile(r"AWS Error (.*?)(?: \(Request ID: [^)]*\))?$", re.DOTALL)
REMEDIES = {
    "NO_SUCH_BUCKET": "make the bucket, or let `lake:` name one that there is",
    "ACCESS_DENIED|ACCESS_KEY|SIGNATURE|TOKEN|CREDENTIALS|HTTP status 403": "let AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY, be those of one who may list, read, write and delete there",
    "HTTP status 301|REDIRECT": "let `region:` of the lake be the one that the bucket is in",
    "NETWORK_CONNECTION|TIMEOUT": "start the store, or let `endpoint_url:` of the lake or AWS_ENDPOINT_URL lead to it",
    "No space left": "make room on the disk",
}
"""What to do, by what the error says."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a project's `lake:` is, when it is no folder.

    address: `s3://bucket/prefix`. endpoint_url: of a store that is not AWS's; unless given, what AWS_ENDPOINT_URL says.
    region: found out unless given. Who asks there is said by AWS's own variables, profile or role.
    """

    address: str
    endpoint_url: str = ""
    region: str = ""

    @property
    def endpoint(self) -> str:
        """The URL of a store that is not AWS's own; else empty."""
        told = self.endpoint_url or next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), "")
        return told.rstrip("/")

    @property
    def path(self) -> str:
        """The place as its client names it: `bucket/prefix`."""
        return _path(self.address)

    def below(self, name: str) -> Bucket:
        """A place below this one."""
        return replace(self, address=f"{self.address}/{name}")

    def give(self, folder: Path) -> str:
        """The address at which a folder's files are, where they are put unless they are there."""
        if not (folder / SENT).exists():
            self._send(folder, self._new(folder))
        return self._told(folder)

    def make(self, folder: Path) -> str:
        """Make a folder, and give the address of what is to be in it."""
        folder.mkdir()
        address = self._new(folder)
        with self.opened() as there:
            there.create_dir(_path(address))  # PrestoDB takes no table of a folder that is not there
        (folder / SENT).write_text(address)
        return address

    def put(self, folder: Path) -> None:
        """Let an engine find what this process wrote to a folder that was made so."""
        self._send(folder, self._told(folder))

    def take(self, folder: Path) -> None:
        """Fetch what an engine wrote."""
        import pyarrow.fs as pafs

        local = pafs.LocalFileSystem()
        with self.opened() as there:
            for each in _listed(there, _path(self._told(folder))):
                if each.is_file and not is_hidden(Path(each.base_name)):
                    pafs.copy_files(each.path, str(folder / each.base_name), there, local)

    def check(self) -> None:
        """Raises EngineError where the bucket can't be listed."""
        with self.opened() as there:
            _listed(there, self.path)

    def sweep(self, lake: Path) -> None:
        """Take away what runs that were killed have left: their lake has gone, or it is old. Raises EngineError.

        lake: of a run that begins. Nobody can see whether another machine's are in use, so those go by their age.
        """
        with self.opened() as there:
            for each in _listed(there, self.path):
                if each.base_name.startswith(LAKE) and not each.is_file:
                    gone = has_gone(each.base_name.removeprefix(LAKE), lake)
                    if gone or all(_is_old(part) for part in _listed(there, each.path, is_deep=True)):
                        _remove(there, each.path)

    def forget(self, lake: Path) -> None:
        """Take away what is there of a lake; what can't be, goes with a later run."""
        with suppress(EngineError), self.opened() as there:
            _remove(there, _path(self._of(lake)))

    @contextmanager
    def opened(self) -> Iterator[S3FileSystem]:
        """The store; what it says against what is done with it, is told with a remedy."""
        try:
            yield _client(self.endpoint, self.region, self.path.partition("/")[0])
        except OSError as error:
            raise self._problem(error) from error

    def _problem(self, error: OSError) -> EngineError:
        told = " ".join(str(error).split())
        found = TOOK.search(told)
        at = f" at {self.endpoint}" if self.endpoint else ""
        fixes = (fix for pattern, fix in REMEDIES.items() if re.search(pattern, told))
        fix = next(fixes, "look its name up in the store's documentation, then run this again")
        return EngineError(self.address, f"the lake's store{at} says: {found[1] if found else told}", fix)

    def _send(self, folder: Path, address: str) -> None:
        """Put a folder's files to an address."""
        import pyarrow.fs as pafs

        local = pafs.LocalFileSystem()
        with self.opened() as there:
            for path in folder.iterdir():
                if not is_hidden(path):
                    pafs.copy_files(str(path), f"{_path(address)}/{path.name}", local, there)
        (folder / SENT).write_text(address)

    def _told(self, folder: Path) -> str:
        return (folder / SENT).read_text()

    def _new(self, folder: Path) -> str:
        """An address that was never used before."""
        layer, name = folder.parent, folder.name.lstrip(".")
        return f"{self._of(layer.parent)}/{layer.name}.{name}-{uuid4().hex[:8]}"

    def _of(self, lake: Path) -> str:
        return f"{self.address}/{LAKE}{label(lake)}"


def read_bucket(told: Any, where: str) -> Bucket:
    """What `lake:` says. Raises EngineError where that is no place of an S3-compatible store."""
    given = told if isinstance(told, Mapping) else {"address": told}
    if unknown := [str(name) for name in given if name not in OPTIONS]:
        raise EngineError(where, f"a lake takes no {', '.join(unknown)}", f"use some of: {', '.join(OPTIONS)}")
    options = {str(name): str(value) for name, value in given.items()}
    found = ADDRESS.fullmatch(options.get("address", ""))
    if not found:
        raise EngineError(where, "this is no place of a store", "let the address be s3://bucket/prefix")
    if not ENDPOINT.fullmatch(options.get("endpoint_url", "https://store")):
        raise EngineError(where, "endpoint_url is no URL of a store", "write https://host or https://host:port")
    return Bucket(**{**options, "address": f"{SCHEME}{found[1]}{found[2]}"})


@lru_cache(maxsize=8)
def _client(endpoint: str, region: str, bucket: str) -> S3FileSystem:
    """A client of the store."""
    import pyarrow.fs as pafs

    if not endpoint and not region:
        region = pafs.resolve_s3_region(bucket)
    return pafs.S3FileSystem(endpoint_override=endpoint or None, region=region or None)


def _listed(there: S3FileSystem, path: str, *, is_deep: bool = False) -> list[FileInfo]:
    """What is below a path. Raises OSError where the bucket can't be listed."""
    import pyarrow.fs as pafs

    try:
        return list(there.get_file_info(pafs.FileSelector(path, recursive=is_deep)))
    except FileNotFoundError:
        return []


def _remove(there: S3FileSystem, path: str) -> None:
    """Take away all below a path."""
    with suppress(FileNotFoundError):  # nothing is
        there.delete_dir(path)


def _is_old(each: FileInfo) -> bool:
    return not each.is_file or each.mtime is None or datetime.now(UTC) - each.mtime > KEPT


def _path(address: str) -> str:
    """An address as the client takes it: `bucket/prefix`."""
    return address.removeprefix(SCHEME)
