"""The page of connectors: what each reads."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

from pages.markdown import LIBRARY, NOTE, code, join

INTRO = """
A connector reads one tool and keeps what it says in the tool's own words; a [vocabulary](vocabularies.md) says what
those words mean. A file in a project's `sources/` names a connector and its settings. A project adds its own connectors
in its `connectors/` folder.
"""


def page(root: Path) -> str:
    """The whole page."""
    paths = [path for path in sorted((root / LIBRARY / "connectors").glob("*.py")) if path.stem != "__init__"]
    return join(NOTE, "# Connectors", INTRO, *(_connector(path) for path in paths))


def _connector(path: Path) -> str:
    """The section of one connector: its docstring, its vocabulary and the labels that its complete pulls cover."""
    module = importlib.import_module(f"stocktake.library.connectors.{path.stem}")
    facts = [f"Vocabulary: {code(getattr(module, 'VOCABULARY', path.stem))}."]
    labels = getattr(module, "LABELS", ())
    if labels:
        facts.append(f"Labels: {', '.join(map(code, labels))}.")
    return join(f"## {path.stem}", inspect.cleandoc(module.__doc__ or ""), " ".join(facts))
