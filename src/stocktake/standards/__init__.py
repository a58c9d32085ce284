"""Definitions and tables: SQL files in a portable subset, read, checked, put in order and run over a snapshot."""

from stocktake.standards.layer import layer_schemas, layer_types
from stocktake.standards.load import load_files
from stocktake.standards.run import conform, moment_table, moments_table, run, run_lake
from stocktake.standards.spec import Column, Standard, Standards

__all__ = [
    "Column",
    "Standard",
    "Standards",
    "conform",
    "layer_schemas",
    "layer_types",
    "load_files",
    "moment_table",
    "moments_table",
    "run",
    "run_lake",
]
