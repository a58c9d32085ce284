"""Commands about what is agreed: what a change would do, making it the published one, and which runs are by what."""

from __future__ import annotations

from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.options import AsOf, KnownAt, moment
from stocktake.cli.face import Face
from stocktake.cli.page import Lines

CHANGES = 3
"""The exit code of a plan that is not empty."""

NOTHING = "Nothing is published yet, so this is compared with what ships. Agree on it with `stocktake publish --why …`."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "plan")(plan)
    command(app, "publish")(publish)
    command(app, "runs")(runs)


def plan(
    face: Face,
    against: Annotated[int | None, typer.Option(metavar="NUMBER", help="Which publication; else the latest.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> int:
    """What the project's files would change of what is published. In meanings, members, rows, levels and the top line.

    Nothing is saved. 0: nothing changes, or only words. 2: the project is wrong. 3: a meaning or a number changes.
    """
    from stocktake.cli.pages.plan import plan_page
    from stocktake.cli.planning import plan_of

    document = plan_of(face.project(), against=against, as_of=moment(as_of), known_at=known_at)
    face.answer(document, plan_page(document))
    if document["against"] is None:
        face.say(NOTHING)
    return CHANGES if document["changes_meaning"] or document["changes_numbers"] else 0


def publish(
    face: Face,
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, kept with the publication.")],
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Who publishes; else who is logged in.")] = None,
) -> None:
    """Make the project's files the published ones. Results that are saved stay; later runs stand beside them."""
    from stocktake.pipeline import publishing
    from stocktake.pipeline.session import log

    project = face.project()
    with log(project) as store:
        done = publishing.publish(project, store, why=why, who=who)
    made, verb = done.publication, "published" if done.is_new else "already published"
    line = f"{verb}: publication {made.number}, by {made.who}, {made.published_at:%Y-%m-%d %H:%M} UTC: {made.why}"
    face.answer({"publication": publishing.described(made), "is_new": done.is_new}, [Lines([line])])
    face.say("Next: `stocktake measure` saves numbers by it; `--as-of TIME` those of an earlier day.")


def runs(face: Face) -> None:
    """What was published, by whom and why, and every saved run."""
    from stocktake.cli.pages.runs import runs_page
    from stocktake.pipeline.publishing import history
    from stocktake.pipeline.session import log

    with log(face.project()) as store:
        document = history(store)
    face.answer(document, runs_page(document))
