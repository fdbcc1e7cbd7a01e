"""JSON that PostgreSQL takes and that hashes stably."""

import hashlib
import json
import math
from decimal import Decimal
from typing import Any

from ntro.types.canonical import canonical_json

_REPLACEMENT = "\ufffd"


def json_text(value: Any) -> str:
    """`value` as JSON text for a `jsonb` parameter; what PostgreSQL refuses in a text becomes U+FFFD."""
    return json.dumps(_storable(value), ensure_ascii=False, allow_nan=False, default=str)


def optional_json(value: Any) -> str | None:
    """As `json_text`, but None stays SQL's null."""
    return None if value is None else json_text(value)


def exact(value: Any) -> Any:
    """`value` with every number that has a point as text, so that it is the same after a round trip to the database."""
    match value:
        case None | bool() | int():
            return value
        case float() | Decimal() if math.isfinite(value):
            return format(Decimal(str(value)), "f")
        case dict():
            return {_text(str(key)): exact(item) for key, item in value.items()}
        case list() | tuple():
            return [exact(item) for item in value]
        case _:
            return _text(str(value))


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `exact(value)`."""
    return hashlib.sha256(canonical_json(exact(value)).encode()).hexdigest()


def _storable(value: Any) -> Any:
    match value:
        case str():
            return _text(value)
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {_text(str(key)): _storable(item) for key, item in value.items()}
        case list() | tuple():
            return [_storable(item) for item in value]
        case _:
            return value


def _text(value: str) -> str:
    return value.replace("\x00", _REPLACEMENT).encode("utf-8", "replace").decode() if _needs_care(value) else value


def _needs_care(value: str) -> bool:
    return "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
