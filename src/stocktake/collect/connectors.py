"""Connectors: found in folders by their file's name, loaded by path."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol

from stocktake.errors import CollectError, Problem, one_of
from stocktake.nouns import Seen, Source

LIBRARY = Path(__file__).parent.parent / "library" / "connectors"
# What goes wrong in a connector's own code, all but what ends the process.
CODE_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError,
)  # fmt: skip


class Connector(Protocol):
    """What a module of `connectors/` has; `VOCABULARY` and `labels` are optional.

    VOCABULARY: the vocabulary of its words, its own name by default. LABELS: those that a complete pull covers, so that
    what it no longer sees has vanished. labels: gives them where they are a matter of the source's settings.
    """

    LABELS: tuple[str, ...]

    @staticmethod
    def collect(source: Source) -> Iterator[Seen | Problem]:
        """Everything that the tool says; a Problem for what can't be read, and the rest still comes."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """A connector, ready to collect. labels: those that a complete pull of a source covers."""

    name: str
    path: Path
    collect: Callable[[Source], Iterator[Seen | Problem]]
    labels: Callable[[Source], tuple[str, ...]]


def find_connectors(folders: Iterable[Path]) -> dict[str, Path]:
    """The file of each connector by name; a later folder's replaces an earlier one's."""
    return {
        path.stem: path for folder in folders for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")
    }


def vocabulary_name(path: Path) -> str:
    """The vocabulary that a connector's words are in, read without running the connector."""
    try:
        return _told_vocabulary(path.read_text("utf-8")) or path.stem
    except (SyntaxError, ValueError):
        return path.stem


@cache
def _told_vocabulary(text: str) -> str | None:
    """The value of VOCABULARY in a connector's text, where it is set. Raises SyntaxError for what is not Python."""
    tree = ast.parse(text)
    for node in tree.body:
        targets = (
            [node.target] if isinstance(node, ast.AnnAssign) else node.targets if isinstance(node, ast.Assign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "VOCABULARY" for target in targets):
            value = getattr(node, "value", None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value
    return None


def load_connector(source: Source, folders: Iterable[Path]) -> Loaded:
    """The connector that a source names. Raises CollectError when there is none, or it can't be loaded."""
    found = find_connectors(folders)
    path = found.get(source.connector)
    if path is None:
        fix = f"{one_of(sorted(found), source.connector)}; or add connectors/{source.connector}.py"
        raise CollectError(source.where or source.name, f"no connector is called {source.connector!r}", fix)
    module = _module(path)
    collect = getattr(module, "collect", None)
    if not callable(collect):
        raise CollectError(str(path), "it has no function `collect(source)`", "add one, as connectors/files.py has it")
    labels = getattr(module, "labels", None) or (lambda _: tuple(getattr(module, "LABELS", ())))
    return Loaded(source.connector, path, collect, labels)


def _module(path: Path) -> ModuleType:
    """A module by its path: a shipped one is imported, a user's gets a name that can't meet another's."""
    try:
        if path.parent == LIBRARY:
            return importlib.import_module(f"stocktake.library.connectors.{path.stem}")
        name = f"stocktake_project_connectors_{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise CollectError(str(path), "it is no Python file", "name it NAME.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look their module up while it loads
        spec.loader.exec_module(module)
    except CODE_ERRORS as error:
        line = getattr(error, "lineno", None) or line_in(error, path)
        fix = "install what it needs" if isinstance(error, ImportError) else "mend the connector at that line"
        raise CollectError(f"{path}:{line}", f"it can't be loaded: {error!r}", fix) from error
    return module


def line_in(error: BaseException, path: Path) -> int:
    """The line of a file at which an error was on its way."""
    line = 1
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
