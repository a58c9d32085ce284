"""Looking up a bare file name in the tree of a commit."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from stocktake.graph.lookup import look_up, number_forest

REPOSITORY = "https://git.acme.example/growth/churn-model"
TEXT = pa.string()


def sha(number: int) -> str:
    return f"{number:040x}"


def table(columns: dict[str, pa.DataType], rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.Table.from_pylist(
        [dict(zip(columns, row, strict=True)) for row in rows], schema=pa.schema(list(columns.items()))
    )


def references(*rows: tuple[str | None, str, str]) -> pa.Table:
    return table({"repository": TEXT, "commit": TEXT, "name": TEXT}, list(rows))


def commits(*parents: tuple[int, int | None], repository: str = REPOSITORY) -> pa.Table:
    columns = {"repository": TEXT, "sha": TEXT, "parent": TEXT}
    return table(columns, [(repository, sha(c), None if p is None else sha(p)) for c, p in parents])


def changes(*told: tuple[int, str, bool], repository: str = REPOSITORY) -> pa.Table:
    columns = {"repository": TEXT, "sha": TEXT, "path": TEXT, "is_there": pa.bool_()}
    return table(columns, [(repository, sha(c), path, there) for c, path, there in told])


def answers(found: pa.Table) -> list[tuple[str, str | None]]:
    return [(row["outcome"], row["path"]) for row in found.to_pylist()]


def test_the_only_file_of_that_name_in_the_tree_is_found() -> None:
    """A file that came in an earlier commit is there; one that came later, or had left, is not."""
    line = commits((1, None), (2, 1), (3, 2), (4, 3))
    told = changes((1, "a/train.py", True), (3, "a/train.py", False), (3, "b/train.py", True))

    found = look_up(references(*((REPOSITORY, sha(n), "train.py") for n in (1, 2, 3, 4))), line, told)

    assert answers(found) == [("found", f"{folder}/train.py") for folder in "aabb"]


def test_two_files_of_that_name_are_ambiguous_and_named() -> None:
    line = commits((1, None))
    told = changes((1, "b/train.py", True), (1, "a/train.py", True), (1, "a/pretrain.py", True))

    row = look_up(references((REPOSITORY, sha(1), "train.py")), line, told).to_pylist()[0]

    assert (row["outcome"], row["path"], row["found_in"]) == ("ambiguous", None, None)
    assert row["candidates"] == [f"{REPOSITORY}:a/train.py", f"{REPOSITORY}:b/train.py"]


def test_the_end_of_a_path_or_an_absolute_path_tells_files_apart() -> None:
    line = commits((1, None))
    told = changes((1, "b/train.py", True), (1, "a/train.py", True))
    names = ("a/train.py", "./a/train.py", "a\\train.py", "/home/ana/churn-model/a/train.py")

    found = look_up(references(*((REPOSITORY, sha(1), name) for name in names)), line, told)

    assert answers(found) == [("found", "a/train.py")] * 4


def test_a_branch_does_not_see_what_another_branch_did() -> None:
    """Commits 2 and 3 both stand on 1; 4 merges 3 into 2 and tells what that brought."""
    forest = commits((1, None), (2, 1), (3, 1), (4, 2))
    told = changes(
        (1, "train.py", True), (2, "a/train.py", True), (2, "train.py", False), (3, "b.py", True), (4, "b.py", True)
    )  # fmt: skip

    def seen(name: str) -> list[str | None]:
        found = look_up(references(*((REPOSITORY, sha(n), name) for n in (2, 3, 4))), forest, told)
        return [path for _, path in answers(found)]

    assert seen("b.py") == [None, "b.py", "b.py"]
    assert seen("train.py") == ["a/train.py", "train.py", "a/train.py"]


def test_a_commit_is_found_by_its_hash_alone_and_by_a_short_hash() -> None:
    """A run that tells no repository names it by its commit; a short hash needs the repository."""
    line = commits((0xABCDEF << 136, None))
    told = changes((0xABCDEF << 136, "train.py", True))
    full = sha(0xABCDEF << 136)

    assert answers(look_up(references((None, full, "train.py")), line, told)) == [("found", "train.py")]
    assert answers(look_up(references((REPOSITORY, full[:12], "train.py")), line, told)) == [("found", "train.py")]
    assert answers(look_up(references((None, full[:12], "train.py")), line, told)) == [("unknown commit", None)]
    assert answers(look_up(references((REPOSITORY, full[:4], "train.py")), line, told)) == [("unknown commit", None)]


def test_a_renamed_repository_is_known_by_each_address() -> None:
    addresses = table({"address": TEXT, "repository": TEXT}, [("https://old.example/churn", REPOSITORY)])
    given = references(
        ("https://old.example/churn", sha(1), "train.py"), ("https://other.example/x", sha(1), "train.py")
    )

    found = look_up(given, commits((1, None)), changes((1, "train.py", True)), addresses)

    assert [(row["outcome"], row["found_in"]) for row in found.to_pylist()] == [
        ("found", REPOSITORY),
        ("unknown commit", None),
    ]


def test_one_commit_in_two_repositories_is_ambiguous_without_an_address() -> None:
    """A fork holds the commits of its origin."""
    fork = "https://git.acme.example/risk/churn-model"
    both = pa.concat_tables([commits((1, None)), commits((1, None), repository=fork)])
    told = pa.concat_tables([changes((1, "train.py", True)), changes((1, "train.py", True), repository=fork)])

    found = look_up(references((None, sha(1), "train.py"), (fork, sha(1), "train.py")), both, told)

    assert {row["repository"]: row["outcome"] for row in found.to_pylist()} == {None: "ambiguous", fork: "found"}


def test_nothing_asked_and_nothing_known_give_no_rows_and_no_error() -> None:
    assert look_up(references(), commits(), changes()).num_rows == 0
    assert answers(look_up(references((REPOSITORY, sha(1), "train.py")), commits(), changes())) == [
        ("unknown commit", None)
    ]


def test_any_forest_agrees_with_walking_to_the_root() -> None:
    """Random histories: what the range join finds is what a walk along first parents finds."""
    chance = random.Random(7)
    parents = [(0, None), *((n, chance.randrange(max(0, n - 6), n)) for n in range(1, 300))]
    paths = [f"{folder}/train.py" for folder in "abcd"]
    told = [(n, path, chance.random() < 0.5) for n, _ in parents for path in paths if chance.random() < 0.1]
    by_commit = {n: {path: there for c, path, there in told if c == n} for n, _ in parents}
    up = dict(parents)

    def walked(commit: int) -> list[str]:
        seen: dict[str, bool] = {}
        at: int | None = commit
        while at is not None:
            seen = by_commit[at] | seen
            at = up[at]
        return sorted(f"{REPOSITORY}:{path}" for path, there in seen.items() if there)

    found = look_up(
        references(*((REPOSITORY, sha(n), "train.py") for n, _ in parents)), commits(*parents), changes(*told)
    )

    assert {int(row["commit"], 16): row["candidates"] for row in found.to_pylist()} == {
        n: walked(n) for n, _ in parents
    }


def test_a_cycle_of_parents_is_left_out() -> None:
    """Damaged data has no root to number from."""
    assert number_forest([1, 0, -1, 2])[0] == [-1, -1, 0, 1]
