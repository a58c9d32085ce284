"""The methods of roll-ups in plain Python, read from their definition alone: what the SQL is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median as middle

Level = Fraction | int | None
Told = tuple[Level, Level, Level]


@dataclass(frozen=True)
class Part:
    """One part: low None takes no part; point None is not known. share: of its deployment's traffic. time: days."""

    low: Level
    point: Level
    high: Level
    weight: Fraction = Fraction(1)
    share: Fraction | None = None
    time: int | None = None


def exactly(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def roll_up(name: str, numbers: Sequence[float], parts: Sequence[Part], told: Fraction = Fraction(0)) -> Told:
    """The interval of a whole; all None when no part takes part."""
    taking = [part for part in parts if part.low is not None]
    known = [part for part in taking if part.point is not None]
    if not taking:
        return None, None, None
    low, point, high = METHODS[name](taking, known, told, *[exactly(number) for number in numbers])
    return low, None if point is None else min(max(point, low), high), high


def _by(ends: Callable[[list[Fraction]], Fraction]) -> Callable[..., Told]:
    """A method that does the same to lows, points and highs."""

    def method(taking: list[Part], known: list[Part], told: Fraction) -> Told:
        return (
            ends([p.low for p in taking]),
            ends([p.point for p in known]) if known else None,
            ends([p.high for p in taking]),
        )

    return method


def _mean(taking: list[Part], known: list[Part], told: Fraction = Fraction(0)) -> Told:
    def weighed(parts: list[Part], end: str) -> Level:
        return sum(p.weight * getattr(p, end) for p in parts) / sum(p.weight for p in parts) if parts else None

    return weighed(taking, "low"), weighed(known, "point"), weighed(taking, "high")


def _traffic(taking: list[Part], known: list[Part], told: Fraction) -> Told:
    rest = max(Fraction(0), 1 - told)
    told_parts = [p for p in taking if p.share is not None]
    plain = _mean([Part(p.low, p.point, p.high) for p in taking], [Part(p.low, p.point, p.high) for p in known])

    def outer(end: str, pick: Callable[[list[Fraction]], Fraction], otherwise: Level) -> Level:
        whole = sum(p.share for p in told_parts) + rest
        extreme = pick([getattr(p, end) for p in taking])
        return (sum(p.share * getattr(p, end) for p in told_parts) + rest * extreme) / whole if whole else otherwise

    takers = [p for p in known if p.share is None]
    weights = [(p, p.share if p.share is not None else rest / len(takers)) for p in known]
    whole = sum(weight for _, weight in weights)
    point = sum(weight * p.point for p, weight in weights) / whole if whole else plain[1]
    return outer("low", min, plain[0]), point, outer("high", max, plain[2])


def _latest(taking: list[Part], known: list[Part], told: Fraction) -> Told:
    times = [p.time for p in taking if p.time is not None]
    last = max(times) if times else None
    may_be = [p for p in taking if p.time is None or p.time == last]
    points = [p.point for p in known if p.time is not None and p.time == last]
    return (
        min(p.low for p in may_be),
        Fraction(sum(points)) / len(points) if points else None,
        max(p.high for p in may_be),
    )


def _share(taking: list[Part], known: list[Part], told: Fraction, k: Fraction) -> Told:
    def share(levels: list[Fraction]) -> Level:
        return Fraction(sum(level >= k for level in levels), len(levels)) if levels else None

    return share([p.low for p in taking]), share([p.point for p in known]), share([p.high for p in taking])


def _every(quantifier: Callable[[list[bool]], bool]) -> Callable[..., Told]:
    def method(taking: list[Part], known: list[Part], told: Fraction, k: Fraction) -> Told:
        return _by(lambda levels: 4 if quantifier([level >= k for level in levels]) else 0)(taking, known, told)

    return method


def _gate(
    taking: list[Part], known: list[Part], told: Fraction, at: Fraction = Fraction(0), cap: Fraction = Fraction(1)
) -> Told:
    free = _mean(taking, known)

    def capped(value: Level, levels: list[Fraction]) -> Level:
        return value if value is None or all(level > at for level in levels) else min(value, cap)

    return (
        capped(free[0], [p.low for p in taking]),
        capped(free[1], [p.point for p in known]),
        capped(free[2], [p.high for p in taking]),
    )


def _count(taking: list[Part], known: list[Part], told: Fraction, k: Fraction) -> Told:
    return _by(lambda levels: sum(level >= k for level in levels))(taking, known, told)


METHODS: dict[str, Callable[..., Told]] = {
    "worst": _by(min),
    "best": _by(max),
    "mean": _mean,
    "weighted": _mean,
    "traffic_weighted": _traffic,
    "median": _by(lambda levels: Fraction(middle(levels))),
    "latest": _latest,
    "share": _share,
    "any": _every(any),
    "all": _every(all),
    "gate": _gate,
    "count": _count,
}


def level_of_share(share: Level) -> Level:
    """The level of a share, where its node has no buckets of its own."""
    if share is None:
        return None
    bounds = ((Fraction(1), 4), (Fraction(95, 100), 3), (Fraction(8, 10), 2), (Fraction(1, 2), 1))
    return next((level for bound, level in bounds if share >= bound), 0)
