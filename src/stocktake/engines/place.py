"""How an engine of another process gets at the tables of a lake, which is a folder of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stocktake.errors import EngineError


class Place(Protocol):
    """Where an engine finds a folder's files, and puts those that it makes. Each of these raises EngineError."""

    def give(self, folder: Path) -> str:
        """The address by which an engine reads what is in a folder."""
        ...

    def make(self, folder: Path) -> str:
        """Make a folder, and give the address by which an engine writes to it."""
        ...

    def put(self, folder: Path) -> None:
        """Let the engine find what this process wrote to a folder that was made so."""
        ...

    def take(self, folder: Path) -> None:
        """Let this process find what the engine wrote to one."""
        ...


@dataclass(frozen=True, slots=True)
class Mounted:
    """A disk that both reach. mount: a folder of this machine; uri: the same as the engine knows it, with a slash."""

    mount: Path = Path("/")
    uri: str = "file:///"

    def give(self, folder: Path) -> str:
        """A folder as the engine knows it. Raises EngineError where it is not below the mount."""
        try:
            below = folder.resolve().relative_to(self.mount.resolve())
        except ValueError as error:
            problem = f"the server reads what is below {self.mount} alone"
            fix = "put the lake there, or let `mount` and `uri` lead to it"
            raise EngineError(str(folder), problem, fix) from error
        return f"{self.uri}{below.as_posix()}"

    def make(self, folder: Path) -> str:
        """The same of a folder that is made."""
        folder.mkdir()
        return self.give(folder)

    def put(self, folder: Path) -> None:
        """It is there already."""

    def take(self, folder: Path) -> None:
        """It is here already."""
