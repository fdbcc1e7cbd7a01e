"""Claude Managed Agents, through the official SDK."""
# ruff: noqa: ASYNC109 - the published name of an argument that bounds each request

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from anthropic import APIConnectionError, APIError, APIStatusError, AsyncAnthropic, omit

from ntro.agents.claude_states import last_message, status_of
from ntro.agents.registry import RegisteredAgent
from ntro.agents.settings import AgentSettings
from ntro.capabilities import config
from ntro.workflow.agents.providers import (
    AgentHostError,
    ProviderFileRef,
    SessionLimits,
    SessionRef,
    SessionStatus,
)

KIND = "claude_managed"
TAG = "ntro_session"
"""The key of a session's metadata that holds our tag."""

_BETAS = ["files-api-2025-04-14", "managed-agents-2026-04-01"]
_PAGE = 100
_PIECE_BYTES = 1024 * 1024
_TRANSIENT = frozenset({408, 409, 425, 429})
_SERVER_ERROR = 500
_WORKING = frozenset({"running", "rescheduling"})


def claude_provider(agent: RegisteredAgent, settings: AgentSettings) -> "ClaudeManagedAgents":
    """The provider of an agent, with its own key or the worker's.

    Raises:
        AgentHostError: there is no key.
    """
    worker = config.get()
    key = (settings.secret or worker.anthropic_api_key).get_secret_value()
    if not key:
        raise AgentHostError(
            f"There is no key for the host of agent {agent.name}. Set ANTHROPIC_API_KEY of the worker.", retryable=False
        )
    return ClaudeManagedAgents(AsyncAnthropic(api_key=key, base_url=worker.anthropic_base_url, max_retries=2))


class ClaudeManagedAgents:
    """A `ManagedAgentProvider`. Closes `client` when it is closed."""

    def __init__(self, client: AsyncAnthropic) -> None:
        self._client = client
        self._sessions = client.beta.sessions

    async def start_session(
        self,
        *,
        external_ref: str,
        environment_id: str | None,
        vault_ids: Sequence[str],
        input_message: str,
        timeout: float = 30.0,
        limits: SessionLimits | None = None,
    ) -> SessionRef:
        """Create a session that works on `input_message` at once. Tried once: a second try could pay twice."""
        agent: Any = _native(external_ref)
        if limits is not None and limits.agent_version is not None:
            agent = {"type": "agent", "id": agent, "version": limits.agent_version}
        once = self._client.with_options(max_retries=0).beta.sessions
        with _host_errors("create a session"):
            session = await once.create(
                agent=agent,
                environment_id=environment_id or omit,  # type: ignore[arg-type]  # the host says where it is needed
                vault_ids=list(vault_ids) or omit,
                initial_events=[{"type": "user.message", "content": [{"type": "text", "text": input_message}]}],
                metadata={TAG: limits.tag} if limits else omit,
                budget=_budget(limits.budget_usd) if limits and limits.budget_usd else omit,
                timeout=timeout,
            )
        return _ref(session)

    async def find_session(
        self,
        *,
        external_ref: str,
        limits: SessionLimits,
        timeout: float = 30.0,
    ) -> SessionRef | None:
        """The oldest session of the agent with our tag, archived ones included."""
        with _host_errors("list sessions"):
            async for session in self._sessions.list(
                agent_id=_native(external_ref),
                created_at_gte=limits.begun_at,
                include_archived=True,
                order="asc",
                limit=_PAGE,
                timeout=timeout,
            ):
                if session.metadata.get(TAG) == limits.tag:
                    return _ref(session)
        return None

    async def begin(self, ref: SessionRef, *, input_message: str, tag: str, timeout: float = 30.0) -> None:
        """Nothing: the session was created with its input."""

    async def poll_session(self, ref: SessionRef, *, timeout: float = 30.0) -> SessionStatus:
        """How far the session is. Why it stopped is in its events, not in its status."""
        with _host_errors("look at the session"):
            session = await self._sessions.retrieve(ref.session_id, timeout=timeout)
        if session.status in _WORKING:
            return SessionStatus(session.status)
        events = await self.list_events(ref, timeout=timeout)
        state, error = status_of(session.status, events)
        return SessionStatus(state, final_message=last_message(events), raw=_usage(session), error=error)

    async def list_events(self, ref: SessionRef, *, timeout: float = 30.0) -> list[dict[str, Any]]:
        """All events, oldest first."""
        with _host_errors("list the session's events"):
            pages = self._sessions.events.list(ref.session_id, order="asc", limit=_PAGE, timeout=timeout)
            return [event.to_dict(mode="json", warnings=False) async for event in pages]

    async def list_session_files(self, ref: SessionRef, *, timeout: float = 30.0) -> list[ProviderFileRef]:
        """The files of the session's scope that may be downloaded."""
        with _host_errors("list the session's files"):
            pages = self._client.beta.files.list(scope_id=ref.session_id, limit=_PAGE, betas=_BETAS, timeout=timeout)
            return [
                ProviderFileRef(file.id, file.filename, file.mime_type, file.size_bytes)
                async for file in pages
                if file.downloadable is not False
            ]

    async def download_file(
        self,
        ref: SessionRef,  # noqa: ARG002 - files have ids of their own here
        file_ref: ProviderFileRef,
        *,
        timeout: float = 60.0,
    ) -> AsyncIterator[bytes]:
        """The file's bytes, a MiB at a time."""
        with _host_errors(f"download {file_ref.file_id}"):
            download = self._client.beta.files.with_streaming_response.download(
                file_ref.file_id, betas=_BETAS, timeout=timeout
            )
            async with download as answer:
                async for piece in answer.iter_bytes(_PIECE_BYTES):
                    yield piece

    async def cancel_session(self, ref: SessionRef, *, timeout: float = 30.0) -> None:
        """Interrupt the session, then archive it: its events stay, and it cannot go on."""
        with _host_errors("end the session"):
            for step in (self._interrupt, self._archive):
                try:
                    await step(ref, timeout)
                except APIStatusError as error:
                    # One that has ended, or is being ended, needs nothing more.
                    if error.status_code not in (400, 404, 409):
                        raise

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _interrupt(self, ref: SessionRef, timeout: float) -> None:
        await self._sessions.events.send(ref.session_id, events=[{"type": "user.interrupt"}], timeout=timeout)

    async def _archive(self, ref: SessionRef, timeout: float) -> None:
        await self._sessions.archive(ref.session_id, timeout=timeout)


def _native(external_ref: str) -> str:
    return external_ref.rstrip("/").rsplit("/", 1)[-1]


def _ref(session: Any) -> SessionRef:
    return SessionRef(session.id, KIND, {"agent_version": session.agent.version})


def _usage(session: Any) -> dict[str, Any]:
    usage = session.usage
    counted = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    cost = usage.list_cost
    return counted | ({"list_cost_minor": cost.amount, "currency": cost.currency} if cost is not None else {})


def _budget(budget_usd: Decimal) -> Any:
    cents = int(budget_usd.scaleb(2))
    return {"type": "limit", "max_list_cost": {"amount": str(cents), "currency": "USD"}}


@contextmanager
def _host_errors(doing: str) -> Iterator[None]:
    try:
        yield
    except APIStatusError as error:
        transient = error.status_code in _TRANSIENT or error.status_code >= _SERVER_ERROR
        raise AgentHostError(
            f"The agent's host refused to {doing}: HTTP {error.status_code}.",
            retryable=transient,
            retry_after=_seconds(error.response.headers.get("retry-after")),
        ) from error
    except APIConnectionError as error:
        raise AgentHostError(f"The agent's host did not answer when asked to {doing}.", retryable=True) from error
    except APIError as error:
        raise AgentHostError(f"The agent's host answered oddly when asked to {doing}.", retryable=True) from error


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(0.0, float(text))
    except ValueError:
        return None
