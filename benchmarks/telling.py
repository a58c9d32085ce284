"""What every benchmark does with its figures: the middle one of several runs, a table to read, a file to compare."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path("benchmarks/results")
RUNS = 3

Figures = dict[str, Any]


def middle(run: Callable[[], Figures], by: str, runs: int = RUNS) -> Figures:
    """Run it several times, and give the figures of the run in the middle by one of them."""
    return sorted((run() for _ in range(runs)), key=lambda each: float(each[by]))[runs // 2]


def tell(name: str, rows: Sequence[Figures], reached: Mapping[str, bool]) -> int:
    """Print rows as a table and what was reached, and write both as JSON; gives the exit code: 1, a goal is missed.

    name: of the benchmark; the file is `benchmarks/results/<name>.json`. Figures in a dict are in the file alone.
    """
    columns = list(dict.fromkeys(name for row in rows for name, value in row.items() if not isinstance(value, dict)))
    lines = [columns, *([_text(row.get(column)) for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(text.rjust(width) if place else text.ljust(width)
                        for place, (text, width) in enumerate(zip(line, widths, strict=True))))  # fmt: skip
    for goal, is_reached in reached.items():
        print(f"{'reached' if is_reached else 'MISSED'}: {goal}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    machine = {
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }
    path = FOLDER / f"{name}.json"
    path.write_text(
        json.dumps({"benchmark": name, "machine": machine, "rows": rows, "reached": reached}, indent=2) + "\n"
    )
    print(f"written to {path}")
    return 0 if all(reached.values()) else 1


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
