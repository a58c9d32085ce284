"""Explanation: from any number back to the raw records that it rests on, naming each file, rule and roll-up."""

from stocktake.explain.score import Context, explain, targets
from stocktake.explain.tree import Step, leaves

__all__ = ["Context", "Step", "explain", "leaves", "targets"]
