"""Following a session to its end, through errors that pass."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from ntro.workflow.agents.providers import AgentHostError, ManagedAgentProvider, SessionRef, SessionStatus

FAILED_LOOKS = 30
"""How many looks in a row may fail before the attempt is given up; the next attempt adopts the session."""

LONGEST_PAUSE_SECONDS = 60.0

Noted = Callable[[str], Awaitable[None]]


async def follow(
    provider: ManagedAgentProvider, ref: SessionRef, *, every_seconds: float, deadline: datetime, note: Noted
) -> SessionStatus:
    """How the session ended, or how it was at the deadline.

    Args:
        provider: the session's host.
        ref: the session.
        every_seconds: between two looks.
        deadline: aware UTC; no look begins after it, but one does look.
        note: told each state that is not the one before.

    Raises:
        AgentHostError: the host refused, or failed thirty times in a row.
    """
    known, failed = "", 0
    while True:
        pause = every_seconds
        try:
            status = await provider.poll_session(ref)
        except AgentHostError as error:
            failed += 1
            if not error.retryable or failed >= FAILED_LOOKS:
                raise
            status = SessionStatus(known or "running")
            pause = min(error.retry_after or every_seconds * failed, LONGEST_PAUSE_SECONDS)
        else:
            failed = 0
        left = (deadline - datetime.now(UTC)).total_seconds()
        if status.is_terminal or left <= 0:
            return status
        if status.state != known:
            known = status.state
            await note(known)
        await asyncio.sleep(min(pause, left))
