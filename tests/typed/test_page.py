"""The page on Python shows what happens: its examples are run."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest
from tests.demo.estate import Estate

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "use-from-python.md"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.REPORT_NDIFF


def test_the_examples_of_the_page_give_what_it_shows(
    acme: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shutil.copytree(acme.folder, tmp_path / "acme"))
    found = doctest.testfile(str(PAGE), module_relative=False, optionflags=OPTIONS)

    assert found.attempted > 15
    assert found.failed == 0, capsys.readouterr().out
