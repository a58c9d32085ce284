"""Every method in SQL gives what its definition gives in plain Python, down rows and across columns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics import oracle
from tests.metrics.oracle import Part

from stocktake.metrics.methods import METHODS, Interval, apply
from stocktake.metrics.parts import Across, Down, Parts
from stocktake.metrics.settle import settled
from stocktake.metrics.spec import Method

NUMBERS = {"share": [(3,), (2.5,)], "any": [(3,)], "all": [(2,)], "count": [(3,)], "gate": [(), (1, 2)]}
CASES = [Method(name, numbers) for name in METHODS for numbers in NUMBERS.get(name, [()])]

levels = st.integers(0, 8).map(lambda half: Fraction(half, 2))
shares = st.none() | st.integers(0, 4).map(lambda part: Fraction(part, 10))


@st.composite
def parts(draw: st.DrawFn) -> Part:
    ends = sorted(draw(st.tuples(levels, levels, levels)))
    kind = draw(st.sampled_from(["level", "interval", "unknown", "half known", "no part"]))
    weight, share, time = draw(st.integers(1, 3)), draw(shares), draw(st.none() | st.integers(0, 3))
    values: dict[str, tuple[Fraction | None, ...]] = {
        "level": (ends[0],) * 3,
        "interval": tuple(ends),
        "unknown": (Fraction(0), None, Fraction(4)),
        "half known": (ends[0], None, ends[2]),
        "no part": (None, None, None),
    }
    return Part(*values[kind], Fraction(weight), share, time)


wholes = st.lists(st.lists(parts(), min_size=1, max_size=6), min_size=1, max_size=5)


def told_of(whole: Sequence[Part]) -> Fraction:
    """All told shares of the deployment; never above 1, as the snapshot normalises them."""
    return min(Fraction(1), sum((part.share for part in whole if part.share is not None), Fraction(0)))


def normalised(whole: Sequence[Part]) -> list[Part]:
    total = sum((part.share for part in whole if part.share is not None), Fraction(0))
    scale = 1 / total if total > 1 else Fraction(1)
    rounded = [None if p.share is None else Fraction(round(p.share * scale * 10**9), 10**9) for p in whole]
    return [Part(p.low, p.point, p.high, p.weight, share, p.time) for p, share in zip(whole, rounded, strict=True)]


def sql(value: Fraction | int | None, kind: str = "DOUBLE") -> str:
    return f"CAST({'NULL' if value is None else float(value)} AS {kind})"


def three(interval: Interval) -> str:
    done = settled(interval)
    return f"{done.low}, {done.point}, {done.high}"


def down_rows(wholes_: list[list[Part]], method: Method) -> list[tuple[float | None, ...]]:
    rows = []
    for number, whole in enumerate(wholes_):
        latest = max((p.time for p in whole if p.low is not None and p.time is not None), default=None)
        for part in whole:
            is_latest = "NULL" if part.time is None else str(part.time == latest).upper()
            columns = [
                sql(part.low),
                sql(part.point),
                sql(part.high),
                sql(part.weight),
                sql(part.share),
                sql(told_of(whole)),
            ]
            rows.append(f"({number}, {', '.join(columns)}, CAST({is_latest} AS BOOLEAN))")
    names = ("low", "point", "high", "weight", "share", "told", "latest")
    parts_: Parts = Down({name: name for name in names})
    relation = f"(VALUES {', '.join(rows)}) AS part(whole, {', '.join(names)})"
    query = f"SELECT {three(apply(method, parts_))} FROM {relation} GROUP BY whole ORDER BY whole"
    return duckdb.sql(query).fetchall()


def across_columns(whole: list[Part], method: Method) -> tuple[float | None, ...]:
    columns = {}
    for number, part in enumerate(whole):
        columns |= {
            f"low_{number}": sql(part.low),
            f"point_{number}": sql(part.point),
            f"high_{number}": sql(part.high),
        }
    names = [
        {end: f"{end}_{number}" for end in ("low", "point", "high")} | {"weight": str(float(part.weight))}
        for number, part in enumerate(whole)
    ]
    relation = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    return duckdb.sql(f"SELECT {three(apply(method, Across(names)))} FROM (SELECT {relation}) AS row").fetchall()[0]


def expected(whole: list[Part], method: Method) -> list[float | None]:
    return [
        None if end is None else float(end)
        for end in oracle.roll_up(method.name, method.numbers, whole, told_of(whole))
    ]


def agree(found: Sequence[float | None], wanted: Sequence[float | None]) -> None:
    assert [end is None for end in found] == [end is None for end in wanted]
    assert [end for end in found if end is not None] == pytest.approx(
        [end for end in wanted if end is not None], abs=2e-8
    )


@pytest.mark.parametrize("method", CASES, ids=str)
@settings(max_examples=20, deadline=None)
@given(wholes_=wholes)
def test_a_method_down_rows_gives_what_its_definition_gives(method: Method, wholes_: list[list[Part]]) -> None:
    wholes_ = [normalised(whole) for whole in wholes_]
    for whole, found in zip(wholes_, down_rows(wholes_, method), strict=True):
        agree(found, expected(whole, method))


@pytest.mark.parametrize("method", [method for method in CASES if METHODS[method.name].across], ids=str)
@settings(max_examples=20, deadline=None)
@given(whole=st.lists(parts(), min_size=1, max_size=6))
def test_a_method_across_columns_gives_what_its_definition_gives(method: Method, whole: list[Part]) -> None:
    agree(across_columns(whole, method), expected(whole, method))


@pytest.mark.parametrize("method", CASES, ids=str)
@settings(max_examples=20, deadline=None)
@given(wholes_=wholes)
def test_low_is_at_most_point_at_most_high(method: Method, wholes_: list[list[Part]]) -> None:
    for low, point, high in down_rows([normalised(whole) for whole in wholes_], method):
        assert (low is None) == (high is None)
        if low is not None and high is not None:
            assert low <= high
            assert point is None or low <= point <= high


@pytest.mark.parametrize("method", CASES, ids=str)
@settings(max_examples=20, deadline=None)
@given(whole=st.lists(parts(), min_size=1, max_size=6), data=st.data())
def test_losing_a_value_never_narrows_an_interval(method: Method, whole: list[Part], data: st.DataObject) -> None:
    """A part that was known and becomes unknown: low does not rise, high does not fall."""
    lost = data.draw(st.integers(0, len(whole) - 1))
    part = whole[lost]
    if part.low is None:
        return
    less = [*whole]
    less[lost] = Part(Fraction(0), None, Fraction(4), part.weight, part.share, part.time)
    before, after = down_rows([normalised(whole), normalised(less)], method)
    assert after[0] <= before[0] + 1e-8  # type: ignore[operator]
    assert after[2] >= before[2] - 1e-8  # type: ignore[operator]


def test_no_sum_depends_on_the_order_of_its_parts() -> None:
    """Ten thousand thirds add up alike from either end."""
    query = three(apply(Method("mean"), Down({"low": "low", "point": "low", "high": "low", "weight": "1"})))
    answers = {
        duckdb.sql(
            f"SELECT {query} FROM (SELECT 4.0 / (3 + i % 7) AS low FROM range(10000) AS r(i) ORDER BY i {order})"
        ).fetchall()[0]
        for order in ("ASC", "DESC")
    }
    assert len(answers) == 1
