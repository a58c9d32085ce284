"""A page or document that names a command names one that there is."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from stocktake.cli.app import app

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(?:\.\./\.venv/bin/)?stocktake ([a-z]+)")


def test_every_command_that_is_named_is_there() -> None:
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    places = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.py")]
    named = {(path.name, word) for path in places for word in NAMED.findall(path.read_text("utf-8"))}

    assert len(named) > 20
    assert not {(name, word) for name, word in named if word not in commands}
