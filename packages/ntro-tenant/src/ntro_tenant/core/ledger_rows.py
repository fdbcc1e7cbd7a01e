"""Rows of subledgers, read and changed outside of their run: for operators. At a review, row actions are the way."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from ntro.subledger.types.expenses_mutations import MutationResult
from ntro_server.errors import BadRequest, NotFound
from ntro_tenant.core.ledger_rules import edit_row, reject_row
from ntro_tenant.core.people import Person
from ntro_tenant.core.recording.json_values import exact
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.db import ledger_rows_repository
from ntro_tenant.db.ledger_rows_repository import ChangeView

REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows, and how many of them after how many."""

    entity_id: UUID | None = None
    period: str | None = None
    status: str | None = None
    limit: int = 200
    offset: int = 0


async def list_rows(connection: asyncpg.Connection, ledger: str, wanted: RowFilter) -> list[dict[str, Any]]:
    """Rows of the ledger, the oldest first.

    Raises:
        NotFound: there is no such ledger.
    """
    await _require(connection, ledger)
    return await ledger_rows_repository.rows_of(
        connection,
        ledger,
        entity_id=wanted.entity_id,
        period=wanted.period,
        status=wanted.status,
        limit=wanted.limit,
        offset=wanted.offset,
    )


async def history(connection: asyncpg.Connection, ledger: str, row_id: UUID) -> list[ChangeView]:
    """Every change of a row, also of one that is gone.

    Raises:
        NotFound: there is no such ledger, or it never had the row.
    """
    await _require(connection, ledger)
    found = await ledger_rows_repository.changes_of(connection, ledger, row_id)
    if not found:
        raise _no_row(ledger, row_id)
    return found


async def reject(connection: asyncpg.Connection, person: Person, ledger: str, row_id: UUID) -> None:
    """Rejects a row; one that is rejected stays so.

    Raises:
        NotFound: there is no such ledger or row.
        BadRequest: the row's status forbids it; `currentStatus` says which it is.
    """
    row = await _locked(connection, ledger, row_id)
    _refuse_unless_ok(reject_row(ledger, row), row)
    if row["status"] != REJECTED:
        await _change(connection, person, ledger, row, {"status": REJECTED}, "ledger.row_rejected")


async def edit(
    connection: asyncpg.Connection, person: Person, ledger: str, row_id: UUID, *, field: str, value: Any
) -> Any:
    """Changes a cell and returns what is stored in it.

    Raises:
        NotFound: there is no such ledger or row.
        BadRequest: the field cannot be edited, the value does not fit, or the row's status forbids it.
    """
    row = await _locked(connection, ledger, row_id)
    edited = edit_row(ledger, row, field, value)
    _refuse_unless_ok(edited, row)
    await _change(connection, person, ledger, row, edited.value, "ledger.row_edited")
    return exact(edited.value[field])


async def _require(connection: asyncpg.Connection, ledger: str) -> None:
    if not await ledger_rows_repository.is_ledger(connection, ledger):
        raise NotFound(f"There is no subledger {ledger[:63]} in this tenant.")


async def _locked(connection: asyncpg.Connection, ledger: str, row_id: UUID) -> dict[str, Any]:
    await _require(connection, ledger)
    row = await ledger_rows_repository.lock_row(connection, ledger, row_id)
    if row is None:
        raise _no_row(ledger, row_id)
    return row


def _refuse_unless_ok(result: MutationResult, row: dict[str, Any]) -> None:
    if not result.is_ok:
        raise BadRequest(
            result.message or "The change is not possible.",
            code=result.status.lower(),
            extra={"currentStatus": row["status"]},
        )


async def _change(
    connection: asyncpg.Connection,
    person: Person,
    ledger: str,
    row: dict[str, Any],
    changes: dict[str, Any],
    what: str,
) -> None:
    row_id = UUID(row["id"])
    await ledger_rows_repository.name_actor(connection, person.subject)
    await ledger_rows_repository.set_columns(connection, ledger, row_id, changes)
    await append_event(
        connection,
        task_id=UUID(row["task_id"]),
        workflow_id=row["task_id"],
        type=what,
        source="api",
        actor=person.subject,
        payload={
            "ledger": ledger,
            "row_id": row["id"],
            "changes": exact(changes),
            "was": {name: row[name] for name in changes},
            "source_ref": row["source_ref"],
        },
        at=datetime.now(UTC),
    )


def _no_row(ledger: str, row_id: UUID) -> NotFound:
    return NotFound(f"Subledger {ledger} has no row {row_id}.")
