"""JSON as the tenant's database keeps it: decimals, dates and ids as text, numbers with a point read exactly."""

import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel


def json_text(value: Any) -> str:
    """`value` as JSON text; decimals, dates, times, ids and enums become strings, models their fields.

    Raises:
        TypeError: the value holds something without a JSON spelling.
        ValueError: the value holds NaN or an infinity.
    """
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False)


def json_value(text: str) -> Any:
    """The value that `text` spells; numbers with a point or exponent are `Decimal`."""
    return json.loads(text, parse_float=Decimal)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            if not value.is_finite():
                raise ValueError("NaN and infinities cannot be stored as JSON")
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
        case BaseModel():
            return value.model_dump(mode="python")
        case _:
            raise TypeError(f"{type(value).__name__} cannot be stored as JSON")
