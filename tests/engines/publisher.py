"""Publishes one run after another, until it is killed: `publisher.py ENGINE ADDRESS URI LAKE SCHEMA FIRST`."""

import sys
from importlib import import_module
from itertools import count
from pathlib import Path

import pyarrow as pa

from stocktake.engines.access import Access
from stocktake.engines.catalogue import Catalogue

ROWS = 3


def tables(run: int) -> dict[str, pa.Table]:
    """Two tables that tell their run in each row; every fifth run has a column more, or less."""
    rows = {"id": list(range(ROWS)), "run": [run] * ROWS}
    further = {"note": ["new"] * ROWS} if run // 5 % 2 else {}
    return {"models": pa.table({**rows, **further}), "owners": pa.table(rows)}


def main(engine: str, address: str, uri: str, lake: str, schema: str, first: str) -> None:
    module = import_module(f"stocktake.engines.{engine}")
    made = getattr(module, engine.title())(Access(address, uri=uri))
    for run in count(int(first)):
        print(run, flush=True)  # noqa: T201
        Catalogue(made, Path(lake), schema).publish(str(run), tables(run))


if __name__ == "__main__":
    main(*sys.argv[1:])
