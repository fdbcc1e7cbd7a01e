"""Committed documents as the typed inputs of a month. Pure."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from ntro.accounting.amounts import ZERO, exact_amount, total
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv.config import PropertySpvError
from ntro.accounting.property_spv.inputs import BankStatement, LoanMonth, PeriodInputs, RentRoll, SupplierInvoice
from ntro.capabilities.documents.invoice import CREDIT_NOTE_TYPES
from ntro.capabilities.documents.schemas import KIND_SLUGS, kind_of_schema
from ntro.types.validation import in_words

_ARREARS_BY_AGE = ("arrears_30d", "arrears_60d", "arrears_90d_plus")
_INVOICE_AMOUNTS = ("tax_basis", "tax_total", "grand_total")
_Typed = TypeVar("_Typed")


@dataclass(frozen=True, slots=True)
class CommittedDocument:
    """A committed document: the slot it was for, its schema, its reference and its payload."""

    source: str
    schema_slug: str
    document_ref: str
    payload: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The kind that the schema stands for: `rent-roll` for `rent-roll-zenko`.

        Raises:
            DocumentRefusedError: it stands for none.
        """
        return KIND_SLUGS[kind_of_schema(self.schema_slug)]

    @property
    def fields(self) -> dict[str, Any]:
        """What was read for the document as a whole; a field without a value is left out."""
        return {name: value for name, value in (self.payload.get("fields") or {}).items() if value is not None}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was read line by line."""
        return list(self.payload.get("line_items") or [])

    def typed(self, read: Callable[[], _Typed]) -> _Typed:
        """What `read` makes of the document.

        Raises:
            PropertySpvError: a figure is missing or does not fit; it names the slot and each place.
        """
        try:
            return read()
        except ValidationError as error:
            raise PropertySpvError(f"The document of {self.source} cannot be used: {in_words(error)}.") from error


def opening_balance(
    documents: Sequence[CommittedDocument], *, entity_slug: str, period: str, currency: str
) -> TrialBalanceReport:
    """The opening trial balance, in `currency` where the document names none.

    Raises:
        PropertySpvError: there is none, or more than one.
    """
    document = _only(documents, "trial-balance")
    if document is None:
        raise PropertySpvError("No trial balance was committed; add one to the expected documents.")
    report = TrialBalanceReport.from_extracted_payload(document.payload, period, entity_slug)
    return report.model_copy(update={"currency": document.fields.get("currency") or currency})


def period_inputs(
    documents: Sequence[CommittedDocument], *, entity_slug: str, period: str, currency: str
) -> PeriodInputs:
    """The month's documents, typed; each figure knows the document and row it comes from.

    Raises:
        PropertySpvError: a document lacks what a month needs, or there are two of a kind that a month has one of.
        DocumentRefusedError: a schema stands for no kind of document.
    """
    year, month = map(int, period.split("-"))
    return PeriodInputs(
        entity_slug=entity_slug,
        period=period,
        posting_date=date(year, month, monthrange(year, month)[1]),
        rent_roll=_rent_roll(_only(documents, "rent-roll")),
        bank_statement=_bank_statement(_only(documents, "bank-statement")),
        invoices=tuple(_invoice(item) for item in documents if item.kind == "invoice"),
        loan=_loan(_only(documents, "loan-agreement"), currency),
    )


def _only(documents: Sequence[CommittedDocument], kind: str) -> CommittedDocument | None:
    found = [document for document in documents if document.kind == kind]
    if len(found) > 1:
        slots = ", ".join(document.source for document in found)
        raise PropertySpvError(f"{slots} are all of the kind {kind}; a month takes one.")
    return found[0] if found else None


def _rent_roll(document: CommittedDocument | None) -> RentRoll | None:
    """The rent roll; a unit's arrears are the sum of its ages where the roll gives ages."""
    if document is None:
        return None
    rows = [{**row, "arrears": row.get("arrears") or _arrears_by_age(row)} for row in document.rows]
    return document.typed(lambda: RentRoll.from_payload({"rows": rows}, document.document_ref))


def _arrears_by_age(row: Mapping[str, Any]) -> Decimal | None:
    ages = [exact_amount(row[key], key) for key in _ARREARS_BY_AGE if row.get(key) not in (None, "")]
    return total(ages) if ages else None


def _bank_statement(document: CommittedDocument | None) -> BankStatement | None:
    """The month's one statement; entries that are not booked yet are left out."""
    if document is None:
        return None
    fields = document.fields
    if (count := len(fields.get("statements") or ())) > 1:
        raise PropertySpvError(
            f"The document of {document.source} holds {count} bank statements; a month takes one."
            " Ask the bank for the statement of one account and one month."
        )
    booked = [row for row in document.rows if row.get("status") in (None, "booked")]
    entries = [{**row, "reference": _entry_text(row)} for row in booked]
    payload = {**fields, "account": fields.get("account") or "", "entries": entries}
    return document.typed(lambda: BankStatement.from_payload(payload, document.document_ref))


def _entry_text(row: Mapping[str, Any]) -> str:
    """What an entry says, for rules that look for words."""
    return " ".join(dict.fromkeys(str(row[key]) for key in ("description", "reference") if row.get(key)))


def _invoice(document: CommittedDocument) -> SupplierInvoice:
    """An invoice or credit note. An invoice over a negative total is a credit note over a positive one."""
    fields = document.fields
    amounts = {name: exact_amount(fields[name], name) for name in _INVOICE_AMOUNTS if name in fields}
    is_negative = amounts.get("grand_total", ZERO) < 0
    if is_negative:
        amounts = {name: amount.copy_negate() if amount else amount for name, amount in amounts.items()}
    is_credit = (fields.get("type_code") in CREDIT_NOTE_TYPES) != is_negative
    payload = {**fields, **amounts, "is_credit": is_credit}
    return document.typed(lambda: SupplierInvoice.from_payload(payload, document.document_ref))


def _loan(document: CommittedDocument | None, currency: str) -> LoanMonth | None:
    """What the loan asks for this month. Its `principal` is the whole loan, `monthly_principal` the repayment."""
    if document is None:
        return None
    fields = document.fields
    payload = {
        "lender": fields.get("lender"),
        "reference": fields.get("loan_reference") or "",
        "currency": fields.get("currency") or currency,
        "monthly_interest": fields.get("monthly_interest"),
        "monthly_principal": fields.get("monthly_principal"),
    }
    return document.typed(lambda: LoanMonth.from_payload(payload, document.document_ref))
