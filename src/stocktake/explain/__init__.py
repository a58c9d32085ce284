"""Explanation: from any number back to the raw records that it rests on, naming each file, rule and roll-up."""

from stocktake.explain.context import Context
from stocktake.explain.explain import explain, focus, targets
from stocktake.explain.tree import OF_MANY, Step, count, leaves, seqs

__all__ = ["OF_MANY", "Context", "Step", "count", "explain", "focus", "leaves", "seqs", "targets"]
