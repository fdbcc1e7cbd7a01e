"""Beginning a session, exactly once: an intent is kept first, and a retry adopts what was begun.

The session at the host is created while its row is locked. A worker that dies there loses its connection and with it
the lock; the next one looks for the session by its tag before it creates another.
"""

import asyncio
from datetime import timedelta

from ntro.agents import sessions_repository as sessions
from ntro.agents.registry import RegisteredAgent
from ntro.agents.sessions_repository import SessionRow
from ntro.agents.settings import AgentSettings
from ntro.data import DataPlane
from ntro.workflow.agents.models import AgentInvocation
from ntro.workflow.agents.providers import AgentHostError, ManagedAgentProvider, SessionLimits, SessionRef

LOOKS = 3
"""How often a session of a known intent is looked for: hosts list what was created with a delay."""

LOOK_PAUSE_SECONDS = 2.0
CLOCK_SKEW = timedelta(minutes=10)


async def open_session(
    db: DataPlane,
    provider: ManagedAgentProvider,
    agent: RegisteredAgent,
    settings: AgentSettings,
    request: AgentInvocation,
    input_sha256: str,
) -> SessionRow:
    """The session of the request: adopted where one runs or has ended, else begun.

    Raises:
        AgentHostError: the host refused.
    """
    row, is_new = await _intent(db, request, agent, input_sha256)
    if row.is_closed or row.session_id is not None:
        return row
    async with db.transaction() as bound:
        row = await sessions.lock(bound, row.id)
        if row.is_closed or row.session_id is not None:
            return row
        limits = limits_of(row, settings, request)
        ref = None if is_new else await look_for(provider, agent, limits)
        if ref is None:
            ref = await provider.start_session(
                external_ref=agent.external_ref,
                environment_id=settings.environment_id,
                vault_ids=settings.vault_ids,
                input_message=request.input,
                limits=limits,
            )
        return await sessions.attach(bound, row.id, ref)


async def look_for(provider: ManagedAgentProvider, agent: RegisteredAgent, limits: SessionLimits) -> SessionRef | None:
    """The session that an earlier attempt may have created at the host."""
    for look in range(LOOKS):
        if look:
            await asyncio.sleep(LOOK_PAUSE_SECONDS)
        found = await provider.find_session(external_ref=agent.external_ref, limits=limits)
        if found is not None:
            return found
    return None


def limits_of(row: SessionRow, settings: AgentSettings, request: AgentInvocation) -> SessionLimits:
    """What the session is held to at its host; the smaller of two budgets counts."""
    budgets = [budget for budget in (settings.budget_usd, request.budget_usd) if budget is not None]
    return SessionLimits(
        tag=row.id,
        begun_at=row.created_at - CLOCK_SKEW,
        agent_version=settings.version,
        budget_usd=min(budgets, default=None),
    )


async def _intent(
    db: DataPlane, request: AgentInvocation, agent: RegisteredAgent, input_sha256: str
) -> tuple[SessionRow, bool]:
    """The session's row, and whether it was entered just now."""
    row = await sessions.find(db, request, input_sha256)
    if row is not None:
        return row, False
    row = await sessions.intend(db, request, agent, input_sha256)
    if row is not None:
        return row, True
    row = await sessions.find(db, request, input_sha256)
    if row is None:
        raise AgentHostError("The session ended while it was being looked for; ask again.", retryable=True)
    return row, False
