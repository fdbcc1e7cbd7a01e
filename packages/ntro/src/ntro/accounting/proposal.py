"""A journal that allocates a month's rent documents to the accounts of a GL map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ntro.accounting._documents import Document, amount_of, documents_of, first_amount
from ntro.accounting.amounts import ZERO, Rounding, difference, share_of, total
from ntro.accounting.journals import JournalLine, JournalProposal, SourceRef, TaxCode
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.validation import validate_journal_balance, validate_period_match

__all__ = ["AllocationRates", "propose_allocation_journal"]

_REQUIRED = ("rental_income", "bank")
_OUTFLOWS = {"out", "outflow", "debit", "dr", "payment"}


@dataclass(frozen=True, slots=True)
class AllocationRates:
    """What is accrued beyond the documents, as fractions of one; a rate of `None` accrues nothing."""

    rounding: Rounding
    management_fee: Decimal | None = None
    bad_debt: Decimal | None = None
    places: int = 2


@dataclass(frozen=True, slots=True)
class _Books:
    """Where lines are put: the GL map, and what is known of the rent roll and the bank statement."""

    gl_map: Mapping[str, str]
    roll: Document | None
    bank: Document | None

    def line(
        self,
        role: str,
        description: str,
        amount: Decimal,
        *,
        debit: bool,
        tax: TaxCode | None = None,
        source: Document | None = None,
    ) -> list[JournalLine]:
        """The line, or none where the amount is zero. Amounts below zero are refused by the line."""
        if amount == 0:
            return []
        code = self.gl_map.get(role)
        if not code:
            raise ValueError(f"The GL map has no account for {role!r}, which needs {amount}; add it.")
        refs = (SourceRef(document_ref=source.document_ref),) if source and source.document_ref else ()
        sides = {"debit": amount} if debit else {"credit": amount}
        return [JournalLine(account_code=code, description=description, tax_code=tax, source_refs=refs, **sides)]


def propose_allocation_journal(
    *,
    tb: TrialBalanceReport,
    ingested: Iterable[Any],
    rental_statement_rows: Sequence[Mapping[str, Any]] | None = None,
    gl_map: Mapping[str, str],
    period: str,
    entity_slug: str,
    mortgage_agreement: Any = None,
    validate: bool = True,
    rates: AllocationRates | None = None,
) -> JournalProposal:
    """The journal of a month's rent: received, still owed, deducted by the agent, and the mortgage.

    Deductions are taken once: itemised where the documents itemise them, as their declared total otherwise. Fees and
    provisions are accrued only at `rates`, and a fee only where none was deducted. A mortgage payment is split as its
    agreement says and left out, with a note in `explanation`, where the agreement does not say it.

    Args:
        tb: the starting trial balance; one of kind `opening` must be of `period`.
        ingested: documents with `source` and `extracted_payload` (objects or mappings).
        rental_statement_rows: rows of the rent roll, used instead of a rent-roll document.
        gl_map: account code of each role; `rental_income` and `bank` are required.
        period: `YYYY-MM`.
        entity_slug: the entity.
        mortgage_agreement: the agreement's payload, its figures at the top or under `fields`.
        validate: refuse a journal that does not balance.
        rates: what is accrued beyond the documents; nothing without it.

    Raises:
        ValueError: a role has no account, an amount is unreadable or missing, deductions contradict each other, or
            there is nothing to post.
        ValidationError: of `ntro.accounting.validation`; the trial balance or the journal breaks a rule.
    """
    missing = [role for role in _REQUIRED if not gl_map.get(role)]
    if missing:
        raise ValueError(f"The GL map has no account for {', '.join(missing)}; add it.")
    if validate and tb.kind == "opening":
        validate_period_match(tb, period).raise_if_failed()
    documents = documents_of(ingested)
    roll = Document.of_rows(rental_statement_rows) if rental_statement_rows else _find(documents, "rent-roll")
    books = _Books(gl_map, roll, _find(documents, "bank-statement"))
    notes: list[str] = []
    lines = [*_rent(books, notes), *_accruals(books, rates, notes), *_mortgage(books, mortgage_agreement, notes)]
    if not lines:
        raise ValueError(f"The documents of {period} hold nothing to post.")
    if validate:
        validate_journal_balance(lines).raise_if_failed()
    return JournalProposal(
        entity_slug=entity_slug,
        period=period,
        description=f"Rent allocation {period}",
        currency=tb.currency,
        kind="allocation",
        lines=lines,
        explanation=notes,
    )


def _find(documents: Sequence[Document], name: str) -> Document | None:
    return next((document for document in documents if name in document.name), None)


def _rent(books: _Books, notes: list[str]) -> list[JournalLine]:
    roll = books.roll
    if roll is None:
        return []
    due = first_amount(roll.fields, "total_rent_due")
    if due is None:
        due = total(amount_of(row, "rent_due", "monthly_rent") for row in roll.rows)
    received = _received(books)
    fee, repairs = _deductions(roll)
    arrears = first_amount(roll.fields, "total_arrears")
    if arrears is None:
        arrears = max(difference(due, total((received, fee, repairs))), ZERO)
    notes.append(f"Rent due {due}: {received} received, {fee} and {repairs} deducted, {arrears} still owed.")
    gross = TaxCode.VAT_20_INCLUSIVE
    return [
        *books.line("bank", "Rent received", received, debit=True, source=books.bank or roll),
        *books.line("tenant_arrears", "Rent still owed", arrears, debit=True, source=roll),
        *books.line("mgmt_fees", "Deducted by the agent", fee, debit=True, tax=gross, source=roll),
        *books.line(
            "repairs_maintenance", "Repairs deducted by the agent", repairs, debit=True, tax=gross, source=roll
        ),
        *books.line("rental_income", "Rent due", due, debit=False, tax=TaxCode.NO_VAT, source=roll),
    ]


def _received(books: _Books) -> Decimal:
    """Rent on the bank statement; without a statement what the rent roll says was remitted or received."""
    if books.bank is not None:
        receipts = [row for row in books.bank.rows if row.get("category") == "rent_receipt"]
        if receipts:
            return total(amount_of(row, "amount").copy_abs() for row in receipts)
        remitted = first_amount(books.bank.fields, "net_remittance", "net_bacs_received")
        if remitted is not None:
            return remitted
    roll = books.roll
    remitted = first_amount(roll.fields, "net_remittance", "net_bacs_received") if roll else None
    if remitted is not None:
        return remitted
    return total(first_amount(row, "rent_received", "received") or ZERO for row in (roll.rows if roll else ()))


def _deductions(roll: Document) -> tuple[Decimal, Decimal]:
    """The fee and the repairs that the agent kept back; a declared total without items is all fee."""
    declared = first_amount(roll.fields, "total_deductions")
    fee = first_amount(roll.fields, "management_fee_gross")
    repairs = first_amount(roll.fields, "repairs_gross")
    if fee is None and repairs is None:
        return declared or ZERO, ZERO
    if fee is None and declared is not None and repairs is not None:
        return difference(declared, repairs), repairs
    items = (fee or ZERO, repairs or ZERO)
    if declared is not None and total(items) != declared:
        raise ValueError(f"Deductions are declared as {declared}, but fee and repairs are {items[0]} and {items[1]}.")
    return items


def _accruals(books: _Books, rates: AllocationRates | None, notes: list[str]) -> list[JournalLine]:
    if rates is None or books.roll is None:
        return []
    roll = books.roll
    lines: list[JournalLine] = []
    gross = first_amount(roll.fields, "total_rent_due")
    if gross is None:
        gross = total(amount_of(row, "rent_due", "monthly_rent") for row in roll.rows)
    if rates.management_fee is not None and _deductions(roll)[0] == 0:
        fee = share_of(gross, rates.management_fee, places=rates.places, rounding=rates.rounding)
        notes.append(f"Management fee {fee}: {rates.management_fee} of {gross}.")
        lines += books.line("mgmt_fees_expense", "Management fee", fee, debit=True, source=roll)
        lines += books.line("mgmt_fees_payable", "Management fee", fee, debit=False, source=roll)
    overdue = first_amount(roll.fields, "overdue_arrears_30d", "total_arrears")
    if rates.bad_debt is not None and overdue is not None:
        provision = share_of(overdue, rates.bad_debt, places=rates.places, rounding=rates.rounding)
        notes.append(f"Provision {provision}: {rates.bad_debt} of overdue {overdue}.")
        lines += books.line("bad_debt_expense", "Provision for bad debts", provision, debit=True, source=roll)
        lines += books.line("bad_debt_provision", "Provision for bad debts", provision, debit=False, source=roll)
    return lines


def _mortgage(books: _Books, agreement: Any, notes: list[str]) -> list[JournalLine]:
    if agreement is None or books.bank is None:
        return []
    terms = Document.of(agreement).fields
    interest = first_amount(terms, "monthly_interest", "interest_portion")
    principal = first_amount(terms, "monthly_principal", "principal_portion")
    if interest is None or principal is None:
        notes.append("The mortgage payment is not posted: its agreement does not state interest and principal.")
        return []
    payment = total((interest, principal))
    if not any(_is_payment(row, payment) for row in books.bank.rows):
        notes.append(f"The mortgage is not posted: the bank statement shows no payment of {payment}.")
        return []
    notes.append(f"Mortgage {payment}: interest {interest}, principal {principal}, as the agreement states.")
    return [
        *books.line("mortgage_interest_expense", "Mortgage interest", interest, debit=True, source=books.bank),
        *books.line("loan_principal", "Mortgage principal", principal, debit=True, source=books.bank),
        *books.line("bank", "Mortgage payment", payment, debit=False, source=books.bank),
    ]


def _is_payment(row: Mapping[str, Any], payment: Decimal) -> bool:
    amount = first_amount(row, "amount")
    if amount is None or amount.copy_abs() != payment:
        return False
    text = f"{row.get('description') or ''} {row.get('reference') or ''}".casefold()
    side = str(row.get("side") or row.get("direction") or "").casefold()
    return amount < 0 or side in _OUTFLOWS or "mortgage" in text
