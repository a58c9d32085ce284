"""Metrics: what is asked of each artifact, scored in one pass per table, rolled up to models, nodes and populations."""

from stocktake.metrics.cases import case_problems
from stocktake.metrics.load import load
from stocktake.metrics.roll_up import Rollups, in_order, roll_up, roll_up_lake, slice_again, steps_by_name
from stocktake.metrics.score import Scores, score, score_lake, score_table
from stocktake.metrics.slices import OWNER, Slicing, find_slicing
from stocktake.metrics.spec import Bucket, Catalogue, Grain, Group, Method, Metric, Waiver
from stocktake.metrics.targets import Target, Verdict, judge, load_targets
from stocktake.metrics.waivers import is_waived, load_waivers, waive
from stocktake.metrics.walk import children_of, node_of, pairs_of, parts

__all__ = [
    "OWNER",
    "Bucket",
    "Catalogue",
    "Grain",
    "Group",
    "Method",
    "Metric",
    "Rollups",
    "Scores",
    "Slicing",
    "Target",
    "Verdict",
    "Waiver",
    "case_problems",
    "children_of",
    "find_slicing",
    "in_order",
    "is_waived",
    "judge",
    "load",
    "load_targets",
    "load_waivers",
    "node_of",
    "pairs_of",
    "parts",
    "roll_up",
    "roll_up_lake",
    "score",
    "score_lake",
    "score_table",
    "slice_again",
    "steps_by_name",
    "waive",
]
