"""The edits that are about scores: waive some rows, set a target, end either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from stocktake.cli.face import Face

if TYPE_CHECKING:
    from stocktake.pipeline.deciding import Reason

At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="Since when it holds, UTC; else since now.")]
Slice = Annotated[str | None, typer.Option("--slice", metavar="SLICE", help="Such as owner=growth; else all models.")]


@dataclass(frozen=True, slots=True)
class Ruled:
    """Who rules, why, and since when it holds."""

    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, kept with the edit.")]
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Who decides; else who is logged in.")] = None
    at: At = None

    def reason(self, until: str | None = None) -> Reason:
        """As the library takes it."""
        from stocktake.pipeline.deciding import Reason

        return Reason(self.why, self.who, self.at, until)


@dataclass(frozen=True, slots=True)
class NewlyRuled(Ruled):
    """The same, and what the ruling is called."""

    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call it; else one is made.")] = None


def waive(
    face: Face,
    given: NewlyRuled,
    metrics: Annotated[list[str], typer.Argument(metavar="METRIC...", help="Metrics, or groups: all below them.")],
    approver: Annotated[str, typer.Option(metavar="NAME", help="Who allowed it.")],
    expires: Annotated[str, typer.Option(metavar="TIME", help="When it ends, UTC.")],
    scope: Annotated[
        str | None, typer.Option(metavar="SQL", help="Which rows, by the columns of the metrics' table; else all.")
    ] = None,
) -> None:
    """Do not judge some rows of a metric for a while: they are exempt. Scores are shown with and without."""
    from stocktake.cli.commands.edits import tell
    from stocktake.pipeline import ruling
    from stocktake.pipeline.rulings import WaiverTold

    told = WaiverTold(list(metrics), approver, scope)
    tell(face, ruling.waive(face.project(), told, given.reason(expires), given.name))


def target(
    face: Face,
    given: NewlyRuled,
    node: Annotated[str, typer.Argument(help="A metric or group.")],
    level: Annotated[float, typer.Option(min=0, max=4, help="The mean level to reach.")],
    by: Annotated[str, typer.Option(metavar="TIME", help="By when, UTC.")],
    slice_: Slice = None,
) -> None:
    """Set the level that a node shall have by a day. Where it stands now is kept, so that `show` can say: on track."""
    from stocktake.cli.commands.edits import tell
    from stocktake.pipeline import ruling
    from stocktake.pipeline.rulings import TargetTold

    kind, _, value = (slice_ or "everything").partition("=")
    told = TargetTold(node, level, kind, value or kind)
    tell(face, ruling.aim(face.project(), told, given.reason(by), given.name))


def end(face: Face, given: Ruled, name: Annotated[str, typer.Argument(help="As `show` lists it.")]) -> None:
    """End a waiver or target that an edit made, now or at a time. It stays in force for what was before."""
    from stocktake.cli.commands.edits import tell
    from stocktake.pipeline import ruling

    tell(face, ruling.end(face.project(), name, given.reason()))
