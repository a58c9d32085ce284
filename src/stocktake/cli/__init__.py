"""The command line: it asks the library and prints; it decides nothing."""

from __future__ import annotations


def main() -> None:
    """Run the words of the command line and leave with an exit code.

    0: done. 1: done, and there are problems. 2: wrongly called, not found, or the project is wrong. 3: a plan
    changes something. 130: interrupted.
    """
    import sys

    from stocktake.cli.app import run

    sys.exit(run(sys.argv[1:]))
