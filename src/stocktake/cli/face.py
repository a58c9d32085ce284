"""What every command has: the project that it speaks of, and how it answers."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.cli.page import Block, show
from stocktake.cli.waiting import clear
from stocktake.errors import Problem

if TYPE_CHECKING:
    from stocktake.project import Project


@dataclass(frozen=True, slots=True)
class Face:
    """Where a command finds its project, and in which form it answers. folder: None is the current one."""

    folder: Path | None
    as_json: bool

    def project(self) -> Project:
        """The project, read from its folder; secrets that stand in its files are told of. Raises ProjectError."""
        from stocktake.pipeline.line import open_project

        project = open_project(self.folder)
        for each in project.exposed:
            self.say(str(each))
        return project

    def answer(self, document: Any, blocks: Iterable[Block]) -> None:
        """Print the answer on stdout: the document as JSON, or its page."""
        clear()
        if self.as_json:
            print_json(document)
        else:
            show(blocks, sys.stdout)

    def say(self, text: str) -> None:
        """Talk, on stderr: what is being done, and what to try next."""
        clear()
        sys.stderr.write(text + "\n")


def print_json(document: Any) -> None:
    """Print one JSON document on stdout; times are ISO 8601, UTC."""
    import msgspec

    encoded = msgspec.json.format(msgspec.json.encode(document), indent=2)
    sys.stdout.write(encoded.decode() + "\n")


def problem_document(problem: Problem) -> dict[str, str]:
    """A problem as JSON takes it."""
    return {"where": problem.where, "problem": problem.problem, "fix": problem.fix}


def print_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    """Print what is wrong and how to mend it, on stderr; as JSON on stdout too."""
    told = list(problems)
    if as_json:
        print_json({"problems": [problem_document(each) for each in told]})
    for each in told:
        sys.stderr.write(f"{each}\n" if each.where else f"{each.problem}\n  fix: {each.fix}\n")
