"""What the tests of connectors share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.library.repositories import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository."""
    return Repo(tmp_path / "churn-model")
