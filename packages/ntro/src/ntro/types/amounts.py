"""Exact amounts at the boundary: a decimal number that travels as a string."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_PATTERN = r"^-?[0-9]{1,30}(\.[0-9]{1,12})?$"
_PLAIN = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,12})?")


def exact_text(amount: Decimal) -> str:
    """`amount` in plain digits, with the decimals it was written with and without a negative zero."""
    return format(amount.copy_abs() if amount.is_zero() else amount, "f")


def _exact(value: Any) -> Decimal:
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return Decimal(value)
    if isinstance(value, float):
        reason = "an amount is a decimal string; a binary floating point number is not exact"
        raise ValueError(reason)  # noqa: TRY004 — pydantic reports a ValueError as a validation error
    raise ValueError('an amount is a string of plain digits such as "1234.50"')


ExactAmount = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(exact_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["1234.50"]}),
]
"""A decimal amount: `Decimal` in Python, a string of plain digits in JSON. Floats are refused."""

MoneyAmount = ExactAmount
"""The name under which amounts stand in wire models."""

__all__ = ["ExactAmount", "MoneyAmount", "exact_text"]
