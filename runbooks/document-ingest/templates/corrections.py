"""Applies a reviewer's corrections to a reading. Pure."""

from typing import Any

from ntro.money import parse_amount

from .models import Reading

AMOUNT_WORDS = (
    "amount", "debit", "credit", "balance", "opening", "closing", "rent", "arrears", "total", "tax", "net", "gross",
    "payable", "principal", "interest", "prepaid", "price", "basis", "due",
)  # fmt: skip
TEXT_WORDS = ("date", "name", "reference", "description", "currency", "unit", "account", "id")


def corrected(reading: Reading, corrections: list[dict[str, Any]]) -> Reading:
    """The reading with `corrections` applied.

    Raises:
        ValueError: a correction names no such line or field, or its value does not fit the field.
    """
    fields = dict(reading.fields)
    lines = [dict(line) for line in reading.line_items]
    by_id = {str(line.get("id")): line for line in lines}
    for correction in corrections:
        line_id = str(correction.get("line_item_id") or correction.get("id") or "")
        field = str(correction.get("field", ""))
        target = by_id.get(line_id) if line_id else fields
        if target is None or field not in target:
            where = f"line {line_id}" if line_id else "the document"
            raise ValueError(f"A correction names the field {field!r} of {where}, which is not there.")
        target[field] = typed(field, target[field], correction.get("new_value"))
    return reading.model_copy(update={"fields": fields, "line_items": lines})


def typed(field: str, old: Any, new: Any) -> Any:
    """`new` as the kind of value that the field holds: an amount as an exact decimal string, text stripped."""
    if new is None:
        return None
    text = str(new).strip()
    return str(parse_amount(text)) if holds_amount(field, old) else text


def holds_amount(field: str, old: Any) -> bool:
    """Whether a field carries an amount, by what it held and by its name."""
    if any(word in field for word in TEXT_WORDS):
        return False
    if isinstance(old, str):
        return old.lstrip("+-").replace(".", "", 1).isdigit()
    return any(word in field for word in AMOUNT_WORDS)
