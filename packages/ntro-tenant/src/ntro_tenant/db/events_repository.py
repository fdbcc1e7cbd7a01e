"""The audit log, read. Rows are written by the recorder alone."""

from uuid import UUID

import asyncpg

from ntro_tenant.core.views import EventView

_EVENT = "select seq, task_id, workflow_id as run_id, type, source, actor, payload, at, hash from system.events"
_OF_TASK = (
    _EVENT
    + """
    where task_id = $1 and seq > $2 and ($3::text is null or workflow_id = $3 or starts_with(workflow_id, $3 || ':'))
    """
)


async def events_of_task(
    connection: asyncpg.Connection, task_id: UUID, *, run_id: str | None, after: int, limit: int
) -> list[EventView]:
    """Events of the task after `after`, oldest first; with `run_id` only those of that run and the runs below it."""
    rows = await connection.fetch(_OF_TASK + " order by seq limit $4", task_id, after, run_id, limit)
    return [EventView(**row) for row in rows]


async def newest_of_task(
    connection: asyncpg.Connection, task_id: UUID, *, run_id: str | None, limit: int
) -> list[EventView]:
    """The newest events of the task, oldest first; with `run_id` only those of that run and the runs below it."""
    rows = await connection.fetch(_OF_TASK + " order by seq desc limit $4", task_id, 0, run_id, limit)
    return [EventView(**row) for row in reversed(rows)]


async def events_of_cell(connection: asyncpg.Connection, *, after: int, limit: int) -> list[EventView]:
    """Events of all tasks after `after`, oldest first."""
    rows = await connection.fetch(_EVENT + " where seq > $1 order by seq limit $2", after, limit)
    return [EventView(**row) for row in rows]


async def last_seq(connection: asyncpg.Connection) -> int:
    """The number of the newest event of the cell, 0 where there is none."""
    found: int = await connection.fetchval("select coalesce(max(seq), 0) from system.events")
    return found
