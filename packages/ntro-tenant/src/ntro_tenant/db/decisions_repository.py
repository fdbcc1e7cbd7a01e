"""What people decided, read from the gates that closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

_DECIDED = """
select g.id, g.task_id, g.workflow_id as run_id, g.step_id, coalesce(s.title, g.step_id) as step_title, g.reason,
       g.payload_hash, g.decision, g.closed_at as at
from system.gates g left join system.steps s on s.workflow_id = g.workflow_id and s.step_id = g.step_id
where g.status = 'decided' and g.kind = 'interactive_review'
"""


@dataclass(frozen=True, slots=True)
class DecidedGate:
    """A gate that a person decided. `payload_hash` is of what was shown; `decision` is as the run took it."""

    id: str
    task_id: UUID
    run_id: str
    step_id: str | None
    step_title: str | None
    reason: str | None
    payload_hash: str | None
    decision: dict[str, Any]
    at: datetime


async def decided_gates(connection: asyncpg.Connection, task_id: UUID, run_id: str) -> list[DecidedGate]:
    """The decided gates of the run and of the runs below it, the newest first."""
    rows = await connection.fetch(
        _DECIDED
        + """
        and g.task_id = $1 and (g.workflow_id = $2 or starts_with(g.workflow_id, $2 || ':'))
        order by g.closed_at desc, g.id
        """,
        task_id,
        run_id,
    )
    return [_decided(row) for row in rows]


async def decided_gate(connection: asyncpg.Connection, gate_id: str) -> DecidedGate | None:
    row = await connection.fetchrow(_DECIDED + "and g.id = $1", gate_id)
    return None if row is None else _decided(row)


def _decided(row: asyncpg.Record) -> DecidedGate:
    values = dict(row)
    return DecidedGate(**values | {"decision": values["decision"] or {}})
