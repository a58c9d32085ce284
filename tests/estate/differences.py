"""Each difference between what is counted and what is really there, by id, with the planted mess that explains it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.estate.holding import Holding
from tests.estate.matching import Made

GRAINS = {"code": "model_code", "family": "model_family", "binary": "model_binary", "deployment": "model_deployment"}
# Which mess explains which difference.
EXPLAINS = {
    "not counted": {
        "code": {"bare_script", "lost_repository"},
        "binary": {"ghost_binary"},
        "deployment": {"missed_days"},
        "model": {"never_registered", "ghost_binary", "bare_script"},
    },
    "counted, though no longer there": {
        "deployment": {"missed_days", "reused_arn"},
        "model": {"retired"},
    },
    "counted several times": {
        "model": {
            *("two_codes", "two_registries", "bare_script", "lost_repository", "retired", "many_models"),
            *("orphan_endpoint", "ghost_binary", "alias_moved", "wrong_tag"),
        },
    },
    "counted together": {"model": {"generic_code", "wrong_tag"}},
}


@dataclass(frozen=True)
class Difference:
    """One reason why two numbers differ. difference: what it adds to the truth. mess: what of it explains that."""

    grain: str
    what: str
    ids: tuple[str, ...]
    difference: int
    mess: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.difference:+d} {self.what}: {', '.join(self.ids)} ({', '.join(self.mess) or 'UNEXPLAINED'})"


def differences(holding: Holding, grain: str) -> tuple[int, list[Difference], int]:
    """How many there are, what makes the difference, and how many are counted."""
    counted, real, ended, mess = _models(holding) if grain == "model" else _artifacts(holding, grain)
    links: dict[str, set[str]] = defaultdict(set)  # what is really there → what is counted
    behind: dict[str, set[str]] = defaultdict(set)
    for thing, numbers in real.items():
        links[thing] |= numbers & counted
        for each in numbers & counted:
            behind[each].add(thing)
    found = []
    for thing, numbers in links.items():
        if thing in ended and numbers:
            found.append(_difference(grain, "counted, though no longer there", (thing,), 1, mess))
        if thing not in ended and not numbers:
            found.append(_difference(grain, "not counted", (thing,), -1, mess))
        if len(numbers) > 1:
            found.append(_difference(grain, "counted several times", (thing,), len(numbers) - 1, mess))
    for things in behind.values():
        if len(things) > 1:
            found.append(_difference(grain, "counted together", tuple(sorted(things)), 1 - len(things), mess))
    unknown = counted - behind.keys()
    found += [Difference(grain, "counted, and nothing is there", (each,), 1, ()) for each in sorted(unknown)]
    return len(real.keys() - ended), found, len(counted)


def _difference(grain: str, what: str, ids: tuple[str, ...], by: int, mess: dict[str, set[str]]) -> Difference:
    planted = {each for id_ in ids for each in mess[id_]} & EXPLAINS[what].get(grain, set())
    return Difference(grain, what, ids, by, tuple(sorted(planted)))


Sides = tuple[set[str], dict[str, set[str]], set[str], dict[str, set[str]]]


def _artifacts(holding: Holding, grain: str) -> Sides:
    """Artifacts of a kind against the things of that kind."""
    kind = GRAINS[grain]
    counted = set(holding.measured.snapshot[kind].column("id").to_pylist())
    things = {id_: thing for id_, thing in holding.truth.things.items() if thing["kind"] == kind}
    real = {id_: artifacts_of(holding.made, thing["told"], kind) for id_, thing in things.items()}
    ended = {id_ for id_, thing in things.items() if "ended_at" in thing}
    # An address that was used again is one artifact: the newer thing is the one that is counted.
    reborn = {each for id_ in real.keys() - ended for each in real[id_]}
    real = {id_: told - reborn if id_ in ended else told for id_, told in real.items()}
    return counted, real, ended, {id_: set(thing["mess"]) for id_, thing in things.items()}


def artifacts_of(made: Made, told: list[list[str]], kind: str) -> set[str]:
    """The artifacts that some records became."""
    claims = (made.claim((source, label, key, kind, name)) for source, label, key, name in told)
    return {made.artifact[each] for each in claims if each}


def _models(holding: Holding) -> Sides:
    """Models by the definition against purposes."""
    counted = set(holding.measured.tables["models"].column("model_id").to_pylist())
    truth = holding.truth
    real, mess = {}, {}
    for id_, model in truth.models.items():
        parts = [part for name in ("codes", "families", "deployments") for part in model[name]]
        parts += [each for each in (f"{part}@sagemaker" for part in model["families"]) if each in truth.things]
        real[id_] = set().union(
            *(artifacts_of(holding.made, truth.things[each]["told"], each.partition(":")[0]) for each in parts)
        )
        mess[id_] = {*model["mess"], *truth.mess([*parts, *model["binaries"]])}
    ended = {id_ for id_, model in truth.models.items() if model["retired"] or not model["binaries"]}
    return counted, real, ended, mess


def told(holding: Holding) -> Iterator[str]:
    """Every difference as lines for people."""
    for grain in (*GRAINS, "model"):
        real, found, counted = differences(holding, grain)
        yield f"{grain}: {real} are there, {counted} are counted"
        yield from (f"  {each}" for each in found)
