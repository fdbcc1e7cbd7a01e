"""Which cells of an expense a person may change, and to what. Pure."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from ntro_server.errors import Invalid

CellValue = str | Decimal | date | None

_MAX_TEXT = 500
_CURRENCY = re.compile(r"^[A-Z]{3}$")
_LIMIT = Decimal(10) ** 16
_SMALLEST = Decimal("0.0001")


def edited_value(field: str, raw: object) -> CellValue:
    """`raw` as the value of `field`; blank text is none. Amounts come as text or whole numbers, never as floats.

    Raises:
        Invalid: the field may not be edited, or cannot take this value.
    """
    read = _READERS.get(field)
    if read is None:
        raise Invalid(
            f"Field {field} of an expense cannot be edited.", hint=f"Editable: {', '.join(sorted(_READERS))}."
        )
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise Invalid(f"The value of {field} must be text, a number or null.")
    text = str(raw).strip()
    return read(field, text) if text else None


def check_amounts(amount_gross: Decimal | None, vat_amount: Decimal | None) -> None:
    """Raises `Invalid` where the tax is larger than the gross amount that contains it."""
    if amount_gross is not None and vat_amount is not None and vat_amount > amount_gross:
        raise Invalid("vat_amount is larger than amount_gross.")


def _text(field: str, text: str) -> str:
    if len(text) > _MAX_TEXT:
        raise Invalid(f"{field} is longer than {_MAX_TEXT} characters.")
    return text


def _currency(field: str, text: str) -> str:
    if not _CURRENCY.match(text.upper()):
        raise Invalid(f"{field} must be three letters such as GBP.")
    return text.upper()


def _date(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{field} must be a date such as 2026-03-31.") from error


def _gross(field: str, text: str) -> Decimal:
    amount = _amount(field, text)
    if amount <= 0:
        raise Invalid(f"{field} must be above zero.")
    return amount


def _tax(field: str, text: str) -> Decimal:
    amount = _amount(field, text)
    if amount < 0:
        raise Invalid(f"{field} must not be below zero.")
    return amount


def _amount(field: str, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise Invalid(f"{field} must be a decimal number such as 120.50.") from error
    if not amount.is_finite() or abs(amount) >= _LIMIT or amount != amount.quantize(_SMALLEST):
        raise Invalid(f"{field} must be a number below {_LIMIT:f} with at most four decimals.")
    return amount


_READERS: dict[str, Callable[[str, str], CellValue]] = {
    "vendor": _text,
    "payment_method": _text,
    "notes": _text,
    "category": _text,
    "category_source": _text,
    "currency": _currency,
    "expense_date": _date,
    "amount_gross": _gross,
    "vat_amount": _tax,
}
