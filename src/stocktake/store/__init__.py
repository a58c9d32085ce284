"""The store: records, bodies, pulls, runs and project files, append-only, on SQLite or PostgreSQL."""

from stocktake.store.address import is_server
from stocktake.store.line import SEEN, VANISHED, Appended, Line, Lines, PullEntry
from stocktake.store.store import Store

__all__ = ["SEEN", "VANISHED", "Appended", "Line", "Lines", "PullEntry", "Store", "is_server"]
