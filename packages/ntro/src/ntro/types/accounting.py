"""The accounting period that a run closes."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def _check_month(value: str) -> str:
    if not _MONTH.fullmatch(value) or value.startswith("0000"):
        raise ValueError("a period is a calendar month written YYYY-MM, such as 2026-03")
    return value


Period = Annotated[
    str,
    Field(strict=True, min_length=7, max_length=7, pattern=r"^\d{4}-\d{2}$", examples=["2026-03"]),
    AfterValidator(_check_month),
]
"""A calendar month, `YYYY-MM`. Anything else is refused."""

__all__ = ["Period"]
