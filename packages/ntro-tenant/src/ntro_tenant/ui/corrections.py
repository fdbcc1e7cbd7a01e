"""The corrections that a person typed into a review's form. Pure."""

from collections.abc import Mapping
from typing import Any

from ntro_tenant.ui.review import Review
from ntro_tenant.ui.tables import Cell
from ntro_tenant.ui.values import as_input, text_of, ungrouped


def corrections_of(review: Review, form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The values of `form` that differ from what `review` shows, by line and field, in the order shown.

    A value that was cleared becomes none. An amount loses the commas of its grouping and stays text otherwise:
    who corrects may write it as they like, the run says whether it can read it.
    """
    return [
        _correction(cell, new)
        for cell in review.cells
        if (given := form.get(cell.input or "")) is not None and _differs(cell, new := as_input(given))
    ]


def _differs(cell: Cell, new: str) -> bool:
    return new not in (as_input(cell.text), as_input(text_of(cell.raw)))


def _correction(cell: Cell, new: str) -> dict[str, Any]:
    value = (ungrouped(new) if cell.is_amount else new) or None
    line = {"line_item_id": cell.line_id, "expense_id": cell.line_id, "id": cell.line_id}
    return {**line, "field": cell.key, "old_value": cell.raw, "new_value": value}
