"""Tasks and their runs and steps, as the recorder keeps them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from ntro_tenant.core.views import RunView, TaskRow

MAX_ROWS = 1000

_TASK = """
select t.id, t.title, t.status, t.priority, t.entity_id, e.slug as entity_slug, e.name as entity_name,
       t.workflow_id, w.name as workflow_name, t.runbook_slug, t.runbook_version, t.period, t.scheduled,
       t.requested_by, t.created_at, t.started_at, t.closed_at, t.updated_at
from system.tasks t
join system.entities e on e.id = t.entity_id
left join system.workflows w on w.id = t.workflow_id
"""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What a task was given and what came of it."""

    context: dict[str, Any]
    result: Any
    failure: Any


async def task_rows(
    connection: asyncpg.Connection, *, status: str | None, entity_id: UUID | None, period: str | None
) -> list[TaskRow]:
    """The newest thousand tasks that fit, newest first."""
    rows = await connection.fetch(
        _TASK
        + """
        where ($1::text is null or t.status = $1) and ($2::uuid is null or t.entity_id = $2)
          and ($3::text is null or t.period = $3)
        order by t.created_at desc, t.id limit $4
        """,
        status,
        entity_id,
        period,
        MAX_ROWS,
    )
    return [TaskRow(**row) for row in rows]


async def task_row(connection: asyncpg.Connection, task_id: UUID) -> TaskRow | None:
    row = await connection.fetchrow(_TASK + " where t.id = $1", task_id)
    return TaskRow(**row) if row else None


async def lock_task(connection: asyncpg.Connection, task_id: UUID) -> None:
    """Waits until nobody else records this task, and keeps others from it until the transaction ends."""
    await connection.execute("select from system.tasks where id = $1 for update", task_id)


async def slugs_of_task(connection: asyncpg.Connection, task_id: UUID) -> tuple[str, str]:
    """The slugs of the tenant and of the task's entity."""
    row = await connection.fetchrow(
        """
        select n.slug as tenant, e.slug as entity from system.tasks t
        join system.entities e on e.id = t.entity_id cross join system.tenant n where t.id = $1
        """,
        task_id,
    )
    return row["tenant"], row["entity"]


async def task_outcome(connection: asyncpg.Connection, task_id: UUID) -> TaskOutcome:
    row = await connection.fetchrow("select context, result, failure from system.tasks where id = $1", task_id)
    return TaskOutcome(**row)


async def runs_of_task(connection: asyncpg.Connection, task_id: UUID) -> list[RunView]:
    """All runs of the task's tree in the order in which they started."""
    rows = await connection.fetch(
        """
        select workflow_id as id, parent_id, parent_step_id as step_id, slug, status, result, failure,
               started_at, closed_at
        from system.runs where task_id = $1 order by started_at, workflow_id
        """,
        task_id,
    )
    return [RunView(**row) for row in rows]


async def run_exists(connection: asyncpg.Connection, task_id: UUID, run_id: str) -> bool:
    found: bool = await connection.fetchval(
        "select exists (select 1 from system.runs where task_id = $1 and workflow_id = $2)", task_id, run_id
    )
    return found
