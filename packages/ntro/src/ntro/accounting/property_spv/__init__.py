"""A month of a property-holding company: typed inputs and explicit rules give balanced journals and quality checks.

`propose_period_journals` makes the journals, `quality_checks` compares the closed books with the documents. Both are
pure; nothing is assumed that is not in a document or in the entity's `PropertySpvConfig`.
"""

from ntro.accounting.property_spv.checks import quality_checks
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

__all__ = [
    "BankEntry",
    "BankRule",
    "BankStatement",
    "LoanMonth",
    "ManagementFee",
    "PeriodInputs",
    "PropertySpvConfig",
    "PropertySpvError",
    "RentRoll",
    "RentRow",
    "SupplierInvoice",
    "SupplierRule",
    "propose_period_journals",
    "quality_checks",
]
