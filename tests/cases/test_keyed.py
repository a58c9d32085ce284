"""A query asked once for all trials gives each trial the rows that it would get alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
import sqlglot

from stocktake.cases.keyed import NotKeyedError, keyed
from stocktake.engines import Step
from stocktake.engines.duckdb import DuckDb

# The third has no rows at all, and the first two share ids.
PETS = [(0, "a", 1, ["x", "y"]), (0, "b", 2, []), (0, "c", None, None), (1, "a", 7, ["x"]), (1, "d", 8, None)]
HOMES = [(0, "a", "red"), (0, "z", "blue"), (1, "d", None), (1, "a", "red"), (1, "a", "green")]
TRIALS = 3
FORMS = [
    "SELECT pet.id AS id, home.colour AS c FROM graph.pet AS pet INNER JOIN graph.home AS home ON pet.id = home.id",
    "SELECT pet.id AS id, home.colour AS colour FROM graph.pet AS pet LEFT JOIN graph.home AS home ON pet.id = home.id",
    "SELECT home.id AS id, pet.age AS age FROM graph.pet AS pet RIGHT JOIN graph.home AS home ON pet.id = home.id",
    "SELECT pet.id AS id, home.id AS other FROM graph.pet AS pet FULL JOIN graph.home AS home ON pet.id = home.id",
    "SELECT pet.id AS id, other.id AS other FROM graph.pet AS pet CROSS JOIN graph.pet AS other",
    "SELECT pet.id AS id, tag.tag AS tag FROM graph.pet AS pet CROSS JOIN UNNEST(pet.tags) AS tag(tag)",
    "SELECT home.id AS id, COUNT(home.colour) AS colours FROM graph.home AS home GROUP BY home.id HAVING COUNT(*) > 1",
    "SELECT COUNT(*) AS pets, COALESCE(SUM(pet.age), 0) + 1 AS age, MAX(pet.id) AS last FROM graph.pet AS pet",
    "SELECT pet.id AS id, ROW_NUMBER() OVER (ORDER BY pet.id) AS place FROM graph.pet AS pet QUALIFY place > 1",
    "SELECT DISTINCT home.id AS id FROM graph.home AS home",
    "SELECT DISTINCT ON (home.id) home.id AS id, home.colour AS c FROM graph.home ORDER BY home.id, home.colour",
    "SELECT pet.id AS id FROM graph.pet AS pet UNION ALL SELECT home.id AS id FROM graph.home AS home",
    "SELECT pet.id AS id FROM graph.pet AS pet EXCEPT SELECT home.id AS id FROM graph.home AS home",
    "WITH old AS (SELECT pet.id AS id FROM graph.pet AS pet WHERE pet.age > 1) SELECT old.id AS id FROM old",
    "SELECT pet.id AS id FROM graph.pet AS pet WHERE EXISTS (SELECT 1 FROM graph.home AS home WHERE home.id = pet.id)",
    "SELECT pet.id AS id FROM graph.pet AS pet WHERE pet.id NOT IN (SELECT home.id FROM graph.home AS home)",
    "SELECT known.id, pet.age AS a FROM (VALUES ('a'), ('q')) AS known(id) LEFT JOIN graph.pet ON pet.id = known.id",
    "SELECT 1 AS one",
]


def tables(trial: int | None = None) -> dict[str, pa.Table]:
    """The rows of all trials with their numbers, or of one as it is alone."""
    pets = [row for row in PETS if trial in (None, row[0])]
    homes = [row for row in HOMES if trial in (None, row[0])]
    tags = pa.array([row[3] for row in pets], pa.list_(pa.string()))
    found = {
        "graph.pet": pa.table({
            "id": pa.array([row[1] for row in pets], pa.string()),
            "age": pa.array([row[2] for row in pets], pa.int64()),
            "tags": tags,
        }),
        "graph.home": pa.table({
            "id": pa.array([row[1] for row in homes], pa.string()),
            "colour": pa.array([row[2] for row in homes], pa.string()),
        }),
    }  # fmt: skip
    if trial is not None:
        return found
    for name, rows in (("graph.pet", pets), ("graph.home", homes)):
        found[name] = found[name].append_column("trial_no", pa.array([row[0] for row in rows], pa.int64()))
    return {**found, "standard.trials": pa.table({"trial_no": pa.array(range(TRIALS), pa.int64())})}


def rows(table: pa.Table) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.values()) for row in table.to_pylist())


@pytest.mark.parametrize("sql", FORMS)
def test_each_trial_has_the_rows_that_it_has_alone(sql: str) -> None:
    """Also one without rows, in every form that the portable subset has."""
    asked = keyed(sqlglot.parse_one(sql, dialect="duckdb"), "trial_no", "standard.trials")

    found = DuckDb(threads=1).run_tables([Step("standard.asked", asked)], tables())["standard.asked"]

    expected = Counter[tuple[Any, ...]]()
    for trial in range(TRIALS):
        alone = DuckDb(threads=1).run_tables([Step("standard.asked", sql)], tables(trial))["standard.asked"]
        expected += Counter({(*row, trial): count for row, count in rows(alone).items()})
    assert rows(found) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pet.id AS id FROM graph.pet AS pet ORDER BY pet.id LIMIT 1",
        "SELECT COUNT(*) AS pets FROM graph.pet AS pet HAVING COUNT(*) > 1",
        "SELECT pet.id AS id, COUNT(*) AS pets FROM graph.pet AS pet GROUP BY ROLLUP (pet.id)",
    ],
)
def test_what_depends_on_all_rows_is_asked_one_by_one(sql: str) -> None:
    """Else trials would get each other's rows."""
    with pytest.raises(NotKeyedError):
        keyed(sqlglot.parse_one(sql, dialect="duckdb"), "trial_no", "standard.trials")
