"""Files that are written line by line, so that an estate of any size needs no more memory than one team."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import msgspec


class Out:
    """The folder of what is written. Close it, or use it in a `with`: what was said is in its files only then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, BinaryIO] = {}

    def line(self, path: str, value: Any) -> None:
        """Add one JSON value as a line of a file."""
        self._file(path).write(msgspec.json.encode(value) + b"\n")

    def text(self, path: str, text: str) -> None:
        """Write a whole file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def value(self, path: str, value: Any) -> None:
        """Write a whole file with one JSON value."""
        self.text(path, msgspec.json.encode(value).decode())

    def touch(self, path: str) -> None:
        """Make a file of lines that may stay empty."""
        self._file(path)

    def _file(self, path: str) -> BinaryIO:
        if path not in self._files:
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            self._files[path] = target.open("wb")
        return self._files[path]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write out all that was said."""
        for file in self._files.values():
            file.close()
