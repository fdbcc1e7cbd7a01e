"""Items of a general ledger, by the names of the unified accounting interface. Amounts are exact decimals.

Members that a ledger has beyond these are kept as they came.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ntro.money import ExactAmount


class _Item(BaseModel):
    model_config = ConfigDict(extra="allow")


class LinkedLedgerAccount(_Item):
    """An account that an item is posted to; `nominal_code` is its code in the chart."""

    id: str | None = None
    nominal_code: str | None = None
    code: str | None = None
    name: str | None = None


class LinkedTaxRate(_Item):
    """A tax rate of the ledger."""

    id: str | None = None
    code: str | None = None
    name: str | None = None


class LinkedParty(_Item):
    """A supplier or customer that an item is of."""

    id: str | None = None
    display_id: str | None = None
    display_name: str | None = None
    company_name: str | None = None


class _Line(_Item):
    id: str | None = None
    line_number: int | None = None
    description: str | None = None
    tax_amount: ExactAmount | None = None
    total_amount: ExactAmount | None = None
    tax_rate: LinkedTaxRate | None = None
    ledger_account: LinkedLedgerAccount | None = None


class BillLineItem(_Line):
    """A line of a bill."""

    quantity: ExactAmount | None = None
    unit_price: ExactAmount | None = None


class InvoiceLineItem(_Line):
    """A line of an invoice."""

    quantity: ExactAmount | None = None
    unit_price: ExactAmount | None = None


class ExpenseLineItem(_Line):
    """A line of an expense."""

    account: LinkedLedgerAccount | None = None


class JournalEntryLineItem(_Line):
    """A line of a journal, on one side."""

    type: Literal["Debit", "Credit"]


class _Record(_Item):
    id: str | None = None
    downstream_id: str | None = None
    custom_fields: list[dict[str, Any]] | None = None
    row_version: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class _Document(_Record):
    currency: str | None = None
    currency_rate: ExactAmount | None = None
    reference: str | None = None
    status: str | None = None


class Bill(_Document):
    """What is owed to a supplier."""

    bill_number: str | None = None
    supplier: LinkedParty | None = None
    bill_date: date | None = None
    due_date: date | None = None
    tax_inclusive: bool | None = None
    sub_total: ExactAmount | None = None
    total_tax: ExactAmount | None = None
    total: ExactAmount | None = None
    balance: ExactAmount | None = None
    notes: str | None = None
    line_items: list[BillLineItem] = Field(default_factory=list)


class Invoice(_Document):
    """What a customer owes."""

    number: str | None = None
    customer: LinkedParty | None = None
    invoice_date: date | None = None
    due_date: date | None = None
    tax_inclusive: bool | None = None
    sub_total: ExactAmount | None = None
    total_tax: ExactAmount | None = None
    total: ExactAmount | None = None
    balance: ExactAmount | None = None
    customer_memo: str | None = None
    line_items: list[InvoiceLineItem] = Field(default_factory=list)


class Expense(_Document):
    """Money that was spent from an account."""

    number: str | None = None
    transaction_date: date | None = None
    supplier: LinkedParty | None = None
    account: LinkedLedgerAccount | None = None
    memo: str | None = None
    total_amount: ExactAmount | None = None
    line_items: list[ExpenseLineItem] = Field(default_factory=list)


class JournalEntry(_Document):
    """Lines that are posted together."""

    display_id: str | None = None
    title: str | None = None
    number: str | None = None
    memo: str | None = None
    posted_at: datetime | None = None
    line_items: list[JournalEntryLineItem] = Field(default_factory=list)


class Supplier(_Record):
    """Whom bills come from."""

    display_id: str | None = None
    display_name: str | None = None
    company_name: str | None = None
    currency: str | None = None
    tax_number: str | None = None
    status: str | None = None


class Customer(_Record):
    """Whom invoices go to."""

    display_id: str | None = None
    display_name: str | None = None
    company_name: str | None = None
    currency: str | None = None
    tax_number: str | None = None
    status: str | None = None


class LedgerAccount(_Record):
    """An account of the chart."""

    display_id: str | None = None
    nominal_code: str | None = None
    code: str | None = None
    name: str | None = None
    classification: str | None = None
    type: str | None = None
    currency: str | None = None
    opening_balance: ExactAmount | None = None
    current_balance: ExactAmount | None = None
    active: bool | None = None
    status: str | None = None


__all__ = [
    "Bill",
    "BillLineItem",
    "Customer",
    "Expense",
    "ExpenseLineItem",
    "Invoice",
    "InvoiceLineItem",
    "JournalEntry",
    "JournalEntryLineItem",
    "LedgerAccount",
    "LinkedLedgerAccount",
    "LinkedParty",
    "LinkedTaxRate",
    "Supplier",
]
