"""A person's corrections to a batch, applied to the subledger row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

from ntro.subledger import SubledgerHandle
from ntro.subledger.types.expenses import ExpenseRow
from ntro.subledger.types.expenses_mutations import coerce_edit_value

from .models import ReviewRow
from .rows import MANUAL

REJECTED = "REJECTED"
STRICT = ("vendor", "amount_gross", "currency")


async def apply_corrections(
    handle: SubledgerHandle, rows: Sequence[ReviewRow], corrections: Sequence[Mapping[str, Any]]
) -> None:
    """Applies `corrections`, those of a row together; call it inside a transaction.

    A row that needed attention and is complete afterwards waits for approval. The status can be corrected to REJECTED.

    Raises:
        ValueError: a correction names no such row or field, a value does not fit, or the row is decided.
    """
    by_id = {str(row.id): row for row in rows}
    for row_id, changes in grouped(corrections).items():
        row = by_id.get(row_id)
        if row is None:
            raise ValueError(f"A correction names the row {row_id!r}, which is not in this batch.")
        try:
            await correct_row(handle, row, changes)
        except ValueError as error:
            raise ValueError(f"{row.vendor or row_id}: {error}") from error


def grouped(corrections: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """New values by row and field; of two for one field the later counts."""
    found: dict[str, dict[str, Any]] = {}
    for item in corrections:
        row_id = str(item.get("line_item_id") or item.get("expense_id") or item.get("id") or "")
        found.setdefault(row_id, {})[str(item.get("field", ""))] = item.get("new_value")
    return found


async def correct_row(handle: SubledgerHandle, row: ReviewRow, changes: Mapping[str, Any]) -> None:
    """Applies the changes of one row."""
    values = {field: new_value(field, raw) for field, raw in changes.items() if field != "status"}
    if values.get("category"):
        values["category_source"] = MANUAL
    if values:
        changed = await handle.update_fields(row.id, values)
        assert isinstance(changed, ExpenseRow)
        if row.status == "NEEDS_ATTENTION" and all(getattr(changed, name) is not None for name in STRICT):
            await handle.mark_pending(ids=[row.id])
    if "status" in changes:
        if str(changes["status"]).strip().upper() != REJECTED:
            raise ValueError(f"the status of a row can be changed to {REJECTED} only")
        await handle.mark_rejected(ids=[row.id])


def new_value(field: str, raw: Any) -> Any:
    """The value of a field as it is stored."""
    result = coerce_edit_value(field, raw)
    if not result.is_ok:
        raise ValueError(result.message)
    return result.value
