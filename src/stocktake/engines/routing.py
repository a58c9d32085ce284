"""Each step on the engine that fits it, over one lake from which each reads what the others wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines import lake as lakes
from stocktake.engines.lift import relations_of
from stocktake.engines.protocol import Engine, Step
from stocktake.engines.settings import DEFAULT, EngineRules
from stocktake.engines.typed import typed
from stocktake.errors import EngineMemoryError
from stocktake.stages import stage

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a step runs, and why. step: its bare name. after: the engine that had too little memory for it, if one."""

    step: str
    engine: str
    why: str
    after: str | None = None


@dataclass
class Routing:
    """An engine that hands each step on to the engine of a project's rules.

    environment: what secrets are filled in from. scratch: where the lake of tables in memory is made; every engine must
    be able to read and write it, unless the rules have a bucket. decisions: of all steps so far, in the order in which
    they ran.
    """

    rules: EngineRules
    environment: Mapping[str, str]
    scratch: Path | None = None
    name: str = "routing"
    decisions: list[Decision] = field(default_factory=list)
    _rests_on: dict[str, int] = field(default_factory=dict)
    _opened: dict[str, Engine] = field(default_factory=dict)

    def decide(self, steps: Sequence[Step], rows: Mapping[str, int]) -> list[Decision]:
        """Where each step runs. rows: of the tables that are given, by full name.

        A rule on rows looks at the largest table that a step rests on, itself or through other steps: that is known
        before anything runs, so a run goes as its plan says.
        """
        for name, number in rows.items():
            self._rests_on.setdefault(name, number)
        return [self._decide(step) for step in steps]

    def _decide(self, step: Step) -> Decision:
        bare = step.name.rpartition(".")[2]
        rows = max((self._rests_on.get(name, 0) for name in relations_of(step.sql)), default=0)
        self._rests_on[step.name] = rows
        if step.engine:
            return Decision(bare, step.engine, "its file asks for it")
        for route in self.rules.routes:
            if why := route.fits(bare, rows):
                return Decision(bare, route.engine, why)
        return Decision(bare, DEFAULT, "no rule says otherwise")

    def run_lake(self, steps: Sequence[Step], lake: Path) -> None:
        """Run the steps in order over a lake, each on its engine, and publish each result there.

        A step for which its engine has too little memory goes to the one that its settings name for that.
        """
        decisions = self.decide(steps, {name: lakes.rows_of(lake, name) for name in lakes.tables_of(lake)})
        ready = typed(steps, lakes.schemas_of(lake)) if _engines(decisions) != {DEFAULT} else list(steps)
        pairs = zip(decisions, ready, strict=True)
        for (engine, why), group in groupby(pairs, key=lambda pair: (pair[0].engine, pair[0].why)):
            self._run(Decision("", engine, why), [step for _, step in group], lake)

    def run_tables(
        self, steps: Sequence[Step], tables: Mapping[str, pa.Table], wanted: Collection[str] | None = None
    ) -> dict[str, pa.Table]:
        """Run the steps in order over tables in memory (`graph.model_binary`); gives each step's rows by its name.

        wanted: the steps whose rows are given; all unless said.
        """
        decisions = self.decide(steps, {name: table.num_rows for name, table in tables.items()})
        if _engines(decisions) == {DEFAULT}:
            self.decisions += decisions
            return self._engine(DEFAULT).run_tables(steps, tables, wanted)
        return lakes.run_over(self, steps, tables, wanted, self.scratch, self.rules.bucket)

    def _run(self, told: Decision, steps: Sequence[Step], lake: Path) -> None:
        """Run some steps on one engine; the one that needs more memory than it has, on the one that may take over."""
        if not steps:
            return
        names = [step.name for step in steps]
        try:
            with stage("engine", engine=told.engine, why=told.why, steps=", ".join(map(_bare, names))):
                self._engine(told.engine).run_lake(steps, lake)
        except EngineMemoryError as error:
            other = self.rules.find(told.engine).on_memory
            at = _place(error.problems[0].where, names)
            if other is None or told.after or at is None:
                raise
            self._run(told, steps[:at], lake)  # it may have published none of them
            why = f"{told.engine} ran out of memory: {error.problems[0].problem}"
            self._run(Decision("", other, why, told.engine), steps[at : at + 1], lake)
            self._run(told, steps[at + 1 :], lake)
            return
        self.decisions += [Decision(_bare(name), told.engine, told.why, told.after) for name in names]

    def _engine(self, name: str) -> Engine:
        """The engine of a name, opened once."""
        if name not in self._opened:
            self._opened[name] = self.rules.find(name).open(self.environment)
        return self._opened[name]


def _place(where: str, names: Sequence[str]) -> int | None:
    """Which step an engine's problem is about: it may be one of the parts that the engine took the step apart into."""
    found = [name for name in names if where == name or where.startswith(f"{name}__")]
    return names.index(max(found, key=len)) if found else None


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def _engines(decisions: Iterable[Decision]) -> set[str]:
    return {each.engine for each in decisions}
