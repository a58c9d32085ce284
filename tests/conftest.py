"""What holds for every test: in CI, a real part that is missing is a failure and not a skip."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("thorough")  # pytest --hypothesis-profile=thorough: hours rather than minutes

REASON = "real part missing"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that skips itself because a real part is missing, where real parts are required."""
    report = yield
    return _required(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that skips itself because a real part is missing, where real parts are required."""
    report = yield
    return _required(report)


def _required(report: Any) -> Any:
    """The report, turned into a failure when STOCKTAKE_REQUIRE_REAL=1 and it skipped for want of a real part."""
    if report.skipped and isinstance(report.longrepr, tuple) and os.environ.get("STOCKTAKE_REQUIRE_REAL") == "1":
        path, line, told = report.longrepr
        reason = str(told).removeprefix("Skipped: ")
        if reason.startswith(REASON):
            report.outcome = "failed"
            report.longrepr = f"{path}:{line}: {reason} (STOCKTAKE_REQUIRE_REAL=1 forbids to skip it)"
    return report
