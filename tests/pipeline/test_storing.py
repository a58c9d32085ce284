"""The log as a whole: on either kind of store the line gives the same, and a backup brings it back."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.servers.fixtures import postgresql_address, postgresql_server  # noqa: F401
from tests.store.damage import flipped
from tests.store.test_verify import FLIPS

from stocktake.errors import StoreError
from stocktake.pipeline.line import freeze, open_project
from stocktake.pipeline.session import collect, measure_and_keep
from stocktake.pipeline.storing import back_up, copy, restore, verify
from stocktake.project import Project
from stocktake.store import Store

RUNS = '{"id": "%s", "name": "train", "ended": "2026-11-0%dT10:00:00Z"}\n'
FILES = {
    "stocktake.yaml": "project: small\nas_of: 2026-11-23\n",
    "sources/runs.yaml": "connector: files\npath: runs.jsonl\nvocabulary: small\nlabel: Run\nkey: id\n"
    "recorded_at: 2026-11-22T12:00:00Z\n",
    "vocabulary/small.yaml": "vocabulary: small\nsays: A test's words.\nlabels:\n  Run:\n    says: state\n"
    "    about: A run.\n    claims:\n      - kind: workflow_run\n"
    "        fields: {name: $.name, ended_at: time($.ended)}\n",
}


def make(root: Path, store: str = "") -> Project:
    """A small project with one source."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + (f"store: {store}\n" if store and name == "stocktake.yaml" else ""))
    (root / "runs.jsonl").write_text("".join(RUNS % (number, number) for number in range(1, 6)))
    return open_project(root)


def runs_of(project: Project) -> list[dict[str, Any]]:
    """The runs that the graph has."""
    assert project.as_of
    with Store.open(project.store_address) as store:
        rows = freeze(project, store, project.as_of)["workflow_run"].select(["id", "name", "ended_at"]).to_pylist()
    return sorted(rows, key=lambda row: str(row["id"]))


def test_on_postgresql_the_line_gives_what_it_gives_on_sqlite(tmp_path: Path, postgresql_address: str) -> None:  # noqa: F811
    here, there = make(tmp_path / "here"), make(tmp_path / "there", postgresql_address)
    for project in (here, there):
        [outcome] = collect(project)
        assert outcome.complete, outcome.problems
        measure_and_keep(project)

    assert len(runs_of(here)) == 5
    assert runs_of(there) == runs_of(here)
    assert verify(there).problems == ()
    assert not (there.state / "store.sqlite").exists()


def test_a_project_moves_to_postgresql_and_back(tmp_path: Path, postgresql_address: str) -> None:  # noqa: F811
    project = make(tmp_path)
    collect(project)
    before = runs_of(project)

    copy(project, postgresql_address)
    moved = make(tmp_path, postgresql_address)
    assert runs_of(moved) == before
    collect(moved)
    copy(moved, "back.sqlite")

    assert runs_of(make(tmp_path, "back.sqlite")) == before


def test_the_address_takes_its_password_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make(tmp_path, "postgresql://ana:${DB_PASSWORD}@db/acme")
    monkeypatch.setenv("DB_PASSWORD", "secret")

    assert project.store_address == "postgresql://ana:secret@db/acme"
    assert project.store == "postgresql://ana:${DB_PASSWORD}@db/acme"


def test_a_backup_brings_back_the_log_and_the_results(tmp_path: Path) -> None:
    project = make(tmp_path / "one")
    collect(project)
    run = measure_and_keep(project).run_id
    before = runs_of(project)

    back_up(project, tmp_path / "backup")
    other = make(tmp_path / "two")
    restore(other, tmp_path / "backup")

    assert runs_of(other) == before
    assert verify(other).problems == ()
    saved = f"run={run}/rollups/models.parquet"
    assert pq.read_table(other.results / saved) == pq.read_table(project.results / saved)


def test_a_backup_that_was_damaged_is_not_restored(tmp_path: Path) -> None:
    project = make(tmp_path / "one")
    collect(project)
    measure_and_keep(project)
    back_up(project, tmp_path / "backup")
    for path in [path for path in (tmp_path / "backup").rglob("*") if path.is_file()][::7]:
        content = path.read_bytes()
        path.write_bytes(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])
        other = make(tmp_path / "two")
        with pytest.raises(StoreError, match=r"not what was backed up|no manifest"):
            restore(other, tmp_path / "backup")
        assert not other.results.exists()
        path.write_bytes(content)


def test_a_log_that_holds_something_is_not_restored_over(tmp_path: Path) -> None:
    project = make(tmp_path / "one")
    collect(project)
    back_up(project, tmp_path / "backup")

    with pytest.raises(StoreError, match="not empty"):
        restore(project, tmp_path / "backup")
    with pytest.raises(StoreError, match="already"):
        back_up(project, tmp_path / "backup")


def test_segments_of_another_state_of_the_log_are_not_read(tmp_path: Path) -> None:
    """After a restore the log may go on another way: what was decoded before must not be taken for it."""
    project = make(tmp_path)
    collect(project)
    back_up(project, tmp_path / "backup")
    (tmp_path / "runs.jsonl").write_text(RUNS % ("late", 7))
    collect(project)
    assert {row["name"] for row in runs_of(project)} == {"train"}
    derived = tmp_path / "kept"
    project.derived.rename(derived)
    (project.state / "store.sqlite").unlink()

    restore(project, tmp_path / "backup")
    derived.rename(project.derived)
    (tmp_path / "runs.jsonl").write_text((RUNS % ("other", 8)).replace("train", "evaluate"))
    collect(project)

    assert "evaluate" in {row["name"] for row in runs_of(project)}


def test_what_a_killed_process_was_taking_away_is_no_damage(tmp_path: Path) -> None:
    """Segments of an earlier vocabulary, half gone: no reader takes them for anything."""
    project = make(tmp_path)
    collect(project)
    runs_of(project)
    [folder] = project.derived.glob("*/segments/*")
    half = folder.with_name(".part-0123abcd") / "1-5"
    half.mkdir(parents=True)
    (half / "lines.parquet").write_bytes(b"half")

    assert verify(project).problems == ()


def test_a_flipped_byte_of_any_file_beside_the_log_is_found(tmp_path: Path) -> None:
    """Any bit of any file of the segments and of the saved runs: found, and told by its name."""
    project, choose = make(tmp_path), random.Random(12)
    collect(project)
    measure_and_keep(project)
    paths = [path for place in ("derived", "results") for path in (project.state / place).rglob("*") if path.is_file()]
    paths = [path for path in paths if "lookups" not in path.parts]
    for path in [choose.choice(paths) for _ in range(FLIPS)]:
        content = path.read_bytes()
        path.write_bytes(flipped(content, choose.randrange(len(content)), choose))
        problems = verify(project).problems
        path.write_bytes(content)

        assert any(str(path.parent) in problem.where for problem in problems), path
    assert verify(project).problems == ()
