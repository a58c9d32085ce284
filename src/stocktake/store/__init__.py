"""The store: records, bodies, pulls, runs and project files, append-only, on SQLite."""

from stocktake.store.line import SEEN, VANISHED, Appended, Line, PullEntry
from stocktake.store.store import Store

__all__ = ["SEEN", "VANISHED", "Appended", "Line", "PullEntry", "Store"]
