"""Committed documents as the typed inputs of a month. Pure."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from ntro.accounting.amounts import exact_amount, total
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv import (
    BankStatement,
    LoanMonth,
    PeriodInputs,
    PropertySpvError,
    RentRoll,
    SupplierInvoice,
)
from ntro.capabilities.documents.invoice import CREDIT_NOTE_TYPES
from ntro.types.validation import in_words

from .configuration import kind_of
from .models import NavMonthlyContext

ARREARS = ("arrears_30d", "arrears_60d", "arrears_90d_plus")
INVOICE_AMOUNTS = ("tax_basis", "tax_total", "grand_total")
Typed = TypeVar("Typed")


@dataclass(frozen=True, slots=True)
class CommittedDocument:
    """A committed document of the task: its slot, its schema, its reference and its payload."""

    source: str
    schema_slug: str
    document_ref: str
    payload: Mapping[str, Any]

    @property
    def fields(self) -> dict[str, Any]:
        """What was read for the document as a whole; a field without a value is left out."""
        return {name: value for name, value in (self.payload.get("fields") or {}).items() if value is not None}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was read line by line."""
        return list(self.payload.get("line_items") or [])

    def typed(self, read: Callable[[], Typed]) -> Typed:
        """What `read` makes of the document.

        Raises:
            PropertySpvError: a figure is missing or does not fit; it names the slot and each place.
        """
        try:
            return read()
        except ValidationError as error:
            raise PropertySpvError(f"The document of {self.source} cannot be used: {in_words(error)}.") from error


def opening_balance(context: NavMonthlyContext, documents: Sequence[CommittedDocument]) -> TrialBalanceReport:
    """The opening trial balance.

    Raises:
        PropertySpvError: there is none, or more than one.
        ValueError: an account has no code or an unreadable amount.
    """
    document = only(documents, "trial-balance")
    if document is None:
        raise PropertySpvError("No trial balance was committed; add one to the expected documents.")
    report = TrialBalanceReport.from_extracted_payload(document.payload, context.period, context.entity_slug)
    return report.model_copy(update={"currency": document.fields.get("currency") or context.books.currency})


def period_inputs(context: NavMonthlyContext, documents: Sequence[CommittedDocument]) -> PeriodInputs:
    """The month's documents, typed; each figure knows the document and row it comes from.

    Raises:
        PropertySpvError: a document lacks what a month needs; it names the document.
    """
    year, month = map(int, context.period.split("-"))
    invoices = [item for item in documents if kind_of(item.schema_slug) == "invoice"]
    return PeriodInputs(
        entity_slug=context.entity_slug,
        period=context.period,
        posting_date=date(year, month, monthrange(year, month)[1]),
        rent_roll=rent_roll(only(documents, "rent-roll")),
        bank_statement=bank_statement(only(documents, "bank-statement")),
        invoices=tuple(invoice(item) for item in invoices),
        loan=loan(only(documents, "loan-agreement"), context),
    )


def only(documents: Sequence[CommittedDocument], kind: str) -> CommittedDocument | None:
    """The one document of a kind; none where the entity has none.

    Raises:
        PropertySpvError: there is more than one.
    """
    found = [document for document in documents if kind_of(document.schema_slug) == kind]
    if len(found) > 1:
        slots = ", ".join(document.source for document in found)
        raise PropertySpvError(f"{slots} are all of the kind {kind}; a month takes one.")
    return found[0] if found else None


def rent_roll(document: CommittedDocument | None) -> RentRoll | None:
    """The rent roll; a unit's arrears are the sum of its ages where the roll gives ages."""
    if document is None:
        return None
    rows = [{**row, "arrears": row.get("arrears") or arrears_by_age(row)} for row in document.rows]
    return document.typed(lambda: RentRoll.from_payload({"rows": rows}, document.document_ref))


def arrears_by_age(row: Mapping[str, Any]) -> Decimal | None:
    """The sum of a row's arrears by age, or none where it has no ages."""
    ages = [exact_amount(row[key], key) for key in ARREARS if row.get(key) not in (None, "")]
    return total(ages) if ages else None


def bank_statement(document: CommittedDocument | None) -> BankStatement | None:
    """The month's one statement; entries that are not booked yet are left out.

    Raises:
        PropertySpvError: the document holds several statements, or one without currency or balances.
    """
    if document is None:
        return None
    fields = document.fields
    if (count := len(fields.get("statements") or ())) > 1:
        raise PropertySpvError(
            f"The document of {document.source} holds {count} bank statements; a month takes one."
            " Ask the bank for the statement of one account and one month."
        )
    entries = [{**row, "reference": entry_text(row)} for row in document.rows if row.get("status") in (None, "booked")]
    payload = {**fields, "account": fields.get("account") or "", "entries": entries}
    return document.typed(lambda: BankStatement.from_payload(payload, document.document_ref))


def entry_text(row: Mapping[str, Any]) -> str:
    """What an entry says, for rules that look for words."""
    return " ".join(dict.fromkeys(str(row[key]) for key in ("description", "reference") if row.get(key)))


def invoice(document: CommittedDocument) -> SupplierInvoice:
    """A supplier's invoice or credit note. An invoice over a negative total is a credit note over a positive one."""
    fields = document.fields
    amounts = {name: exact_amount(fields[name], name) for name in INVOICE_AMOUNTS if name in fields}
    is_negative = amounts.get("grand_total", Decimal(0)) < 0
    if is_negative:
        amounts = {name: amount.copy_negate() if amount else amount for name, amount in amounts.items()}
    is_credit = (fields.get("type_code") in CREDIT_NOTE_TYPES) != is_negative
    payload = {**fields, **amounts, "is_credit": is_credit}
    return document.typed(lambda: SupplierInvoice.from_payload(payload, document.document_ref))


def loan(document: CommittedDocument | None, context: NavMonthlyContext) -> LoanMonth | None:
    """What the loan asks for this month. Its `principal` is the whole loan, `monthly_principal` the repayment."""
    if document is None:
        return None
    fields = document.fields
    payload = {
        "lender": fields.get("lender"),
        "reference": fields.get("loan_reference") or "",
        "currency": fields.get("currency") or context.books.currency,
        "monthly_interest": fields.get("monthly_interest"),
        "monthly_principal": fields.get("monthly_principal"),
    }
    return document.typed(lambda: LoanMonth.from_payload(payload, document.document_ref))
