"""Ledger-shaped tables of one entity and task: typed rows, a life cycle, and a handle to work with them."""

from ntro.subledger.changes import RowChange, acting_as
from ntro.subledger.handle import SubledgerHandle, open  # noqa: A004  # the contract's name
from ntro.subledger.registry import TypeAlreadyRegisteredError, TypeNotRegisteredError, register_type
from ntro.subledger.row import Row
from ntro.subledger.status import IllegalTransitionError, SubledgerStatus, transition
from ntro.subledger.types import expenses, journal_proposals, rental_statement  # noqa: F401  # importing registers them

__all__ = [
    "IllegalTransitionError",
    "Row",
    "RowChange",
    "SubledgerHandle",
    "SubledgerStatus",
    "TypeAlreadyRegisteredError",
    "TypeNotRegisteredError",
    "acting_as",
    "open",
    "register_type",
    "transition",
]
