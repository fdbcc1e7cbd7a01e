"""JSON whose numbers have exactly the digits of the decimals that they are, in both directions."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ntro.types.amounts import exact_text


def encode(value: Any) -> str:
    """`value` as JSON; a decimal is a number of its own digits.

    Raises:
        TypeError: it holds a float or anything else without one exact spelling.
    """
    match value:
        case Decimal() if value.is_finite():
            return exact_text(value)
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case date() | UUID():
            return json.dumps(_text(value))
        case dict():
            return "{" + ",".join(f"{json.dumps(str(name))}:{encode(item)}" for name, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(encode(item) for item in value) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no exact JSON spelling")


def decode(text: str) -> Any:
    """The value that `text` spells; numbers with a point or exponent are decimals.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(text, parse_float=Decimal)


def _text(value: date | UUID) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)
