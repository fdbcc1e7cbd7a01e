"""Open gates of tasks, and what was decided at closed ones."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from ntro_tenant.core.views import GateView

_GATE = """
select id, task_id, workflow_id as run_id, step_id, kind, reason, display_hint, payload, payload_hash, args, tools,
       feedback, checks, four_eyes, opened_at, deadline, sign_off
from system.gates
"""


@dataclass(frozen=True, slots=True)
class OpenGate:
    """An open gate as a list needs it."""

    id: str
    task_id: UUID
    run_id: str
    kind: str
    component: str | None
    opened_at: datetime


async def open_gates(connection: asyncpg.Connection, task_id: UUID, run_id: str) -> list[GateView]:
    """The open gates of the run and of the runs below it, in the order in which they opened."""
    rows = await connection.fetch(
        _GATE
        + """
        where task_id = $1 and status = 'open' and (workflow_id = $2 or starts_with(workflow_id, $2 || ':'))
        order by opened_at, id
        """,
        task_id,
        run_id,
    )
    return [GateView(**row) for row in rows]


async def gate(connection: asyncpg.Connection, gate_id: str) -> GateView | None:
    """The gate, open or closed."""
    row = await connection.fetchrow(_GATE + "where id = $1", gate_id)
    return GateView(**row) if row else None


async def open_gates_of_tasks(connection: asyncpg.Connection, task_ids: list[UUID]) -> list[OpenGate]:
    """The open gates of all of `task_ids`, in the order in which they opened."""
    rows = await connection.fetch(
        """
        select id, task_id, workflow_id as run_id, kind, display_hint ->> 'component' as component, opened_at
        from system.gates where task_id = any($1::uuid[]) and status = 'open' order by opened_at, id
        """,
        task_ids,
    )
    return [OpenGate(**row) for row in rows]


async def last_submit_gate(connection: asyncpg.Connection, run_id: str) -> str | None:
    """The id of the latest gate, open or closed, at which the run took a file."""
    found: str | None = await connection.fetchval(
        """
        select id from system.gates where workflow_id = $1 and kind in ('submit_file', 'submit_files')
        order by opened_at desc, id desc limit 1
        """,
        run_id,
    )
    return found
