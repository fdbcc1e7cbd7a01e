"""What an item says to a ledger: its members without our own bookkeeping, and a digest of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from ntro.types.canonical import canonical_json

_OURS = frozenset({"source_row_ids", "subledger_type", "idempotency_key"})
_LEDGERS = frozenset({"id", "created_at", "updated_at", "row_version"})
MAX_EXTERNAL_ID = 255


@dataclass(frozen=True, slots=True)
class Created:
    """An item that the ledger has; `created` is false where an earlier call made it."""

    item_id: str
    external_id: str
    created: bool = True
    success: bool = True
    error: str | None = None


def content_of(item: Any) -> dict[str, Any]:
    """The members that were set, amounts as decimals, dates and times as they are.

    Raises:
        TypeError: the item is neither a model nor a mapping.
        ValueError: it holds a binary floating point number.
    """
    values = plain(item)
    if not isinstance(values, dict):
        raise TypeError(f"A {type(item).__name__} is no item of a ledger; give a model or a mapping.")
    return {name: value for name, value in values.items() if name not in _OURS | _LEDGERS}


def plain(value: Any) -> Any:
    """Models and mappings as dicts without what is not set; everything else as it is.

    Raises:
        ValueError: it holds a binary floating point number.
    """
    match value:
        case BaseModel():
            named = {name: getattr(value, name) for name in type(value).model_fields}
            return plain(named | (value.model_extra or {}))
        case Mapping():
            return {str(name): plain(item) for name, item in value.items() if item is not None}
        case list() | tuple():
            return [plain(item) for item in value]
        case float():
            raise ValueError(f"{value!r} is a binary floating point number; give amounts as decimals.")
        case _:
            return value


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content; amounts of equal value are equal however many zeros they were written with."""
    return hashlib.sha256(canonical_json(_normal(dict(content))).encode()).hexdigest()


def check_external_id(external_id: str) -> str:
    """`external_id`, where it can be a key.

    Raises:
        ValueError: it is empty or longer than ledgers keep.
    """
    if not external_id.strip() or len(external_id) > MAX_EXTERNAL_ID:
        raise ValueError(f"An external id has 1 to {MAX_EXTERNAL_ID} characters; this one has {len(external_id)}.")
    return external_id


def _normal(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case dict():
            return {name: _normal(item) for name, item in value.items()}
        case list():
            return [_normal(item) for item in value]
        case _:
            return value


def first_difference(sent: Mapping[str, Any], found: Mapping[str, Any]) -> str | None:
    """The first member of money in which an item of the ledger is not what was sent; what it does not state fits."""
    for member in ("currency", "total", "total_tax", "total_amount"):
        if not _fits(sent.get(member), found.get(member)):
            return member
    if not found.get("line_items"):
        return None
    ours, theirs = _lines(sent), _lines(found)
    return None if len(ours) == len(theirs) and all(map(_line_fits, ours, theirs)) else "line_items"


def _lines(item: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    lines = item.get("line_items") or []
    return sorted((str(line.get("type") or ""), Decimal(str(line.get("total_amount") or 0))) for line in lines)


def _line_fits(sent: tuple[str, Decimal], found: tuple[str, Decimal]) -> bool:
    return sent[1] == found[1] and (not sent[0] or not found[0] or sent[0] == found[0])


def _fits(sent: Any, found: Any) -> bool:
    if sent is None or found is None:
        return True
    return Decimal(found) == sent if isinstance(sent, Decimal) else str(found) == str(sent)
