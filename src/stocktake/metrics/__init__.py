"""Metrics: what is asked of each artifact, scored in one pass per table, rolled up to models, nodes and populations."""

from stocktake.metrics.load import load
from stocktake.metrics.roll_up import Rollups, roll_up
from stocktake.metrics.score import Scores, score
from stocktake.metrics.spec import Bucket, Catalogue, Grain, Group, Method, Metric

__all__ = ["Bucket", "Catalogue", "Grain", "Group", "Method", "Metric", "Rollups", "Scores", "load", "roll_up", "score"]
