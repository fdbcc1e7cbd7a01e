"""What a gate shows, as JSON, and the hash by which a decision says what was seen."""

import hashlib
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from ntro.types.canonical import canonical_json


def json_safe(value: Any) -> Any:
    """A deep copy of `value` made of JSON values: models and dataclasses as objects, exact values as text.

    Raises:
        TypeError: something in it has no JSON form.
    """
    if isinstance(value, Enum):
        return json_safe(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {_key(key): json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(item) for item in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case UUID():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case BaseModel():
            return json_safe(value.model_dump(mode="json"))
        case _ if is_dataclass(value) and not isinstance(value, type):
            return json_safe(asdict(value))
        case _:
            raise TypeError(f"{type(value).__name__} cannot be shown at a gate or recorded: it has no JSON form")


def payload_hash(value: Any) -> str:
    """SHA-256, in hex, of the canonical JSON of `value`; a float counts as the text Python writes for it."""
    return hashlib.sha256(canonical_json(_without_floats(json_safe(value))).encode()).hexdigest()


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(json_safe(key))


def _without_floats(value: Any) -> Any:
    match value:
        case float():
            return repr(value)
        case dict():
            return {key: _without_floats(item) for key, item in value.items()}
        case list():
            return [_without_floats(item) for item in value]
        case _:
            return value
