"""Cases: given rows and expected rows that stand beside each definition and table, and the runner that checks them."""

from stocktake.cases.case import Case, Verdict
from stocktake.cases.run import check_standards, run_cases

__all__ = ["Case", "Verdict", "check_standards", "run_cases"]
