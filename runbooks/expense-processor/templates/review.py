"""What a reviewer sees of a batch, and what a row action changes of it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ntro.ingest import IngestOutcome
from ntro.subledger.review import columns_for, data_table_config
from ntro.subledger.types.expenses import ExpenseRow
from ntro.subledger.types.expenses_mutations import can_reject, edit_cell

from .accounts import account_of, is_of
from .models import ExpenseProcessorContext, ReviewRow

SHOWN = (
    "status",
    "vendor",
    "expense_date",
    "amount_gross",
    "vat_amount",
    "currency",
    "category",
    "payment_method",
    "notes",
)
COMPUTED: list[dict[str, Any]] = [
    {"key": "account_code", "label": "Account", "type": "text", "editable": False},
    {"key": "flags", "label": "To look at", "type": "text", "editable": False},
]


def review_hint(context: ExpenseProcessorContext) -> dict[str, Any]:
    """How the batch is shown. A row is left out by writing REJECTED as its status."""
    config = data_table_config(
        ExpenseRow,
        title=f"Expenses of {context.period}",
        columns=[*columns_for(ExpenseRow, include=SHOWN), *COMPUTED],
        editable_overrides={"status": True},
    )
    return {"component": "DATA_TABLE", "config": config | {"type": "review_expenses", "ledger": "expenses"}}


def review_payload(
    context: ExpenseProcessorContext, rows: Sequence[ReviewRow], outcome: IngestOutcome
) -> dict[str, Any]:
    """The rows with their accounts and what is to be looked at."""
    waiting = sum(row.status == "PENDING" for row in rows)
    attention = sum(row.status == "NEEDS_ATTENTION" for row in rows)
    summary = f"{waiting} of {len(rows)} expenses will be posted"
    return {
        "summary": f"{summary}; {attention} need attention and are left out" if attention else summary,
        "rows": [shown(row, context) for row in rows],
        "ingest": outcome.model_dump(mode="json"),
    }


def shown(row: ReviewRow, context: ExpenseProcessorContext) -> dict[str, Any]:
    """A row of the review table."""
    return row.model_dump(mode="json") | {
        "account_code": account_of(row.category, context),
        "flags": "; ".join(flags(row, context)),
    }


def flags(row: ReviewRow, context: ExpenseProcessorContext) -> list[str]:
    """What a person should know of a row before approving it."""
    found = [str(error.get("message") or error.get("code")) for error in row.validation_errors]
    if row.expense_date is not None and not is_of(row.expense_date, context.period):
        found.append(f"dated outside {context.period}")
    if row.status == "PENDING" and account_of(row.category, context) is None:
        found.append("no account for its category")
    if row.status == "PENDING" and row.currency != context.books.currency:
        found.append(f"not in {context.books.currency}")
    return found


def after_action(rows: Sequence[ReviewRow], action: Mapping[str, Any]) -> list[ReviewRow]:
    """`rows` after an `edit_cell` or a `reject_row`, by the rules that the ledger applied.

    Raises:
        ValueError: there is no such row or action, or the rules do not allow it.
    """
    number = next((n for n, row in enumerate(rows) if str(row.id) == str(action.get("row_id"))), None)
    if number is None:
        raise ValueError(f"This review has no row {action.get('row_id')}.")
    changed = list(rows)
    changed[number] = changed_row(rows[number], action)
    return changed


def changed_row(row: ReviewRow, action: Mapping[str, Any]) -> ReviewRow:
    """A row after an action on it."""
    match action.get("action"):
        case "reject_row":
            result, changes = can_reject(row.status), {"status": "REJECTED"}
        case "edit_cell":
            result = edit_cell(row.model_dump(), str(action.get("field")), action.get("value"))
            changes = result.value or {}
        case other:
            raise ValueError(f"{other!r} is no row action; there are edit_cell and reject_row.")
    if not result.is_ok:
        raise ValueError(result.message)
    if "validation_errors" in changes:
        changes = changes | {"validation_errors": []}
    return ReviewRow.model_validate({**dict(row), **changes})
