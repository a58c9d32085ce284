"""Commands about the log as a whole: is it whole, where does it lie, is there a backup of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.face import Face, print_problems, problem_document
from stocktake.cli.page import Lines, Table

if TYPE_CHECKING:
    from stocktake.pipeline.purging import Rule

Backup = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `store backup` made or will make.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="postgresql://…, or the path of an SQLite file.")]


def register(app: typer.Typer) -> None:
    """Add `store` and its own commands."""
    store = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    for work in (verify, copy, backup, restore, purge):
        command(store, work.__name__)(work)
    app.add_typer(store, name="store", help="The log as a whole: verify, copy, back up, restore, erase.")


def verify(face: Face) -> int:
    """Whether every byte is as it was written. Of the log, its segments and all saved results. 1: something is not."""
    from stocktake.pipeline.storing import verify

    told = verify(face.project())
    document = {
        "entries": told.entries,
        "runs": told.runs,
        "segments": told.segments,
        "problems": [problem_document(each) for each in told.problems],
    }
    looked = f"{told.entries} entries, {told.runs} saved runs and {told.segments} segments"
    is_whole = not told.problems
    face.answer(document, [Lines([f"{looked}: {'all as written' if is_whole else f'{len(told.problems)} problems'}"])])
    if not face.as_json:
        print_problems(told.problems, as_json=False)
    return 0 if is_whole else 1


def copy(face: Face, address: Address) -> None:
    """Copy the log, whole and with its numbers, to an empty store."""
    from stocktake.pipeline.storing import copy

    rows = copy(face.project(), address)
    face.answer({"rows": rows}, [Table(("table", "rows"), [(name, str(count)) for name, count in rows.items()])])
    face.say("To use it, write its address as `store:` into stocktake.yaml; the old log stays as it is.")


def backup(face: Face, folder: Backup) -> None:
    """Back up the log and all saved results to a new folder. Each is held against its hash."""
    from stocktake.pipeline.storing import back_up

    manifest = back_up(face.project(), folder)
    told = f"{manifest['entries']} entries and {manifest['runs']} saved runs in {folder}"
    face.answer({"folder": str(folder), **manifest}, [Lines([told])])


def restore(face: Face, folder: Backup) -> None:
    """Bring a backup into an empty project, and verify it there."""
    from stocktake.pipeline.storing import restore

    manifest = restore(face.project(), folder)
    told = f"{manifest['entries']} entries and {manifest['runs']} saved runs, as they were on {manifest['made_at']}"
    face.answer(manifest, [Lines([told])])


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to erase."""

    before: Annotated[
        str | None, typer.Option(metavar="TIME", help="What was replaced by then: later numbers stay as they are.")
    ] = None
    standing: Annotated[
        bool, typer.Option("--standing", help="With --before: also what was told before then, and still holds.")
    ] = False
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="With --before: only of this one.")] = None
    subject: Annotated[
        str | None, typer.Option(metavar="ARTIFACT", help="All records that describe it; identifier, id or name.")
    ] = None
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="All records in which this text stands.")] = None

    def rule(self) -> Rule:
        """As the library takes it."""
        from stocktake.pipeline.purging import Rule

        return Rule(self.before, self.standing, tuple(self.source or ()), self.subject, self.text)


def purge(
    face: Face,
    chosen: Chosen,
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, kept with the purge.")],
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Who erases; else who is logged in.")] = None,
    trial: Annotated[bool, typer.Option("--dry-run", help="Only count what would be erased.")] = False,
) -> None:
    """Erase what records say, for ever. By age, of one subject, or wherever a text stands; their entries stay."""
    from stocktake.pipeline.purging import purge

    done = purge(face.project(), chosen.rule(), who=who, why=why, is_trial=trial)
    told = f"{done.bodies} bodies of {done.records} records"
    verb = "erased" if done.purge else "to be erased"
    document = {"bodies": done.bodies, "records": done.records, "named": list(done.named)}
    face.answer({**document, "purge": done.purge.document() if done.purge else None}, [Lines([f"{verb}: {told}"])])
    if done.named:
        face.say(f"The text stands in {len(done.named)} names, which stay: {', '.join(done.named[:3])}")
    if done.purge:
        face.say("Saved runs and backups stay as they are: `stocktake runs` names the runs that rest on it.")
