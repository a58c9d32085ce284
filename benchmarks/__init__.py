"""Benchmarks: what the design promises, measured."""
