"""What may be done to one row of a subledger outside of its run. Pure; each ledger has its own rules."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ntro.subledger import Row, SubledgerStatus, TypeNotRegisteredError
from ntro.subledger.registry import lookup
from ntro.subledger.review import columns_for
from ntro.subledger.types.expenses_mutations import MutationResult, can_reject, edit_cell

_UNDECIDED = (SubledgerStatus.NEEDS_ATTENTION, SubledgerStatus.PENDING)
_AMOUNTS = ("amount_gross", "vat_amount")


def reject_row(ledger: str, row: Mapping[str, Any]) -> MutationResult:
    """Whether a row may be rejected: an expense that needs attention, any other row that is not decided."""
    status = row["status"]
    if ledger == "expenses":
        return can_reject(status)
    if status in (*_UNDECIDED, SubledgerStatus.REJECTED):
        return MutationResult("OK")
    return MutationResult("INVALID_TRANSITION", f"A row in {status} cannot be rejected by itself.")


def edit_row(ledger: str, row: Mapping[str, Any], field: str, value: Any) -> MutationResult:
    """The columns that an edit changes, as `value`; a row that it completes waits for approval."""
    if ledger == "expenses":
        return edit_cell(_with_decimals(row), field, value)
    try:
        row_class = lookup(ledger).row_class
    except TypeNotRegisteredError:
        message = f"Rows of {ledger} are edited at their runbook's review; their rules come with the runbook."
        return MutationResult("INVALID_FIELD", message)
    if row["status"] not in _UNDECIDED:
        return MutationResult("INVALID_TRANSITION", f"A row in {row['status']} cannot be edited.")
    editable = [column["key"] for column in columns_for(row_class) if column["editable"]]
    if field not in editable:
        message = f"Field {field} of {ledger} cannot be edited; editable are {', '.join(editable)}."
        return MutationResult("INVALID_FIELD", message)
    return _edited(row_class, row, field, value)


def _edited(row_class: type[Row], row: Mapping[str, Any], field: str, value: Any) -> MutationResult:
    changed = {**row, field: value}
    try:
        kept = row_class.model_validate(changed)
    except ValidationError as error:
        return MutationResult("INVALID_FIELD", f"{field}: {_reasons(error)}")
    changes: dict[str, Any] = {field: getattr(kept, field)}
    if row["status"] == SubledgerStatus.NEEDS_ATTENTION and _is_complete(row_class, changed):
        changes |= {"status": str(SubledgerStatus.PENDING), "validation_errors": None}
    return MutationResult("OK", value=changes)


def _is_complete(row_class: type[Row], row: Mapping[str, Any]) -> bool:
    try:
        row_class.model_validate({**row, "status": SubledgerStatus.PENDING})
    except ValidationError:
        return False
    return True


def _with_decimals(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: row[name] for name in _AMOUNTS}
    return {**row, **{name: None if amount is None else Decimal(amount) for name, amount in found.items()}}


def _reasons(error: ValidationError) -> str:
    return "; ".join(item["msg"] for item in error.errors(include_url=False, include_input=False)[:3])
