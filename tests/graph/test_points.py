"""Point reads: what is found around one identifier is what the graph of everything says of it."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
from tests.graph.log import Decision, Entry, Log, Push
from tests.graph.otherwise import unlike_points
from tests.graph.test_worlds import fill
from tests.graph.toy import make_project
from tests.graph.worlds import STEPS, moment

from stocktake.graph.edits import Edit
from stocktake.graph.snapshot import Graph
from stocktake.pipeline.inputs import graph_input
from stocktake.store import Store

ROUNDS = int(os.environ.get("STOCKTAKE_ROUNDS", "1"))
READS = 2  # of an identifier of each world, at each place of the log
LONG = 12  # longer than any fixed number of steps that a read could take


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_any_identifier_of_random_worlds_is_found_as_the_graph_has_it(seed: int, tmp_path: Path) -> None:
    """Now, and as it was known when the log was half as long: artifacts, ghosts, and all that is told of them."""
    project = make_project(tmp_path / "toy")
    chance = random.Random(2000 + seed)
    with Store.open(project.store_address) as store:
        worlds, log = fill(Log(store, chance), chance)
        for known_at in (log.marks[len(log.marks) // 2], log.marks[-1]):
            as_of = moment(chance.uniform(0, STEPS))
            given = graph_input(project, store, known_at)
            whole = Graph(given)
            whole.freeze(as_of)
            for _ in range(READS):
                found = unlike_points(given, [world.identifier() for world in worlds], whole, as_of)
                assert not found, f"as of {as_of}, known at {known_at}:\n" + "\n".join(found[:20])
            whole.close()


def says(label: str, number: int, **item: Any) -> Push:
    """A record of one thing of a long chain, which bears its number."""
    ids = {"toy_id": f"{label}-{number}", **item.pop("ids", {})}
    return Push(
        "q1", label, f"{label}{number}", moment(1), {"items": [{"part": f"{label}{number}", "ids": ids, **item}]}
    )


def to(edge: str, label: str, number: int) -> dict[str, Any]:
    """A link to a thing of a long chain."""
    return {"edge": edge, "to": {"toy_id": f"{label}-{number}"}}


def chains() -> list[Entry]:
    """What is known of a thing in the middle only with what is many steps away.

    A cycle of bases and one of members; a deployment that reaches its binary through what only carries; authors who are
    there because others name them, and so on to a run; a thing that a person's link leads to.
    """
    steps = range(LONG)
    told = [says("Binary", n, links=[to("base", "Binary", (n + 1) % LONG)]) for n in steps]
    told += [says("Person", n, links=[to("member_of", "Person", (n + 1) % LONG)]) for n in steps]
    told += [says("Config", n, links=[to("carries", "Config" if n < 6 else "Binary", n + 1)]) for n in range(7)]
    told += [says("Deployment", 0, links=[to("serves", "Config", 0)])]
    told += [says("Author", n, ids={"owner": f"author-{n}"}, owners=[f"author-{n + 1}"]) for n in steps]
    told += [says("Run", 0, owners=["author-0"]), says("Run", 1), says("File", 0)]
    person = Edit(action="link", why="to see", decided_at=moment(2), on="toy_id:Run-1", kind="workflow_run",
                  edge="model_code", to="toy_id:File-0")  # fmt: skip
    return [*told, Decision("ana", person)]


# Those that are read at once have nothing to do with each other.
MIDDLES = (
    ["toy_id:Binary-3", "toy_id:Person-3", "toy_id:Author-9", "toy_id:File-0"],
    ["toy_id:Deployment-0", "owner:author-12"],
)


def test_chains_are_followed_to_their_ends(tmp_path: Path) -> None:
    """A cycle is flagged and an author is there, however many steps away what says so is."""
    project = make_project(tmp_path / "toy")
    with Store.open(project.store_address) as store:
        log = Log(store)
        for entry in chains():
            log.add(entry)
        given = graph_input(project, store)
        whole = Graph(given)
        whole.freeze(moment(4))
        found = [line for middles in MIDDLES for line in unlike_points(given, middles, whole, moment(4))]
        flagged = whole.frame.rows("SELECT COUNT(*) FROM extra_flag WHERE flag IN ('base_cycle', 'member_cycle')")
        authors = whole.frame.rows("SELECT COUNT(*) FROM snapshot_owner WHERE list_contains(owners, 'author-10')")
        whole.close()

    assert not found, "\n".join(found)
    assert (flagged, authors) == ([(2 * LONG,)], [(1,)])
