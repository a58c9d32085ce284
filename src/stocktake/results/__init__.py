"""Results: every run is saved whole or not at all, never changed afterwards, and read back by id or date."""

from stocktake.results.export import FORMATS, export, node_table
from stocktake.results.moments import MOMENTS, Kept, find_kept, is_series, kept
from stocktake.results.read import find, is_of_this_version, names, problems_of, read, read_all
from stocktake.results.save import Finished, save, unfinished

__all__ = [
    "FORMATS",
    "MOMENTS",
    "Finished",
    "Kept",
    "export",
    "find",
    "find_kept",
    "is_of_this_version",
    "is_series",
    "kept",
    "names",
    "node_table",
    "problems_of",
    "read",
    "read_all",
    "save",
    "unfinished",
]
