"""Committed documents as the typed inputs of a month. Pure."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ntro.accounting.amounts import exact_amount, total
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv.config import PropertySpvError
from ntro.accounting.property_spv.inputs import BankStatement, LoanMonth, PeriodInputs, RentRoll, SupplierInvoice

_ARREARS_BY_AGE = ("arrears_30d", "arrears_60d", "arrears_90d_plus")
_NAMED = ("currency", "opening", "closing")


@dataclass(frozen=True, slots=True)
class CommittedDocument:
    """A committed document: the slot it was for, its schema, its reference and its payload."""

    source: str
    schema_slug: str
    document_ref: str
    payload: Mapping[str, Any]

    @property
    def fields(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.payload.get("fields") or {}
        return found

    @property
    def stated_fields(self) -> dict[str, Any]:
        """The fields that hold something."""
        return {name: value for name, value in self.fields.items() if value is not None}

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        return list(self.payload.get("line_items") or [])


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
        PropertySpvError: there are two of a kind that a month has one of, or the bank statement has no balances.
        ValidationError: of pydantic; a document lacks what its kind states.
    """
    year, month = map(int, period.split("-"))
    return PeriodInputs(
        entity_slug=entity_slug,
        period=period,
        posting_date=date(year, month, monthrange(year, month)[1]),
        rent_roll=_rent_roll(_only(documents, "rent-roll")),
        bank_statement=_bank_statement(_only(documents, "bank-statement")),
        invoices=tuple(
            SupplierInvoice.from_payload(item.stated_fields, item.document_ref)
            for item in documents
            if item.schema_slug == "invoice"
        ),
        loan=_loan(_only(documents, "loan-agreement"), currency),
    )


def _only(documents: Sequence[CommittedDocument], schema_slug: str) -> CommittedDocument | None:
    found = [document for document in documents if document.schema_slug == schema_slug]
    if len(found) > 1:
        raise PropertySpvError(f"{len(found)} documents are of the kind {schema_slug}; a month takes one.")
    return found[0] if found else None


def _rent_roll(document: CommittedDocument | None) -> RentRoll | None:
    """The rent roll; a unit's arrears are the sum of its ages where the roll gives ages."""
    if document is None:
        return None
    rows = [{**row, "arrears": row.get("arrears") or _sum_of_ages(row)} for row in document.rows]
    return RentRoll.from_payload({"rows": rows}, document.document_ref)


def _sum_of_ages(row: Mapping[str, Any]) -> str | None:
    ages = [exact_amount(row[key], key) for key in _ARREARS_BY_AGE if row.get(key) not in (None, "")]
    return f"{total(ages):f}" if ages else None


def _bank_statement(document: CommittedDocument | None) -> BankStatement | None:
    if document is None:
        return None
    fields = document.fields
    if not fields.get("currency") or fields.get("opening") is None or fields.get("closing") is None:
        raise PropertySpvError(
            "The bank statement must be one statement with a currency, an opening and a closing balance."
        )
    booked = [row for row in document.rows if row.get("status") in (None, "booked")]
    statement = {key: fields[key] for key in _NAMED} | {
        "account": fields.get("account") or "",
        "entries": [{**row, "reference": _entry_text(row)} for row in booked],
    }
    return BankStatement.from_payload(statement, document.document_ref)


def _entry_text(row: Mapping[str, Any]) -> str:
    """What an entry says, for rules that look for words."""
    return " ".join(dict.fromkeys(str(row[key]) for key in ("description", "reference") if row.get(key)))


def _loan(document: CommittedDocument | None, currency: str) -> LoanMonth | None:
    if document is None:
        return None
    return LoanMonth.from_payload({"currency": currency, **document.stated_fields}, document.document_ref)
