"""The state of a task, derived from its runs and gates."""

from uuid import UUID

import asyncpg

_DERIVE = """
update system.tasks t set
    status = case
        when t.closed_at is not null then t.status
        when r.status = 'COMPLETED' then 'COMPLETED'
        when r.status in ('FAILED', 'CANCELLED') then 'FAILED'
        when exists (select from system.gates g where g.task_id = t.id and g.status = 'open') then 'BLOCKED'
        else 'IN_PROGRESS' end,
    result = coalesce(r.result, t.result),
    failure = coalesce(r.failure, t.failure),
    started_at = coalesce(t.started_at, r.started_at),
    closed_at = coalesce(t.closed_at, r.closed_at),
    updated_at = greatest(t.updated_at, now())
from system.runs r
where t.id = $1 and r.workflow_id = t.id::text
returning t.closed_at"""


async def derive_state(connection: asyncpg.Connection, task_id: UUID) -> bool:
    """Brings the task's row in line with its runs and gates. True where the task has ended."""
    return await connection.fetchval(_DERIVE, task_id) is not None
