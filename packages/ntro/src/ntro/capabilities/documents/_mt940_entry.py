"""Field 61 of MT940: one movement on an account."""

import re
from datetime import date
from decimal import Decimal

from ntro.capabilities.documents.bank_statement import BankEntry
from ntro.capabilities.documents.reading import IssueLog

# SWIFT 61: value date, entry date, mark, third letter of the currency, amount with its comma, type, references.
_ENTRY = re.compile(
    r"(?P<value>[0-9]{6})\s*(?P<entry>[0-9]{4})?\s*"
    r"(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?\s*"
    r"(?P<whole>[0-9]{1,15}),(?P<cents>[0-9]{0,6})"
    r"(?P<type>[A-Z][A-Z0-9 ]{3})?(?P<rest>.*)"
)
_NO_REFERENCE = {"", "NONREF"}


def parse_entry(lines: list[str], where: str, issues: IssueLog) -> BankEntry | None:
    """The movement that field 61 spells, money in positive; an issue and `None` where it does not spell one.

    An amount must have its comma: `C500` can be five hundred or five, so it is not guessed.
    """
    first = lines[0].strip()
    match = _ENTRY.fullmatch(first)
    if match is None:
        issues.add("unparsed_line", f"this entry is not readable and not counted: {first[:120]!r}", where)
        return None
    value = short_date(match["value"], where, issues)
    reference, _, bank_reference = match["rest"].partition("//")
    customer = " ".join(reference.split())
    bank = " ".join(bank_reference.split())
    details = " ".join(" ".join(lines[1:]).split())
    return BankEntry(
        day=value,
        amount=_signed(match["mark"], match["whole"], match["cents"]),
        currency=None,
        reference=next((found for found in (customer, bank) if found.upper() not in _NO_REFERENCE), None),
        description=details or None,
        where=where,
        value_date=value,
        booking_date=booking_date(match["entry"], match["value"]),
        bank_reference=bank if bank.upper() not in _NO_REFERENCE else None,
        status="pending" if match["mark"].startswith("E") else "booked",
        is_reversal=match["mark"].startswith("R"),
    )


def _signed(mark: str, whole: str, cents: str) -> Decimal:
    """`C` and the reversal of a debit bring money in, `D` and the reversal of a credit take it out."""
    amount = Decimal(f"{int(whole)}.{cents}" if cents else str(int(whole)))
    takes_out = mark in {"D", "RC", "ED"}
    return amount.copy_negate() if takes_out and not amount.is_zero() else amount


def short_date(written: str, where: str, issues: IssueLog) -> date | None:
    """A date written `YYMMDD`; years 80 to 99 are of the last century."""
    year = int(written[:2])
    try:
        return date(1900 + year if year >= 80 else 2000 + year, int(written[2:4]), int(written[4:6]))
    except ValueError:
        issues.add("unknown_date", f"{written!r} is no day of the calendar", where)
        return None


def booking_date(written: str | None, value_date: str) -> date | None:
    """The entry date `MMDD` in the year that brings it nearest to the value date; `None` where it is no date."""
    if written is None:
        return None
    short = int(value_date[:2])
    year = 1900 + short if short >= 80 else 2000 + short
    value_month, month = int(value_date[2:4]), int(written[:2])
    if month - value_month > 6:
        year -= 1
    elif value_month - month > 6:
        year += 1
    try:
        return date(year, month, int(written[2:4]))
    except ValueError:
        return None
