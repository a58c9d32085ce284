"""What `doctor` finds wrong with a project: each with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.crash.company import make, tell
from tests.servers.pretend import answering
from tests.servers.process import free_port

from stocktake.pipeline import doctoring
from stocktake.pipeline.doctoring import Finding, examine
from stocktake.pipeline.session import collect, measure_and_keep


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project that was collected."""
    project = tell(make(tmp_path / "small"), 0, 3)
    collect(project)
    return project.root


def found(root: Path, what: str) -> Finding:
    """What was found of one thing."""
    [finding] = [each for each in examine(root) if each.what == what]
    return finding


def source(root: Path, text: str) -> Finding:
    """What is found of a source with that file."""
    (root / "sources" / "other.yaml").write_text(text)
    return found(root, "source other")


def test_a_lake_whose_store_is_down_is_told(root: Path) -> None:
    with (root / "stocktake.yaml").open("a") as settings:
        settings.write(f"\nlake: {{address: 's3://lake', endpoint_url: 'http://127.0.0.1:{free_port()}'}}\n")

    told = found(root, "lake")

    assert not told.is_well
    assert "NETWORK_CONNECTION" in told.told
    assert told.fix.startswith("start the store")


def test_all_is_well_with_a_project_that_works(root: Path) -> None:
    findings = examine(root)

    assert [each for each in findings if not each.is_well] == []
    assert {"Python", "duckdb", "project", "disk", "log", "source run"} <= {each.what for each in findings}
    assert "sqlite 3." in found(root, "log").told


def test_a_log_that_can_not_be_opened_is_told(root: Path) -> None:
    (root / ".stocktake" / "store.sqlite").write_text("dear diary\n" * 500)

    assert (found(root, "log").is_well, "backup" in found(root, "log").fix) == (False, True)


def test_a_disk_with_little_room_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctoring, "LEAST_BYTES", 2**62)

    assert not any(each.is_well for each in examine(root) if each.what == "disk")


def test_a_run_that_was_never_committed_is_told(root: Path) -> None:
    run = measure_and_keep(tell(root, 0, 3)).run_id
    assert not [each for each in examine(root) if each.what == "runs"]
    (root / ".stocktake" / "results" / f"run={run}").rename(root / ".stocktake" / "results" / "run=other")

    assert "run=other" in found(root, "runs").told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("connector: files\npath: nowhere.json\n", "no such path: nowhere.json"),
        ("connector: files\npath: ${NOWHERE_SET}\n", "the environment variable NOWHERE_SET is not set"),
        ("connector: filse\npath: told\n", "no connector is called 'filse'"),
    ],
)
def test_what_a_source_lacks_is_told(root: Path, text: str, told: str) -> None:
    finding = source(root, text)

    assert (finding.is_well, finding.told) == (False, told)
    assert finding.fix


def test_a_server_that_does_not_answer_is_told(root: Path) -> None:
    with answering((200, {})) as url:
        assert source(root, f"connector: mlflow\nurl: {url}\n") == Finding(
            "source other", True, "mlflow, its server answers"
        )
    assert not source(root, f"connector: mlflow\nurl: http://127.0.0.1:{free_port()}\n").is_well


@pytest.mark.parametrize(
    ("engine", "told", "fix"),
    [
        ("{kind: trino, address: 'http://127.0.0.1:1'}", "no answer from 127.0.0.1", "start it"),
        ("{kind: presto, address: 'https://a', password: '${NOWHERE_SET}'}", "NOWHERE_SET is not set", "export"),
        ("{kind: spark, master: 'sc://127.0.0.1:1'}", "it can't be reached", "Spark Connect"),
        ("{kind: trino, adress: 'http://a.example'}", "takes no adress", "use some of: address"),
    ],
)
def test_what_an_engine_lacks_is_told(root: Path, engine: str, told: str, fix: str) -> None:
    with (root / "stocktake.yaml").open("a", encoding="utf-8") as file:
        file.write(f"engines:\n  shared: {engine}\n")

    finding = next(each for each in examine(root) if each.what == "engine shared" and told in each.told)
    assert not finding.is_well
    assert fix in finding.fix
