"""One invocation of an agent, from its registration to its result."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio import activity

from ntro.agents import files_repository as files
from ntro.agents import sessions_repository as sessions
from ntro.agents.evidence import events_sha256, text_sha256
from ntro.agents.following import follow
from ntro.agents.kinds import provider_of
from ntro.agents.opening import limits_of, look_for, open_session
from ntro.agents.passback import PassbackError, pass_back
from ntro.agents.registry import RegisteredAgent, find_agent
from ntro.agents.sessions_repository import SessionRow
from ntro.agents.settings import AgentSettings, settings_of
from ntro.capabilities import config
from ntro.data import DataPlane, get_data_plane
from ntro.events import get_emitter
from ntro.workflow.agents.models import AgentInvocation, AgentOutputFile, AgentResult
from ntro.workflow.agents.providers import AgentHostError, ManagedAgentProvider, SessionRef, SessionStatus

CLOSED_EVENT = "agent.session_closed"
MAX_TEXT_CHARACTERS = 100_000
"""How much of an agent's last message travels in the result."""


async def run_invocation(request: AgentInvocation) -> AgentResult:
    """Runs the session of `request` to its end, or adopts the one that an earlier attempt began.

    Raises:
        AgentHostError: the agent is not registered or not connected, or its host refused.
        ntro.data.DataPlaneError: the tenant's database cannot be used.
    """
    db = await get_data_plane(request.tenant_slug or config.get().tenant_slug)
    agent = await find_agent(request.agent_id)
    settings = await settings_of(db, agent)
    provider = await asyncio.to_thread(provider_of, agent, settings)
    try:
        return await _Invocation(db, provider, agent, settings, request).result()
    finally:
        await provider.aclose()


@dataclass(frozen=True, slots=True)
class _Invocation:
    db: DataPlane
    provider: ManagedAgentProvider
    agent: RegisteredAgent
    settings: AgentSettings
    request: AgentInvocation

    async def result(self) -> AgentResult:
        try:
            row = await open_session(
                self.db, self.provider, self.agent, self.settings, self.request, self._input_sha256
            )
            if row.is_closed:
                return AgentResult.model_validate(row.result)
            return await self._followed(row)
        except asyncio.CancelledError:
            if _was_asked_to_stop():
                await self._cancelled()
            raise

    @property
    def _input_sha256(self) -> str:
        return text_sha256(self.request.input)

    async def _followed(self, row: SessionRow) -> AgentResult:
        ref = row.ref
        assert ref is not None, "an open session was begun"
        await self.provider.begin(ref, input_message=self.request.input, tag=row.id)

        async def note(state: str) -> None:
            await sessions.note_state(self.db, row.id, state)

        status = await follow(
            self.provider, ref, every_seconds=self.request.poll_interval_seconds, deadline=row.deadline, note=note
        )
        if not status.is_terminal:
            status = await self._timed_out(ref, row, status)
        return await self._closed(row, ref, status)

    async def _timed_out(self, ref: SessionRef, row: SessionRow, status: SessionStatus) -> SessionStatus:
        """Ends the session at its host: past the deadline it must cost nothing more."""
        await self.provider.cancel_session(ref)
        waited = f" It waits for an answer that nobody gives: {status.error}" if status.state == "waiting" else ""
        raw = {
            "error": "polling_timeout",
            "elapsed_seconds": round((datetime.now(UTC) - row.created_at).total_seconds()),
            "max_poll_seconds": round(self.request.max_poll_seconds),
        }
        limit = f"{self.request.max_poll_seconds:g} s"
        return SessionStatus("failed", raw=raw, error=f"The session did not end within {limit}.{waited}")

    async def _closed(self, row: SessionRow, ref: SessionRef, status: SessionStatus) -> AgentResult:
        events = await self.provider.list_events(ref)
        outputs, error = await self._outputs(row, ref, status)
        evidence: dict[str, Any] = {
            "input_sha256": self._input_sha256,
            "events_sha256": events_sha256(events),
            "event_count": len(events),
        }
        result = AgentResult(
            agent_id=self.request.agent_id,
            session_id=ref.session_id,
            status="failed" if error and status.state == "completed" else status.state,
            output_text=None if status.final_message is None else status.final_message[:MAX_TEXT_CHARACTERS],
            output_files=outputs,
            error=error or status.error,
            raw=ref.extra | (status.raw or {}) | evidence,
        )
        # Told before it is closed: what is told again by a retry is one event, and what is closed is not told again.
        await self._tell(result)
        await sessions.close(
            self.db,
            row.id,
            result,
            events_sha256=evidence["events_sha256"],
            event_count=evidence["event_count"],
        )
        return result

    async def _outputs(
        self, row: SessionRow, ref: SessionRef, status: SessionStatus
    ) -> tuple[list[AgentOutputFile], str | None]:
        """The session's files where it completed, and why not all of them could be taken."""
        if status.state != "completed":
            return [], None
        place = await files.place_of(
            self.db,
            row.id,
            agent_id=self.request.agent_id,
            task_id=self.request.task_id,
            entity_slug=self.request.entity_slug,
        )
        try:
            return await pass_back(self.db, self.provider, ref, place), None
        except PassbackError as error:
            return await files.stored_files(self.db, row.id), f"File passback failed: {error}"
        except AgentHostError as error:
            if error.retryable:
                raise
            return await files.stored_files(self.db, row.id), f"File passback failed: {error}"

    async def _tell(self, result: AgentResult) -> None:
        """An event of the task's log: what was asked of whom, and by which hash its course can be checked."""
        if activity.in_activity():
            said = result.model_dump(mode="json", exclude={"output_text"})
            await get_emitter().emit(CLOSED_EVENT, said | {"agent": self.agent.name, "kind": self.agent.kind})

    async def _cancelled(self) -> None:
        """Ends the session at its host, wherever the invocation was when its run was cancelled."""
        row = await sessions.find(self.db, self.request, self._input_sha256)
        if row is None or row.is_closed:
            return
        ref = row.ref or await look_for(self.provider, self.agent, limits_of(row, self.settings, self.request))
        if ref is not None:
            await self.provider.cancel_session(ref)
        ended = AgentResult(
            agent_id=self.request.agent_id,
            session_id=ref.session_id if ref else "",
            status="cancelled",
            error="The run was cancelled.",
        )
        await self._tell(ended)
        await sessions.close(self.db, row.id, ended)


def _was_asked_to_stop() -> bool:
    """Whether the run was cancelled. A worker that merely stops leaves the session to the next one."""
    if not activity.in_activity():
        return True
    details = activity.cancellation_details()
    return details is not None and details.cancel_requested
