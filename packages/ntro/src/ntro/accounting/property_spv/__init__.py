"""A month of a property-holding company: typed inputs and explicit rules give balanced journals and quality checks.

`propose_period_journals` makes the journals, `quality_checks` compares the closed books with the documents. Both are
pure; nothing is assumed that is not in a document or in the entity's `PropertySpvConfig`.
"""

from ntro.accounting.property_spv.checks import quality_checks
from ntro.accounting.property_spv.committed import CommittedDocument, opening_balance, period_inputs
from ntro.accounting.property_spv.config import (
    BankRule,
    ManagementFee,
    PropertySpvConfig,
    PropertySpvError,
    SupplierRule,
)
from ntro.accounting.property_spv.inputs import (
    BankEntry,
    BankStatement,
    LoanMonth,
    PeriodInputs,
    RentRoll,
    RentRow,
    SupplierInvoice,
)
from ntro.accounting.property_spv.journals import propose_period_journals
from ntro.accounting.property_spv.month import MonthBasis, MonthJournals, checked_month, propose_month

__all__ = [
    "BankEntry",
    "BankRule",
    "BankStatement",
    "CommittedDocument",
    "LoanMonth",
    "ManagementFee",
    "MonthBasis",
    "MonthJournals",
    "PeriodInputs",
    "PropertySpvConfig",
    "PropertySpvError",
    "RentRoll",
    "RentRow",
    "SupplierInvoice",
    "SupplierRule",
    "checked_month",
    "opening_balance",
    "period_inputs",
    "propose_month",
    "propose_period_journals",
    "quality_checks",
]
