"""Currency codes."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) and value.isascii() else value


CurrencyCode = Annotated[
    str,
    BeforeValidator(_upper),
    Field(strict=True, min_length=3, max_length=3, pattern=r"^[A-Z]{3}$", examples=["GBP"]),
]
"""Three letters as in ISO 4217; lower case is raised. Spaces are refused, membership of the standard is not tested."""

__all__ = ["CurrencyCode"]
