"""Ledger-shaped tables of one entity and task: typed rows, a life cycle, and a handle to work with them."""

from ntro.subledger.handle import SubledgerHandle, open  # noqa: A004  # the contract's name
from ntro.subledger.registry import TypeAlreadyRegisteredError, TypeNotRegisteredError, register_type
from ntro.subledger.row import Row
from ntro.subledger.status import IllegalTransitionError, SubledgerStatus, transition
from ntro.subledger.types import expenses, journal_proposals  # noqa: F401  # importing them registers them

__all__ = [
    "IllegalTransitionError",
    "Row",
    "SubledgerHandle",
    "SubledgerStatus",
    "TypeAlreadyRegisteredError",
    "TypeNotRegisteredError",
    "open",
    "register_type",
    "transition",
]
