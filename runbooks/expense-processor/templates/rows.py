"""Submitted rows as typed expenses, and the ones that were there before. Pure."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ntro.subledger.types.expense_columns import by_column, problem, read_expense

from .accounts import category_of
from .models import ExpenseProcessorContext

MANUAL, VENDOR_LOOKUP = "manual", "vendor_lookup"
Key = tuple[str, date | None, Decimal, str]


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """A row as it was submitted: the record that keeps it, its values, what they mean and what is wrong with them."""

    event_id: UUID
    raw: dict[str, Any]
    fields: dict[str, Any]
    errors: list[dict[str, str]]

    @property
    def source_ref(self) -> str:
        return f"event:{self.event_id}"

    @property
    def key(self) -> Key | None:
        """What makes two expenses the same: vendor, date, amount, currency; none where a part could not be read."""
        return key_of(self.fields)


def key_of(fields: Mapping[str, Any]) -> Key | None:
    """The key of a row's columns. A vendor is the same in any case and spacing."""
    vendor, amount, currency = (fields.get(name) for name in ("vendor", "amount_gross", "currency"))
    if not vendor or amount is None or not currency:
        return None
    return " ".join(vendor.casefold().split()), fields.get("expense_date"), amount.normalize(), currency


def typed(
    event_id: UUID, raw: Mapping[str, Any], values: Mapping[str, Any], context: ExpenseProcessorContext
) -> IncomingRow:
    """A row by its columns; without a category of its own it has that of its vendor."""
    reading = read_expense(values, default_currency=context.books.currency)
    fields = dict(reading.fields)
    if fields.get("category"):
        fields["category_source"] = MANUAL
    elif category := category_of(fields.get("vendor"), context):
        fields |= {"category": category, "category_source": VENDOR_LOOKUP}
    return IncomingRow(event_id, dict(raw), fields, reading.errors)


def flag_duplicates(rows: Sequence[IncomingRow], earlier: AbstractSet[Key]) -> list[IncomingRow]:
    """`rows` with an error for each that repeats one before it, or one that the ledger has."""
    seen: dict[Key, int] = {}
    flagged = []
    for number, row in enumerate(rows, start=1):
        said = None
        if row.key is not None:
            if row.key in seen:
                said = f"the same vendor, date, amount and currency as row {seen[row.key]} of this submission"
            elif row.key in earlier:
                said = "the same vendor, date, amount and currency as an expense that was submitted before"
            seen.setdefault(row.key, number)
        flagged.append(
            row if said is None else replace(row, errors=[*row.errors, problem("vendor", "duplicate", said)])
        )
    return flagged


def is_header(headings: Sequence[str]) -> bool:
    """Whether a row of a table heads the columns that an expense needs."""
    found = by_column({heading: heading for heading in headings if heading})
    return "vendor" in found and "amount_gross" in found


def rows_of(data: Any) -> list[dict[str, Any]]:
    """The rows that an event's data hold; what is no row is kept as one that cannot be read."""
    given = data["rows"] if isinstance(data, dict) and isinstance(data.get("rows"), list) else data
    listed = given if isinstance(given, list) else [given] if given else []
    return [row if isinstance(row, dict) else {"value": row} for row in listed]
