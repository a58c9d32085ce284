"""Twenty made-up companies for these tests."""

from __future__ import annotations

from tests.estate.holding import holding, root

__all__ = ["holding", "root"]
