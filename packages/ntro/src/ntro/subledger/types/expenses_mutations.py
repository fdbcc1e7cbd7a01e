"""What a person may do to a single expense at a review. Pure: the cell and a run's own page apply the same rules."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from ntro.subledger.status import SubledgerStatus
from ntro.subledger.types.expense_columns import AMOUNT_LIMIT, SMALLEST_AMOUNT

EditableExpenseField = Literal[
    "vendor",
    "currency",
    "expense_date",
    "payment_method",
    "notes",
    "category",
    "category_source",
    "amount_gross",
    "vat_amount",
]
MutationStatus = Literal["OK", "INVALID_TRANSITION", "INVALID_FIELD"]
EDITABLE_FIELDS: tuple[str, ...] = get_args(EditableExpenseField)
MAX_TEXT = 500

_STRICT = ("vendor", "amount_gross", "currency")
_EDITABLE_IN = (SubledgerStatus.NEEDS_ATTENTION, SubledgerStatus.PENDING)
_REJECTABLE_IN = (SubledgerStatus.NEEDS_ATTENTION, SubledgerStatus.REJECTED)
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class MutationResult:
    """Whether a change is allowed; `message` says why not, `value` is what is stored."""

    status: MutationStatus
    message: str | None = None
    value: Any = None

    @property
    def is_ok(self) -> bool:
        """Whether the change is allowed."""
        return self.status == "OK"


_OK = MutationResult("OK")


def can_reject(current_status: str) -> MutationResult:
    """Whether a row of this status may be rejected by itself; one that is rejected may be again."""
    if current_status in _REJECTABLE_IN:
        return _OK
    return MutationResult("INVALID_TRANSITION", f"A row in {current_status} cannot be rejected by itself.")


def coerce_edit_value(field: str, raw: object) -> MutationResult:
    """`raw` as the value of `field`: stripped text, a code in capitals, a date, an exact amount; blank is `None`."""
    read = _READERS.get(field)
    if read is None:
        return _wrong(f"Field {field} of an expense cannot be edited; editable are {', '.join(EDITABLE_FIELDS)}.")
    if raw is None:
        return _OK
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal | date):
        return _wrong(f"The value of {field} must be text, a number or null.")
    text = (repr(raw) if isinstance(raw, float) else str(raw)).strip()
    return read(field, text) if text else _OK


def validate_cross_field_amounts(*, amount_gross: Decimal | None, vat_amount: Decimal | None) -> MutationResult:
    """Whether the tax fits into the gross amount that contains it."""
    if amount_gross is not None and vat_amount is not None and vat_amount > amount_gross:
        return _wrong("vat_amount is larger than amount_gross.")
    return _OK


def edit_cell(row: Mapping[str, Any], field: str, raw: object) -> MutationResult:
    """The columns that an edit changes, as `value`.

    A row that needs attention and is complete afterwards waits for approval: its status changes and its errors go.

    Args:
        row: `status`, `vendor`, `currency`, `amount_gross` and `vat_amount` as they are, amounts as decimals.
        field: the column.
        raw: the new value as it was sent.
    """
    if row["status"] not in _EDITABLE_IN:
        return MutationResult("INVALID_TRANSITION", f"A row in {row['status']} cannot be edited.")
    coerced = coerce_edit_value(field, raw)
    if not coerced.is_ok:
        return coerced
    cells = {**row, field: coerced.value}
    fits = validate_cross_field_amounts(amount_gross=cells["amount_gross"], vat_amount=cells["vat_amount"])
    if not fits.is_ok:
        return fits
    complete = all(cells[name] is not None for name in _STRICT)
    changes: dict[str, Any] = {field: coerced.value}
    if row["status"] == SubledgerStatus.NEEDS_ATTENTION and complete:
        changes |= {"status": SubledgerStatus.PENDING, "validation_errors": None}
    elif row["status"] == SubledgerStatus.PENDING and not complete:
        return _wrong(f"{field} of a pending row cannot be empty.")
    return MutationResult("OK", value=changes)


def _wrong(message: str) -> MutationResult:
    return MutationResult("INVALID_FIELD", message)


def _text(field: str, text: str) -> MutationResult:
    if len(text) > MAX_TEXT:
        return _wrong(f"{field} is longer than {MAX_TEXT} characters.")
    return MutationResult("OK", value=text)


def _currency(field: str, text: str) -> MutationResult:
    code = text.upper()
    return MutationResult("OK", value=code) if _CURRENCY.fullmatch(code) else _wrong(f"{field} is three letters: GBP.")


def _date(field: str, text: str) -> MutationResult:
    try:
        return MutationResult("OK", value=date.fromisoformat(text))
    except ValueError:
        return _wrong(f"{field} must be a date such as 2026-03-31.")


def _gross(field: str, text: str) -> MutationResult:
    amount = _amount(field, text)
    return _wrong(f"{field} must be above zero.") if amount.is_ok and amount.value <= 0 else amount


def _tax(field: str, text: str) -> MutationResult:
    amount = _amount(field, text)
    return _wrong(f"{field} must not be below zero.") if amount.is_ok and amount.value < 0 else amount


def _amount(field: str, text: str) -> MutationResult:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return _wrong(f"{field} must be a decimal number such as 120.50.")
    if not amount.is_finite() or abs(amount) >= AMOUNT_LIMIT or amount != amount.quantize(SMALLEST_AMOUNT):
        return _wrong(f"{field} must be a number below {AMOUNT_LIMIT:f} with at most four decimals.")
    return MutationResult("OK", value=amount)


_READERS: dict[str, Callable[[str, str], MutationResult]] = {
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
