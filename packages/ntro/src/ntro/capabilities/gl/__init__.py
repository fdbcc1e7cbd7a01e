"""General ledgers: the shapes that every ledger's reports are brought into."""

from ntro.capabilities.gl.reports import TBLine, TrialBalanceReport

__all__ = ["TBLine", "TrialBalanceReport"]
