"""JSON with one spelling per value, so that hashes of it are stable."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical_json(value: Any) -> str:
    """`value` as JSON text: sorted keys, no spaces, decimals, dates and ids as strings.

    Raises:
        TypeError: the value holds a float or anything else without one exact spelling.
    """
    return json.dumps(_exact(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _exact(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case dict():
            return {str(key): _exact(item) for key, item in value.items()}
        case list() | tuple():
            return [_exact(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no exact JSON spelling")
