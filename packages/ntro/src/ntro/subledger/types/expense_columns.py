"""Expenses as people and agents write them: columns by their usual names, amounts and dates as written. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ntro.money import AmountError, is_known_currency, parse_amount
from ntro.types.dates import parse_forgiving_date

ALIASES: Mapping[str, tuple[str, ...]] = {
    "vendor": ("vendor", "supplier", "merchant", "payee"),
    "amount_gross": ("amount", "amountgross", "gross", "total", "totalamount"),
    "currency": ("currency", "ccy"),
    "expense_date": ("date", "expensedate", "transactiondate"),
    "payment_method": ("paymentmethod", "method"),
    "vat_amount": ("vat", "vatamount", "tax", "taxamount"),
    "notes": ("notes", "description", "memo"),
    "category": ("category", "expensecategory"),
}
"""Columns of an expense and the headings that mean them, without case and punctuation."""

AMOUNT_LIMIT = Decimal(10) ** 16
SMALLEST_AMOUNT = Decimal("0.0001")
"""What a ledger's column holds: amounts below the one, in steps of the other."""

_CODE = re.compile(r"[A-Z]{3}")
_WORD_CODE = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
_SYMBOLS = {"£": "GBP", "€": "EUR"}


@dataclass(frozen=True, slots=True)
class ExpenseReading:
    """The columns that could be read, and what is wrong with the others: `{"field", "code", "message"}` each."""

    fields: dict[str, Any]
    errors: list[dict[str, str]]


class _UnreadableError(ValueError):
    """A cell does not state what its column holds."""


def read_expense(row: Mapping[str, Any], *, default_currency: str) -> ExpenseReading:
    """An expense from a row by column names.

    Amounts are exact; parentheses and a minus mean below zero, which no expense is. A date of two readings is read day
    first. `default_currency` is that of a row which names none.
    """
    given = by_column(row)
    fields: dict[str, Any] = {}
    errors: list[dict[str, str]] = []
    try:
        fields["currency"] = _currency(given, default_currency)
    except _UnreadableError as error:
        errors.append(problem("currency", "invalid", str(error)))
    for name, read in _READERS.items():
        if name in given:
            try:
                fields[name] = read(given[name], fields.get("currency"))
            except _UnreadableError as error:
                errors.append(problem(name, "invalid", str(error)))
        elif name in _REQUIRED:
            errors.append(problem(name, "missing", f"the row has no {name.replace('_gross', '')}"))
    gross, tax = fields.get("amount_gross"), fields.get("vat_amount")
    if gross is not None and tax is not None and tax > gross:
        errors.append(problem("vat_amount", "invalid", "the tax is more than the gross amount"))
    return ExpenseReading(fields, errors)


def by_column(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `row` by the column of an expense that their headings mean; blank ones are left out."""
    named = {re.sub(r"[^a-z0-9]", "", str(heading).casefold()): value for heading, value in row.items()}
    found: dict[str, Any] = {}
    for column, names in ALIASES.items():
        values = (named.get(name) for name in names)
        value = next((value for value in values if value is not None and str(value).strip()), None)
        if value is not None:
            found[column] = value
    return found


def problem(field: str, code: str, message: str) -> dict[str, str]:
    """An entry of `validation_errors`."""
    return {"field": field, "code": code, "message": message}


def _amount(value: Any, currency: str | None) -> Decimal:
    if isinstance(value, bool):
        raise _UnreadableError("a truth value is no amount")
    # The shortest spelling of a JSON number is what was written.
    text = repr(value) if isinstance(value, float) else str(value).strip()
    try:
        amount = Decimal(text) if isinstance(value, int | float | Decimal) else parse_amount(text, currency=currency)
    except AmountError as error:
        raise _UnreadableError(str(error)) from None
    if not amount.is_finite() or abs(amount) >= AMOUNT_LIMIT or amount != amount.quantize(SMALLEST_AMOUNT):
        raise _UnreadableError(f"{text} is no amount below {AMOUNT_LIMIT:f} with at most four decimals")
    return amount


def _gross(value: Any, currency: str | None) -> Decimal:
    amount = _amount(value, currency)
    if amount <= 0:
        raise _UnreadableError(f"{amount} is not above zero; a credit note is no expense")
    return amount


def _tax(value: Any, currency: str | None) -> Decimal:
    amount = _amount(value, currency)
    if amount < 0:
        raise _UnreadableError(f"{amount} is below zero")
    return amount


def _date(value: Any, _currency: str | None) -> date:
    found = parse_forgiving_date(value)
    if found is None:
        raise _UnreadableError(f"{str(value)[:40]!r} states no full date; write YYYY-MM-DD")
    return found


def _text(value: Any, _currency: str | None) -> str:
    return str(value).strip()


def _currency(given: Mapping[str, Any], default: str) -> str:
    stated = str(given["currency"]).strip().upper() if "currency" in given else None
    if stated is not None and not _CODE.fullmatch(stated):
        raise _UnreadableError(f"{stated[:20]!r} is no currency code of three letters")
    written = _currency_in(given.get("amount_gross"))
    if stated and written and stated != written:
        raise _UnreadableError(f"the amount is written in {written}, the currency says {stated}")
    return stated or written or default


def _currency_in(amount: Any) -> str | None:
    """The currency that an amount is written with, by code or by a symbol that stands for one currency."""
    text = amount if isinstance(amount, str) else ""
    codes = {code.upper() for code in _WORD_CODE.findall(text) if is_known_currency(code.upper())}
    codes |= {code for symbol, code in _SYMBOLS.items() if symbol in text}
    return codes.pop() if len(codes) == 1 else None


_REQUIRED = ("vendor", "amount_gross")
_READERS: dict[str, Callable[[Any, str | None], Any]] = {
    "vendor": _text,
    "amount_gross": _gross,
    "vat_amount": _tax,
    "expense_date": _date,
    "payment_method": _text,
    "notes": _text,
    "category": _text,
}
