"""SQL of what agents report and ask while they work on a task. Their sessions are entered by the runbook's worker."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from ntro_tenant.core.views import AgentRequestView, AgentStepView

_REQUEST = "id, step_id, pending_action, asked_at, answer, answered_by, answered_at"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session of an agent that works now, and the run and step that invoked it."""

    id: UUID
    run_id: str
    step_id: str | None


async def open_session(connection: asyncpg.Connection, agent_id: UUID, task_id: UUID) -> OpenSession | None:
    """The newest session of the agent that works on the task."""
    row = await connection.fetchrow(
        """
        select id, run_id, step_id from system.agent_sessions
        where agent_id = $1 and task_id = $2 and closed_at is null order by created_at desc limit 1
        """,
        agent_id,
        str(task_id),
    )
    return OpenSession(**row) if row else None


async def is_open(connection: asyncpg.Connection, session_id: UUID) -> bool:
    found: bool = await connection.fetchval(
        "select closed_at is null from system.agent_sessions where id = $1", session_id
    )
    return found


async def put_step(
    connection: asyncpg.Connection, session_id: UUID, step_id: str, *, title: str, icon: str | None
) -> None:
    """Enters a step as pending, behind those that are there; one that is there gets its title and icon."""
    await connection.execute(
        """
        insert into system.agent_steps (agent_session_id, step_id, position, title, icon, status)
        select $1, $2, coalesce(max(position), 0) + 1, $3, $4, 'pending'
        from system.agent_steps where agent_session_id = $1
        on conflict (agent_session_id, step_id) do update set title = excluded.title, icon = excluded.icon
        """,
        session_id,
        step_id,
        title,
        icon,
    )


async def count_steps(connection: asyncpg.Connection, session_id: UUID) -> int:
    count: int = await connection.fetchval(
        "select count(*) from system.agent_steps where agent_session_id = $1", session_id
    )
    return count


async def has_step(connection: asyncpg.Connection, session_id: UUID, step_id: str) -> bool:
    found: bool = await connection.fetchval(
        "select exists (select 1 from system.agent_steps where agent_session_id = $1 and step_id = $2)",
        session_id,
        step_id,
    )
    return found


async def set_status(
    connection: asyncpg.Connection, session_id: UUID, step_id: str, status: str, *, at: datetime, failure: str | None
) -> None:
    await connection.execute(
        """
        update system.agent_steps
        set status = $3, failure = $5, started_at = coalesce(started_at, $4),
            completed_at = case when $3 in ('completed', 'failed') then $4::timestamptz end
        where agent_session_id = $1 and step_id = $2
        """,
        session_id,
        step_id,
        status,
        at,
        failure,
    )


async def set_progress(connection: asyncpg.Connection, session_id: UUID, step_id: str, progress: str) -> None:
    await connection.execute(
        "update system.agent_steps set progress = $3 where agent_session_id = $1 and step_id = $2",
        session_id,
        step_id,
        progress,
    )


async def steps_below(connection: asyncpg.Connection, task_id: UUID, run_id: str) -> dict[str, list[AgentStepView]]:
    """The steps that agents reported, by the step of the run that invoked them."""
    rows = await connection.fetch(
        """
        select a.step_id as above, s.step_id as id, s.title, s.icon, s.progress, s.failure, s.started_at,
               s.completed_at, a.agent_id,
               case s.status when 'active' then 'IN_PROGRESS' when 'waiting_for_input' then 'BLOCKED'
                             else upper(s.status) end as status
        from system.agent_steps s join system.agent_sessions a on a.id = s.agent_session_id
        where a.task_id = $1 and a.run_id = $2 order by a.created_at, a.id, s.position
        """,
        str(task_id),
        run_id,
    )
    found: dict[str, list[AgentStepView]] = {}
    for row in rows:
        values = dict(row)
        found.setdefault(values.pop("above") or "", []).append(AgentStepView(**values))
    return found


async def insert_request(
    connection: asyncpg.Connection,
    session_id: UUID,
    task_id: UUID,
    request_id: UUID,
    step_id: str,
    pending_action: dict[str, Any],
) -> None:
    """Enters what is asked of people; the same request again changes nothing."""
    await connection.execute(
        """
        insert into system.agent_requests (id, agent_session_id, task_id, step_id, pending_action)
        values ($1, $2, $3, $4, $5) on conflict (id) do nothing
        """,
        request_id,
        session_id,
        task_id,
        step_id,
        pending_action,
    )


async def open_requests(connection: asyncpg.Connection, task_id: UUID) -> list[AgentRequestView]:
    """What agents that work now ask of people, the oldest first."""
    rows = await connection.fetch(
        f"""select {_REQUEST} from system.agent_requests
            where task_id = $1 and answered_at is null and exists (
              select 1 from system.agent_sessions a where a.id = agent_session_id and a.closed_at is null)
            order by asked_at, id""",
        task_id,
    )
    return [AgentRequestView(**row) for row in rows]


async def locked_request(
    connection: asyncpg.Connection, task_id: UUID, request_id: UUID
) -> tuple[AgentRequestView, OpenSession] | None:
    """A request, held until the transaction ends, and the session that made it."""
    row = await connection.fetchrow(
        f"select {_REQUEST}, agent_session_id from system.agent_requests where task_id = $1 and id = $2 for update",
        task_id,
        request_id,
    )
    if row is None:
        return None
    values = dict(row)
    session = await connection.fetchrow(
        "select id, run_id, step_id from system.agent_sessions where id = $1", values.pop("agent_session_id")
    )
    return AgentRequestView(**values), OpenSession(**session)


async def answer_request(
    connection: asyncpg.Connection, request_id: UUID, answer: dict[str, Any], *, by: str, at: datetime
) -> None:
    await connection.execute(
        "update system.agent_requests set answer = $2, answered_by = $3, answered_at = $4 where id = $1",
        request_id,
        answer,
        by,
        at,
    )
