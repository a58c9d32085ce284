"""The plan: two measurings of one moment compared, that of the published project and that of the changed one."""

from stocktake.plan.plan import Side, plan

__all__ = ["Side", "plan"]
