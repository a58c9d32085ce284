"""SQL engines that run the steps of definitions and tables over a lake of Parquet files."""

from stocktake.engines.protocol import Engine, Step

__all__ = ["Engine", "Step"]
