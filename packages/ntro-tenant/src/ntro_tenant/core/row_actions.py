"""Edits and rejections of single ledger rows at a review gate: the row changes first, then its run is told."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg

from ntro.subledger.types.expenses_mutations import MutationResult, can_reject, edit_cell
from ntro_server.errors import Conflict, Invalid, NotFound
from ntro_tenant.core.people import Person
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import find_task
from ntro_tenant.core.views import REVIEW_KIND, GateView
from ntro_tenant.db import expenses_repository, gates_repository, ledger_rows_repository, signals_repository
from ntro_tenant.db.expenses_repository import ExpenseRow

LEDGERS = frozenset({"expenses"})


@dataclass(frozen=True, slots=True)
class RowAction:
    """What a person did to a row. `field` and `value` belong to `edit_cell`."""

    ledger: str
    action: Literal["edit_cell", "reject_row"]
    row_id: UUID
    field: str | None = None
    value: Any = None
    gate_id: str | None = None


async def apply_row_action(
    connection: asyncpg.Connection, reference: TaskReference, person: Person, action: RowAction
) -> str:
    """Changes the row, records it and keeps the signal for the run at the gate, whose id is returned.

    Raises:
        NotFound: there is no such task, run or row.
        Conflict: no single review gate is open, or the row's status forbids the change.
        Invalid: the ledger or field cannot be edited, or the value does not fit.
    """
    if action.ledger not in LEDGERS:
        raise Invalid(f"Ledger {action.ledger} cannot be edited by row.", hint=f"Editable: {', '.join(LEDGERS)}.")
    await find_task(connection, reference)
    gate = await _review_gate(connection, reference, action.gate_id)
    row = await expenses_repository.lock_expense(connection, reference.task_id, action.row_id)
    if row is None:
        raise NotFound(f"The expenses of task {reference.task_id} have no row {action.row_id}.")
    before = await ledger_rows_repository.lock_row(connection, action.ledger, action.row_id)
    assert before is not None, "it was found and locked above"
    await ledger_rows_repository.name_actor(connection, person.subject)
    if action.action == "reject_row":
        await _reject(connection, row)
    else:
        await _edit(connection, row, action)
    await _tell(connection, gate, person, action, before)
    return gate.run_id


async def _review_gate(connection: asyncpg.Connection, reference: TaskReference, gate_id: str | None) -> GateView:
    gates = await gates_repository.open_gates(connection, reference.task_id, reference.run_id)
    reviews = [gate for gate in gates if gate.kind == REVIEW_KIND and gate_id in (None, gate.id)]
    if len(reviews) != 1:
        raise Conflict(
            "No such review is open here." if not reviews else "Several reviews are open here.",
            hint="Read the task's gates and name the one you mean by gateId.",
        )
    return reviews[0]


async def _reject(connection: asyncpg.Connection, row: ExpenseRow) -> None:
    _refuse_unless_ok(can_reject(row.status), row)
    await expenses_repository.set_status(connection, row.id, "REJECTED")


async def _edit(connection: asyncpg.Connection, row: ExpenseRow, action: RowAction) -> None:
    if action.field is None:
        raise Invalid("edit_cell needs a field.")
    edit = edit_cell(asdict(row), action.field, action.value)
    _refuse_unless_ok(edit, row)
    await expenses_repository.set_cell(connection, row.id, action.field, edit.value[action.field])
    if "status" in edit.value:
        await expenses_repository.set_status(connection, row.id, edit.value["status"], clear_errors=True)


def _refuse_unless_ok(result: MutationResult, row: ExpenseRow) -> None:
    message = result.message or ""
    if result.status == "INVALID_TRANSITION":
        raise Conflict(f"Row {row.id}: {message}", extra={"currentStatus": row.status})
    if not result.is_ok:
        raise Invalid(message)


async def _tell(
    connection: asyncpg.Connection, gate: GateView, person: Person, action: RowAction, before: dict[str, Any]
) -> None:
    done: dict[str, Any] = {"action": action.action, "row_id": str(action.row_id)}
    if action.action == "edit_cell":
        done |= {"field": action.field, "value": action.value}
    changed = str(done.get("field", "status"))
    was = {"was": before[changed], "source_ref": before["source_ref"]}
    seq = await append_event(
        connection,
        task_id=gate.task_id,
        workflow_id=gate.run_id,
        type="row.action",
        source="api",
        actor=person.subject,
        payload=done | was | {"ledger": action.ledger, "gate_id": gate.id},
        at=datetime.now(UTC),
    )
    await signals_repository.store_signal(
        connection,
        run_id=gate.run_id,
        signal="user_action",
        payload={"kind": "row_action", "payload": done, "gate_id": gate.id, "actor": person.subject},
        key=f"{gate.run_id}:row:{seq}",
    )
