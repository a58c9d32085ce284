"""A skip for want of a real part is a failure where real parts are required."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
CONFTEST = Path(__file__).parents[1] / "conftest.py"
WITHIN = "import pytest\ndef test_it():\n    pytest.skip('real part missing: a server')\n"
MODULE = "import pytest\npytest.skip('real part missing: a server', allow_module_level=True)\n"
OTHER = "import pytest\ndef test_it():\n    pytest.skip('not on this system')\n"


def outcomes(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, test: str, *, required: bool
) -> dict[str, int]:
    monkeypatch.setenv("STOCKTAKE_REQUIRE_REAL", "1" if required else "0")
    pytester.makeconftest(CONFTEST.read_text("utf-8"))
    pytester.makepyfile(test)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes()


def test_a_missing_real_part_skips_on_a_developers_machine(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcomes(pytester, monkeypatch, WITHIN, required=False) == {"skipped": 1}


def test_a_missing_real_part_fails_where_real_parts_are_required(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcomes(pytester, monkeypatch, WITHIN, required=True) == {"failed": 1}


def test_a_whole_module_without_its_real_part_fails_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "errors" in outcomes(pytester, monkeypatch, MODULE, required=True)


def test_a_skip_for_another_reason_stays_a_skip(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcomes(pytester, monkeypatch, OTHER, required=True) == {"skipped": 1}
