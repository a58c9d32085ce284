"""The recorded company for these tests."""

from __future__ import annotations

from tests.demo.estate import acme, confirmed, root

__all__ = ["acme", "confirmed", "root"]
