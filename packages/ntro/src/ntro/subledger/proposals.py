"""What a subledger proposes to a general ledger: bills, journals, parties, in the unified shape of ledger providers.

Amounts are exact decimals throughout. `idempotency_key` says what is posted, so that it is posted once.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from ntro.money import ExactAmount
from ntro.types.currencies import CurrencyCode


class LedgerAccountRef(BaseModel):
    """An account of the general ledger by its nominal code."""

    nominal_code: str = Field(min_length=1)


class TaxRateRef(BaseModel):
    """A tax rate of the general ledger by its code."""

    code: str = Field(min_length=1)


class PartyRef(BaseModel):
    """A supplier or customer by name."""

    display_name: str = Field(min_length=1)


class ItemLine(BaseModel):
    """A line of a bill, an invoice or an expense."""

    description: str | None = None
    total_amount: ExactAmount
    ledger_account: LedgerAccountRef
    tax_rate: TaxRateRef | None = None


class JournalItemLine(ItemLine):
    """A line of a journal, on one side."""

    type: Literal["Debit", "Credit"]


class _Proposal(BaseModel):
    source_row_ids: list[UUID] = Field(default_factory=list)
    subledger_type: str
    idempotency_key: str


class JournalProposal(_Proposal):
    """A balanced journal entry."""

    memo: str | None = None
    posted_at: AwareDatetime
    currency: CurrencyCode | None = None
    line_items: list[JournalItemLine] = Field(min_length=2)


class BillProposal(_Proposal):
    """What is owed to a supplier."""

    supplier: PartyRef
    bill_date: date | None = None
    due_date: date | None = None
    currency: CurrencyCode | None = None
    total: ExactAmount
    total_tax: ExactAmount | None = None
    notes: str | None = None
    line_items: list[ItemLine] = Field(min_length=1)


class InvoiceProposal(_Proposal):
    """What a customer owes."""

    customer: PartyRef
    invoice_date: date | None = None
    due_date: date | None = None
    currency: CurrencyCode | None = None
    total: ExactAmount
    total_tax: ExactAmount | None = None
    line_items: list[ItemLine] = Field(min_length=1)


class ExpenseProposal(_Proposal):
    """Money that was spent from an account."""

    supplier: PartyRef | None = None
    account: LedgerAccountRef
    transaction_date: date
    currency: CurrencyCode | None = None
    total_amount: ExactAmount
    memo: str | None = None
    line_items: list[ItemLine] = Field(min_length=1)


class SupplierProposal(_Proposal, PartyRef):
    """A supplier that the general ledger does not have yet."""

    currency: CurrencyCode | None = None


class CustomerProposal(_Proposal, PartyRef):
    """A customer that the general ledger does not have yet."""

    currency: CurrencyCode | None = None


GLProposal = JournalProposal | BillProposal | InvoiceProposal | ExpenseProposal | SupplierProposal | CustomerProposal


def make_idempotency_key(*, subledger_type: str, task_id: UUID | str, row_id: UUID | str, suffix: str = "") -> str:
    """`<subledger type>:<task>:<row>`, and `:<suffix>` where one row is posted in several parts."""
    key = f"{subledger_type}:{task_id}:{row_id}"
    return f"{key}:{suffix}" if suffix else key
