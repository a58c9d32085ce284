"""Folders of waivers and of targets: one YAML file each, named like what it declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from stocktake.errors import Problem
from stocktake.metrics.document import Reader, read_document


def read_folder(folders: Iterable[Path], kind: str, problems: list[Problem]) -> Iterator[tuple[str, Reader]]:
    """The name and document of every file of one kind (`waiver`, `target`); what is wrong is added to `problems`.

    A later folder's file replaces one of the same name.
    """
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}
    for name, path in sorted(paths.items()):
        told = read_document(path, problems)
        if told is None:
            continue
        reader = Reader(told, problems)
        own = reader.text(kind, required=f"begin with `{kind}: {name}`")
        if own not in (None, name):
            reader.problem(kind, f"{kind} {own} stands in {path.name}", f"write `{kind}: {name}`, or rename the file")
        yield name, reader
