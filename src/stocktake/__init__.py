"""Stocktake takes stock of machine-learning models: one graph, agreed definitions, maturity metrics, explained."""

__version__ = "0.1.0"
