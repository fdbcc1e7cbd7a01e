"""SQL of what agents asked of people, with who asked, for those who read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from ntro_tenant.core.views import AgentRequestView

_QUESTIONS = """
select r.id, r.step_id, r.pending_action, r.asked_at, r.answer, r.answered_by, r.answered_at,
       a.agent_id, a.closed_at is null as works
from system.agent_requests r join system.agent_sessions a on a.id = r.agent_session_id
where r.task_id = $1
"""


@dataclass(frozen=True, slots=True)
class AgentQuestion:
    """What an agent asked. It `works` while its session is open; nobody hears an answer afterwards."""

    request: AgentRequestView
    agent_id: UUID
    works: bool

    @property
    def is_open(self) -> bool:
        return self.works and self.request.answered_at is None


async def questions(connection: asyncpg.Connection, task_id: UUID, run_id: str) -> list[AgentQuestion]:
    """What agents asked that the run and the runs below it invoked, the oldest first."""
    rows = await connection.fetch(
        f"{_QUESTIONS} and (a.run_id = $2 or starts_with(a.run_id, $2 || ':')) order by r.asked_at, r.id",
        task_id,
        run_id,
    )
    return [_question(row) for row in rows]


async def question(connection: asyncpg.Connection, task_id: UUID, request_id: UUID) -> AgentQuestion | None:
    row = await connection.fetchrow(f"{_QUESTIONS} and r.id = $2", task_id, request_id)
    return None if row is None else _question(row)


async def waiting_since(connection: asyncpg.Connection) -> dict[UUID, datetime]:
    """The tasks on which agents that work now wait for people, and since when."""
    rows = await connection.fetch(
        """
        select r.task_id, min(r.asked_at) as since
        from system.agent_requests r join system.agent_sessions a on a.id = r.agent_session_id
        where r.answered_at is null and a.closed_at is null group by r.task_id order by r.task_id
        """
    )
    return {row["task_id"]: row["since"] for row in rows}


def _question(row: asyncpg.Record) -> AgentQuestion:
    values = dict(row)
    agent_id, works = values.pop("agent_id"), values.pop("works")
    return AgentQuestion(AgentRequestView(**values), agent_id, works)
