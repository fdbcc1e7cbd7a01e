"""Rows of any subledger, also of those that a runbook brought, and their history."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_STANDARD = (
    "id",
    "entity_id",
    "period",
    "task_id",
    "status",
    "source_ref",
    "validation_errors",
    "raw_payload",
    "created_at",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of a row; `old` and `new` hold the columns that differ."""

    seq: int
    operation: str
    actor: str
    source: str
    old: dict[str, Any]
    new: dict[str, Any]
    at: datetime


async def is_ledger(connection: asyncpg.Connection, ledger: str) -> bool:
    """Whether there is a table of this name in `ledgers` with the standard columns of a subledger."""
    if not _NAME.fullmatch(ledger):
        return False
    count: int = await connection.fetchval(
        """
        select count(*) from information_schema.columns
        where table_schema = 'ledgers' and table_name = $1 and column_name = any($2)
        """,
        ledger,
        list(_STANDARD),
    )
    return count == len(_STANDARD)


async def rows_of(
    connection: asyncpg.Connection,
    ledger: str,
    *,
    entity_id: UUID | None,
    period: str | None,
    status: str | None,
    limit: int,
    offset: int,
) -> list[dict[str, Any]]:
    """Rows of a ledger that `is_ledger` knows, the oldest first."""
    rows = await connection.fetch(
        f"""
        select to_jsonb(r) as row from ledgers."{ledger}" r
        where ($1::uuid is null or r.entity_id = $1) and ($2::text is null or r.period = $2)
          and ($3::text is null or r.status = $3)
        order by r.created_at, r.id limit $4 offset $5
        """,
        entity_id,
        period,
        status,
        limit,
        offset,
    )
    return [row["row"] for row in rows]


async def lock_row(connection: asyncpg.Connection, ledger: str, row_id: UUID) -> dict[str, Any] | None:
    """A row, locked until the transaction ends."""
    found = await connection.fetchrow(
        f'select to_jsonb(r) as row from ledgers."{ledger}" r where r.id = $1 for update', row_id
    )
    return found["row"] if found else None


async def set_columns(connection: asyncpg.Connection, ledger: str, row_id: UUID, changes: dict[str, Any]) -> None:
    """Sets columns of a row; their names were checked against its row class."""
    assert all(_NAME.fullmatch(name) for name in changes), "edits are checked before they come here"
    assignments = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(changes, start=2))
    await connection.execute(
        f'update ledgers."{ledger}" set {assignments}, updated_at = now() where id = $1', row_id, *changes.values()
    )


async def name_actor(connection: asyncpg.Connection, actor: str) -> None:
    """Lets the history of rows say who changes them in this transaction."""
    await connection.execute("select set_config('ntro.actor', $1, true)", actor)


async def changes_of(connection: asyncpg.Connection, ledger: str, row_id: UUID) -> list[ChangeView]:
    """The history of a row, the first change first; it outlives the row."""
    rows = await connection.fetch(
        """
        select seq, operation, actor, source, old, new, at from ledgers.row_changes
        where ledger = $1 and row_id = $2 order by seq
        """,
        ledger,
        row_id,
    )
    return [ChangeView(**row) for row in rows]
