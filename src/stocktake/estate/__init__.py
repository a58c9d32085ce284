"""A made-up company whose truth is known, written in the formats of real tools.

`generate` writes what each tool would answer, so that it goes through the same connectors as real data, and beside it
the truth: every real thing, which records speak of it, and which planted mess touches it. It is data for demonstrations
and tests: it knows nothing of how Stocktake reads, and only imports errors.
"""

from stocktake.estate.generate import Size, generate

__all__ = ["Size", "generate"]
