"""The README's commands say what is missing on a machine that can't run them."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "tasks.py"


@pytest.fixture
def tasks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tasks_of_the_house", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answering(codes: dict[str, int]) -> Any:
    """A stand-in for running a program: its exit code by the first of these words that is in the command."""

    def run(command: list[str], **_: Any) -> SimpleNamespace:
        return SimpleNamespace(returncode=next((code for word, code in codes.items() if word in command), 0))

    return run


def test_a_python_with_pip_uses_it(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", answering({"pip": 0}))

    assert tasks.pip_command()[1:] == ["-m", "pip"]


def test_a_python_without_pip_gets_it_from_an_environment(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", answering({"pip": 1, "venv": 0}))

    assert ".venv-pip" in tasks.pip_command()[0]


def test_a_python_with_neither_pip_nor_venv_is_told_what_to_install(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "run", answering({"pip": 1, "venv": 1}))
    with pytest.raises(SystemExit) as left:
        tasks.pip_command()

    assert left.value.code == 2
    assert "apt install python3-venv" in capsys.readouterr().err


def test_an_older_python_is_told_so(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tasks.sys, "version_info", (3, 9, 2))

    assert tasks.main(["demo"]) == 2
    assert "needs Python 3.11 or later; this is 3.9" in capsys.readouterr().err


def test_an_unknown_task_shows_the_tasks(tasks: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main(["dance"]) == 2
    assert "tasks.py demo" in capsys.readouterr().err


def test_checks_that_fail_are_named_and_the_others_still_run(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(tasks, "run", lambda *words: ran.append(words[0]) or int(words[0] == "mypy"))

    assert tasks.check() == 1
    assert capsys.readouterr().err == "failed:\nmypy\n"
    assert ran[-1] == "python"
