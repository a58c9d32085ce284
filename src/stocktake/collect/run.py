"""Collecting: every source read through its connector into the log, each on its own."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stocktake.collect.connectors import Loaded, line_in, load_connector
from stocktake.collect.dated import readings as dated
from stocktake.collect.progress import Ticker
from stocktake.collect.pull import Batch, Pull
from stocktake.collect.reading import written_at
from stocktake.collect.scrub import Scrubber
from stocktake.collect.sources import PUSH, fill
from stocktake.errors import CollectError, Problem, StocktakeError
from stocktake.nouns import Seen, Source, to_micros
from stocktake.stages import stage
from stocktake.store import Store

BATCH_THINGS = 20_000
BATCH_BYTES = 64 * 2**20
BATCH_SECONDS = 15.0  # of a slow tool, so that a kill loses little
TICK = 1_000
KEPT_PROBLEMS = 1_000  # in the log, of one pull; a file in the wrong format has one for each line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading one source.

    seen: things told. new, changed, vanished: against what the log held. complete: all came, so that what did not come
    has vanished. pull_id: the entry of the log, None where it could not even begin.
    """

    source: str
    connector: str
    seen: int = 0
    new: int = 0
    changed: int = 0
    vanished: int = 0
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    complete: bool = False
    pull_id: int | None = None

    def then(self, later: Outcome) -> Outcome:
        """An earlier reading of a source and a later one, told as one."""
        added = {name: getattr(self, name) + getattr(later, name) for name in ("seen", "new", "changed", "vanished")}
        problems = (*self.problems, *later.problems)
        return replace(later, problems=problems, complete=self.complete and later.complete, **added)


def collect_all(
    store: Store, sources: Iterable[Source], folders: Iterable[Path], environment: Mapping[str, str], root: Path
) -> Iterator[Outcome]:
    """Read each source in turn; one that fails is told by its outcome, and the others still come.

    folders: of connectors. root: what the sources' relative paths are below.
    """
    found = list(folders)
    for source in sources:
        if source.connector != PUSH:
            with stage("read", source=source.name, connector=source.connector) as told:
                outcome = collect_source(store, source, found, environment, root)
                told |= {"seen": outcome.seen, "problems": len(outcome.problems)}
            yield outcome


def collect_source(
    store: Store, source: Source, folders: Iterable[Path], environment: Mapping[str, str], root: Path
) -> Outcome:
    """Read one source into the log."""
    began_at = time.monotonic()
    try:
        filled, secrets = fill(source, environment, root)
        connector = load_connector(filled, folders)
        covered = connector.labels(filled)
        readings = [(each, _recorded_at(each)) for each in dated(filled, store)]
    except StocktakeError as error:
        return Outcome(source.name, source.connector, problems=error.problems, seconds=time.monotonic() - began_at)
    scope = str(filled.settings.get("scope") or "")
    scrubber = Scrubber(secrets)
    outcome = Outcome(source.name, source.connector, complete=True)
    with _seldom_collecting_garbage():
        for reading, recorded_at in readings:
            pull = Pull(store, source.name, scope=scope, covered=covered, recorded_at=recorded_at, scrubber=scrubber)
            outcome = outcome.then(_read(pull, connector, reading))
    return replace(outcome, seconds=time.monotonic() - began_at)


def _read(pull: Pull, connector: Loaded, source: Source) -> Outcome:
    """Run the connector to its end, and close the pull."""
    problems: list[Problem] = []
    batch = Batch()
    since = time.monotonic()
    with Ticker(source.name) as ticker:
        for item in _told(connector, source):
            if isinstance(item, Problem):
                problems.append(_safe(item, pull.scrubber))
                continue
            try:
                batch.add(item)
            except ValueError as error:
                problems.append(Problem(f"{item.label} {item.key}", f"no JSON: {error}", "mend what the tool answers"))
                continue
            count = len(batch.bodies)
            if count % TICK == 0:
                ticker.tell(pull.seen + count)
            if count >= BATCH_THINGS or batch.size >= BATCH_BYTES or time.monotonic() - since > BATCH_SECONDS:
                pull.add_part(batch)
                batch, since = Batch(), time.monotonic()
    kept = problems[:KEPT_PROBLEMS]
    if len(problems) > KEPT_PROBLEMS:
        left = f"{len(problems) - KEPT_PROBLEMS} more problems"
        kept.append(Problem(source.name, left, "mend the first ones and collect again"))
    pull_id = pull.close(batch, kept)
    told: dict[str, Any] = {"seen": pull.seen, "new": pull.view.new, "changed": pull.changed, "vanished": pull.vanished}
    return Outcome(
        source.name, source.connector, problems=tuple(problems), complete=not problems, pull_id=pull_id, **told
    )


@contextmanager
def _seldom_collecting_garbage() -> Iterator[None]:
    """A batch makes tens of thousands of tuples that live on; looking through them all the time costs a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _told(connector: Loaded, source: Source) -> Iterator[Seen | Problem]:
    """What the connector gives; what it fails on ends it with a Problem."""
    try:
        yield from connector.collect(source)
    except StocktakeError as error:
        yield from error.problems
    except Exception as error:  # noqa: BLE001 - whatever a user's connector raises, the other sources must still come
        where = f"{connector.path}:{line_in(error, connector.path)}"
        yield Problem(
            where, f"the connector failed: {error!r}", "see what the tool answered there, or mend the connector"
        )


def _safe(problem: Problem, scrubber: Scrubber) -> Problem:
    """A problem without secrets: errors like to repeat the URL that they asked."""
    return Problem(scrubber.text(problem.where), scrubber.text(problem.problem), problem.fix)


def _recorded_at(source: Source) -> int | None:
    """When the source's answers were recorded, µs: as it says, else the time of its files; None for a live tool."""
    told = source.settings.get("recorded_at")
    if told is not None:
        return to_micros(_moment(told, source))
    path = source.settings.get("path")
    if source.settings.get("url") or not isinstance(path, str):
        return None
    written = written_at(Path(path))
    return None if written is None else min(int(written * 1_000_000), time.time_ns() // 1_000)


def _moment(told: object, source: Source) -> datetime:
    try:
        moment = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    except ValueError as error:
        fix = "write it as 2026-11-23T18:00:00Z"
        raise CollectError(source.where or source.name, f"recorded_at is no time: {told!r}", fix) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
