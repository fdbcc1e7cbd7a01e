"""Committed documents as the typed inputs of a month. Pure."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv import (
    BankStatement,
    LoanMonth,
    PeriodInputs,
    PropertySpvError,
    RentRoll,
    SupplierInvoice,
)

from .models import NavMonthlyContext

ARREARS = ("arrears_30d", "arrears_60d", "arrears_90d_plus")


class CommittedDocument:
    """A committed document of the task: its slot, its schema, its reference and its payload."""

    def __init__(self, source: str, schema_slug: str, document_ref: str, payload: Mapping[str, Any]) -> None:
        self.source = source
        self.schema_slug = schema_slug
        self.document_ref = document_ref
        self.payload = payload

    @property
    def fields(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.payload.get("fields") or {}
        return found

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        return list(self.payload.get("line_items") or [])


def opening_balance(context: NavMonthlyContext, documents: Sequence[CommittedDocument]) -> TrialBalanceReport:
    """The opening trial balance.

    Raises:
        PropertySpvError: there is none, or more than one.
    """
    document = only(documents, "trial-balance")
    if document is None:
        raise PropertySpvError("No trial balance was committed; add one to the expected documents.")
    report = TrialBalanceReport.from_extracted_payload(document.payload, context.period, context.entity_slug)
    currency = document.fields.get("currency") or context.books.currency
    return report.model_copy(update={"currency": currency})


def period_inputs(context: NavMonthlyContext, documents: Sequence[CommittedDocument]) -> PeriodInputs:
    """The month's documents, typed; each figure knows the document and row it comes from."""
    year, month = map(int, context.period.split("-"))
    return PeriodInputs(
        entity_slug=context.entity_slug,
        period=context.period,
        posting_date=date(year, month, monthrange(year, month)[1]),
        rent_roll=rent_roll(only(documents, "rent-roll")),
        bank_statement=bank_statement(only(documents, "bank-statement")),
        invoices=tuple(invoice(item) for item in documents if item.schema_slug == "invoice"),
        loan=loan(only(documents, "loan-agreement"), context),
    )


def only(documents: Sequence[CommittedDocument], schema_slug: str) -> CommittedDocument | None:
    """The one document of a schema.

    Raises:
        PropertySpvError: there is more than one.
    """
    found = [document for document in documents if document.schema_slug == schema_slug]
    if len(found) > 1:
        raise PropertySpvError(f"{len(found)} documents are of the kind {schema_slug}; a month takes one.")
    return found[0] if found else None


def rent_roll(document: CommittedDocument | None) -> RentRoll | None:
    """The rent roll; a unit's arrears are the sum of its ages where the roll gives ages."""
    if document is None:
        return None
    rows = [{**row, "arrears": row.get("arrears") or summed(row)} for row in document.rows]
    return RentRoll.from_payload({"rows": rows}, document.document_ref)


def summed(row: Mapping[str, Any]) -> str | None:
    """The sum of a row's arrears by age, or none where it has no ages."""
    ages = [Decimal(str(row[key])) for key in ARREARS if row.get(key) not in (None, "")]
    return str(sum(ages, Decimal(0))) if ages else None


def bank_statement(document: CommittedDocument | None) -> BankStatement | None:
    """The month's one statement.

    Raises:
        PropertySpvError: the document holds several statements, or one without balances.
    """
    if document is None:
        return None
    fields = document.fields
    if not fields.get("currency") or fields.get("opening") is None or fields.get("closing") is None:
        raise PropertySpvError(
            "The bank statement must be one statement with a currency, an opening and a closing balance."
        )
    entries = [{**row, "reference": entry_text(row)} for row in document.rows if row.get("status") in (None, "booked")]
    named = {key: fields[key] for key in ("currency", "opening", "closing")}
    return BankStatement.from_payload(
        {**named, "account": fields.get("account") or "", "entries": entries}, document.document_ref
    )


def entry_text(row: Mapping[str, Any]) -> str:
    """What an entry says, for rules that look for words."""
    return " ".join(dict.fromkeys(str(row[key]) for key in ("description", "reference") if row.get(key)))


def invoice(document: CommittedDocument) -> SupplierInvoice:
    """A supplier's invoice."""
    return SupplierInvoice.from_payload(
        {key: value for key, value in document.fields.items() if value is not None}, document.document_ref
    )


def loan(document: CommittedDocument | None, context: NavMonthlyContext) -> LoanMonth | None:
    """What the loan asks for this month."""
    if document is None:
        return None
    fields = {key: value for key, value in document.fields.items() if value is not None}
    return LoanMonth.from_payload({"currency": context.books.currency, **fields}, document.document_ref)
