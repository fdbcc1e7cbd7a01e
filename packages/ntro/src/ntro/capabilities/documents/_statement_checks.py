"""Checks that every bank statement passes through, whatever its format."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ntro.capabilities.documents.bank_statement import BankEntry, BankStatement
from ntro.capabilities.documents.reading import IssueLog
from ntro.money import EXACT, exact_text


def checked(statement: BankStatement, where: str, issues: IssueLog) -> BankStatement:
    """`statement` with `reconciles` and `difference`, after noting in `issues` what a person must look at."""
    if statement.currency is None:
        issues.add("missing_currency", "the statement names no currency", where)
    for entry in statement.entries:
        if entry.status == "pending":
            issues.add("pending_entry", "the bank has not booked this entry yet", entry.where)
    _note_duplicates(statement.entries, issues)
    return _reconciled(statement, where, issues)


def check_sequence(statements: Sequence[BankStatement], issues: IssueLog) -> None:
    """Note each gap: a statement that does not open with what the one before it of the same account closed with."""
    last: dict[str | None, BankStatement] = {}
    for number, statement in enumerate(statements, start=1):
        before = last.get(statement.account)
        last[statement.account] = statement
        closing, opening = before.closing if before else None, statement.opening
        if closing is None or opening is None or closing.amount is None or opening.amount is None:
            continue
        if (closing.amount, closing.currency) != (opening.amount, opening.currency):
            issues.add(
                "gap_between_statements",
                f"opens with {exact_text(opening.amount)}, the one before closed with {exact_text(closing.amount)}",
                f"statement {number}",
            )


def _note_duplicates(entries: Sequence[BankEntry], issues: IssueLog) -> None:
    seen: dict[tuple[object, ...], str] = {}
    for entry in entries:
        if entry.reference is None:
            continue
        key = (entry.reference, entry.day, entry.amount, entry.description)
        if key in seen:
            issues.add("duplicate_entry", f"the same entry stands at {seen[key]}", entry.where)
        seen.setdefault(key, entry.where)


def _reconciled(statement: BankStatement, where: str, issues: IssueLog) -> BankStatement:
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None or opening.amount is None or closing.amount is None:
        return statement
    booked = [entry for entry in statement.entries if entry.status == "booked"]
    currencies = {opening.currency, closing.currency, *(entry.currency for entry in booked)}
    if len(currencies) > 1:
        names = ", ".join(sorted(str(currency) for currency in currencies))
        issues.add("mixed_currencies", f"balances and entries are in different currencies: {names}", where)
        return replace(statement, reconciles=False)
    total = Decimal(0)
    for entry in booked:
        if entry.amount is None:
            return replace(statement, reconciles=False)
        total = EXACT.add(total, entry.amount)
    difference = EXACT.subtract(EXACT.subtract(closing.amount, opening.amount), total)
    if not difference.is_zero():
        issues.add(
            "does_not_reconcile",
            f"opening {exact_text(opening.amount)} and entries {exact_text(total)} give another closing balance than "
            f"{exact_text(closing.amount)}; the difference is {exact_text(difference)}",
            where,
        )
    return replace(statement, reconciles=difference.is_zero(), difference=difference)
