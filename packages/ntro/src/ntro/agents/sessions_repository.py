"""SQL of agents' sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ntro.agents.registry import RegisteredAgent
from ntro.data import DataPlane
from ntro.workflow.agents.models import AgentInvocation, AgentResult
from ntro.workflow.agents.providers import TERMINAL_STATES, SessionRef

_COLUMNS = "id::text, state, session_id, kind, extra, deadline, result, created_at"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the cell knows it. `id` is the tag that marks it at its host; times are aware UTC."""

    id: str
    state: str
    session_id: str | None
    kind: str
    extra: dict[str, Any]
    deadline: datetime
    result: dict[str, Any] | None
    created_at: datetime

    @property
    def is_closed(self) -> bool:
        """Whether it has ended and its result is kept."""
        return self.state in TERMINAL_STATES

    @property
    def ref(self) -> SessionRef | None:
        """The session at its host; none while that is an intent only."""
        return None if self.session_id is None else SessionRef(self.session_id, self.kind, self.extra)


async def find(db: DataPlane, request: AgentInvocation, input_sha256: str) -> SessionRow | None:
    """The session of this call, else the one of the same question in the same task that did not fail."""
    row = await db.fetchrow(
        f"""select {_COLUMNS} from system.agent_sessions
            where agent_id = $1 and input_sha256 = $2
              and ((call_id = $3 and call_id <> '')
                   or (task_id = $4 and state not in ('failed', 'terminated', 'cancelled')))
            order by (call_id = $3) desc, created_at desc limit 1""",
        request.agent_id,
        input_sha256,
        request.call_id,
        request.task_id,
    )
    return None if row is None else SessionRow(**row)


async def intend(
    db: DataPlane, request: AgentInvocation, agent: RegisteredAgent, input_sha256: str
) -> SessionRow | None:
    """A new intent; none where another worker has just entered one."""
    row = await db.fetchrow(
        f"""insert into system.agent_sessions
                (agent_id, kind, external_ref, task_id, run_id, step_id, call_id, input, input_sha256, deadline)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))
            on conflict do nothing returning {_COLUMNS}""",
        request.agent_id,
        agent.kind,
        agent.external_ref,
        request.task_id,
        request.run_id,
        request.step_id,
        request.call_id,
        request.input,
        input_sha256,
        request.max_poll_seconds,
    )
    return None if row is None else SessionRow(**row)


async def lock(db: DataPlane, tag: str) -> SessionRow:
    """The session, held against other workers until the transaction ends."""
    row = await db.fetchrow(f"select {_COLUMNS} from system.agent_sessions where id = $1 for update", tag)
    assert row is not None, "sessions are never deleted"
    return SessionRow(**row)


async def attach(db: DataPlane, tag: str, ref: SessionRef) -> SessionRow:
    """Notes the session that was begun at the host."""
    row = await db.fetchrow(
        f"""update system.agent_sessions set session_id = $2, extra = $3, state = 'running'
            where id = $1 returning {_COLUMNS}""",
        tag,
        ref.session_id,
        ref.extra,
    )
    assert row is not None, "as above"
    return SessionRow(**row)


async def note_state(db: DataPlane, tag: str, state: str) -> None:
    """Notes how far an open session is."""
    await db.execute(
        "update system.agent_sessions set state = $2 where id = $1 and closed_at is null and state <> $2", tag, state
    )


async def close(
    db: DataPlane, tag: str, result: AgentResult, *, events_sha256: str | None = None, event_count: int | None = None
) -> None:
    """Keeps the result. The first one counts."""
    await db.execute(
        """update system.agent_sessions
           set state = $2, result = $3, events_sha256 = $4, event_count = $5, closed_at = now()
           where id = $1 and closed_at is null""",
        tag,
        result.status,
        result.model_dump(mode="json"),
        events_sha256,
        event_count,
    )
