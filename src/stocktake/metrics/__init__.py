"""Metrics: what is asked of each artifact, scored in one pass per table, rolled up to models, nodes and populations."""

from stocktake.metrics.cases import case_problems
from stocktake.metrics.load import load
from stocktake.metrics.roll_up import Rollups, roll_up
from stocktake.metrics.score import Scores, score
from stocktake.metrics.spec import Bucket, Catalogue, Grain, Group, Method, Metric
from stocktake.metrics.walk import children_of, node_of, pairs_of, parts

__all__ = [
    "Bucket",
    "Catalogue",
    "Grain",
    "Group",
    "Method",
    "Metric",
    "Rollups",
    "Scores",
    "case_problems",
    "children_of",
    "load",
    "node_of",
    "pairs_of",
    "parts",
    "roll_up",
    "score",
]
