"""Commands by which a person corrects what is known: each is one more record of the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.ruling_edits import end, target, waive
from stocktake.cli.face import Face
from stocktake.cli.page import Lines

if TYPE_CHECKING:
    from stocktake.pipeline.deciding import Decided, Reason

Artifact = Annotated[str, typer.Argument(help="`namespace:value`, the beginning of an id, or a name.")]
Attribute = Annotated[list[str] | None, typer.Option("--attribute", metavar="NAME=VALUE", help="Such as share=0.1.")]


@dataclass(frozen=True, slots=True)
class Given:
    """Who decides, and why."""

    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, kept with the edit.")]
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Who decides; else who is logged in.")] = None

    def reason(self) -> Reason:
        """As the library takes it."""
        from stocktake.pipeline.deciding import Reason

        return Reason(self.why, self.who)


@dataclass(frozen=True, slots=True)
class Stated:
    """Who decides, why, from when to when it holds, and of which kind the artifact is."""

    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, kept with the edit.")]
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Who decides; else who is logged in.")] = None
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Since when it holds, UTC; else since now.")] = None
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Until when it holds, UTC.")] = None
    kind: Annotated[str | None, typer.Option(help="The artifact's kind, where its identifier does not tell.")] = None

    def reason(self) -> Reason:
        """As the library takes it."""
        from stocktake.pipeline.deciding import Reason

        return Reason(self.why, self.who, self.at, self.until, self.kind)


def register(app: typer.Typer) -> None:
    """Add `edit` and its own commands."""
    edit = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    for work in (confirm, split, set_, link, close, waive, target, end):
        command(edit, work.__name__.rstrip("_"))(work)
    app.add_typer(edit, name="edit", help="Correct what is known, waive scores, set targets.")


def confirm(
    face: Face,
    given: Given,
    same: Annotated[list[str], typer.Argument(metavar="NUMBER|LEFT RIGHT", help="A suggestion, or two artifacts.")],
) -> None:
    """Say that two are one. A suggestion by its number (`stocktake coverage`), or two artifacts or identifiers."""
    from stocktake.pipeline import deciding

    tell(face, deciding.confirm(face.project(), same, given.reason()))


def split(
    face: Face,
    given: Given,
    pairs: Annotated[list[str], typer.Argument(metavar="LEFT RIGHT...", help="As `get` shows them.")],
) -> None:
    """Say that two are not one. A claim and an identifier that it bears, or a pair that was confirmed.

    Refused, with the path that remains, where something else still connects them: name further pairs of it.
    """
    from stocktake.pipeline import deciding

    tell(face, deciding.split(face.project(), pairs, given.reason()))


def set_(
    face: Face,
    given: Stated,
    on: Artifact,
    field: Annotated[str, typer.Argument(help="A field of its kind.")],
    value: Annotated[str, typer.Argument(help="Lists with commas; times as 2026-11-23T18:00:00Z.")],
) -> None:
    """Set a field to another value than the tools say."""
    from stocktake.pipeline import deciding

    tell(face, deciding.set_field(face.project(), on, field, value, given.reason()))


def link(face: Face, given: Stated, on: Artifact, edge: str, to: Artifact, attribute: Attribute = None) -> None:
    """Add a link that no tool tells. Such as a deployment that `serves` a binary."""
    from stocktake.pipeline import deciding

    tell(face, deciding.link(face.project(), (on, edge, to), attribute or (), given.reason()))


def close(face: Face, given: Stated, on: Artifact, edge: str, to: Artifact) -> None:
    """Close a link that the tools tell and that does not hold."""
    from stocktake.pipeline import deciding

    tell(face, deciding.close(face.project(), (on, edge, to), given.reason()))


def tell(face: Face, decided: Decided) -> None:
    """Print what was appended."""
    made = zip(decided.edits, decided.seqs, strict=True)
    lines = [f"{decided.source}: {each.action}, entry {seq} of the log" for each, seq in made]
    face.answer(decided.document(), [Lines(lines)])
    if decided.note:
        face.say(decided.note)
