"""Copilot Studio agents, over the Direct Line protocol 3.0.

A conversation costs nothing until something is said in it. It is kept before the input is sent, and the input carries
the session's tag, so a retry sees whether it was sent.
"""
# ruff: noqa: ASYNC109 - the published name of an argument that bounds each request

from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx2

from ntro.agents.copilot_states import attachments_of, last_text, status_of
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

KIND = "copilot_agent"
USER = "ntro"
MAX_PAGES = 1000
_PIECE_BYTES = 1024 * 1024
_TRANSIENT = frozenset({408, 409, 425, 429})
_ERROR = 400
_SERVER_ERROR = 500


def copilot_provider(agent: RegisteredAgent, settings: AgentSettings) -> "DirectLine":
    """The provider of an agent, with its own Direct Line secret or the worker's.

    Raises:
        AgentHostError: there is no secret.
    """
    worker = config.get()
    secret = (settings.secret or worker.direct_line_secret).get_secret_value()
    if not secret:
        raise AgentHostError(
            f"There is no Direct Line secret for agent {agent.name}. Set NTRO_DIRECT_LINE_SECRET of the worker, or the "
            "agent's secret in the tenant's configuration.",
            retryable=False,
        )
    return DirectLine(worker.direct_line_url, secret)


class DirectLine:
    """A `ManagedAgentProvider` over one Direct Line address."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._client = httpx2.AsyncClient(follow_redirects=False)
        self._secret = {"Authorization": f"Bearer {secret}"}

    async def start_session(
        self,
        *,
        external_ref: str,  # noqa: ARG002 - the secret belongs to one agent
        environment_id: str | None,  # noqa: ARG002 - Direct Line has none
        vault_ids: Sequence[str],  # noqa: ARG002 - as above
        input_message: str,  # noqa: ARG002 - `begin` sends it
        timeout: float = 30.0,
        limits: SessionLimits | None = None,  # noqa: ARG002 - `begin` carries the tag; there are no budgets
    ) -> SessionRef:
        """Open a conversation; nothing is said in it yet."""
        answer = await self._call("POST", "/conversations", timeout)
        return SessionRef(str(answer["conversationId"]), KIND)

    async def find_session(
        self,
        *,
        external_ref: str,  # noqa: ARG002 - there is nothing to look in
        limits: SessionLimits,  # noqa: ARG002 - as above
        timeout: float = 30.0,  # noqa: ARG002 - as above
    ) -> SessionRef | None:
        """None: conversations cannot be listed, and one that was lost before it was kept has cost nothing."""
        return None

    async def begin(self, ref: SessionRef, *, input_message: str, tag: str, timeout: float = 30.0) -> None:
        """Say the input, unless the conversation holds it already."""
        said = await self.list_events(ref, timeout=timeout)
        if any((activity.get("channelData") or {}).get("clientActivityID") == tag for activity in said):
            return
        await self._say(
            ref, {"type": "message", "text": input_message, "channelData": {"clientActivityID": tag}}, timeout
        )

    async def poll_session(self, ref: SessionRef, *, timeout: float = 30.0) -> SessionStatus:
        """How far the conversation is, by what the agent said last."""
        activities = await self.list_events(ref, timeout=timeout)
        state, error = status_of(activities, USER)
        return SessionStatus(state, final_message=last_text(activities, USER), error=error)

    async def list_events(self, ref: SessionRef, *, timeout: float = 30.0) -> list[dict[str, Any]]:
        """All activities of the conversation, oldest first."""
        found: dict[str, dict[str, Any]] = {}
        watermark: str | None = None
        for _ in range(MAX_PAGES):
            query = f"?watermark={watermark}" if watermark else ""
            page = await self._call("GET", f"/conversations/{ref.session_id}/activities{query}", timeout)
            found |= {str(activity.get("id")): activity for activity in page.get("activities") or ()}
            if not page.get("activities") or page.get("watermark") == watermark:
                break
            watermark = page.get("watermark")
        return list(found.values())

    async def list_session_files(self, ref: SessionRef, *, timeout: float = 30.0) -> list[ProviderFileRef]:
        """The attachments of the agent's messages that are files."""
        return attachments_of(await self.list_events(ref, timeout=timeout), USER)

    async def download_file(
        self,
        ref: SessionRef,  # noqa: ARG002 - attachments have addresses of their own
        file_ref: ProviderFileRef,
        *,
        timeout: float = 60.0,
    ) -> AsyncIterator[bytes]:
        """The attachment's bytes. The secret goes to Direct Line's own host only."""
        url = str(file_ref.extra["url"])
        own = urlsplit(url)[:2] == urlsplit(self._url)[:2]
        if not own and not url.startswith("https://"):
            raise AgentHostError(f"The attachment {file_ref.filename} is at no https address.", retryable=False)
        try:
            headers = self._secret if own else {}
            async with self._client.stream("GET", url, headers=headers, timeout=timeout) as answer:
                _check(answer, "download an attachment")
                async for piece in answer.aiter_bytes(_PIECE_BYTES):
                    yield piece
        except httpx2.TransportError as error:
            raise _no_answer(error) from error

    async def cancel_session(self, ref: SessionRef, *, timeout: float = 30.0) -> None:
        """Say that the conversation has ended."""
        await self._say(ref, {"type": "endOfConversation", "code": "userCancelled"}, timeout)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _say(self, ref: SessionRef, activity: dict[str, Any], timeout: float) -> None:
        path = f"/conversations/{ref.session_id}/activities"
        await self._call("POST", path, timeout, activity | {"from": {"id": USER}})

    async def _call(
        self,
        method: str,
        path: str,
        timeout: float,
        body: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        try:
            answer = await self._client.request(
                method, self._url + path, json=body, headers=self._secret, timeout=timeout
            )
        except httpx2.TransportError as error:
            raise _no_answer(error) from error
        _check(answer, f"{method} {path.split('/')[1]}")
        try:
            found = answer.json() if answer.content else {}
        except ValueError as error:
            raise AgentHostError("Direct Line answered with no JSON.", retryable=True) from error
        return found if isinstance(found, dict) else {}


def _check(answer: httpx2.Response, doing: str) -> None:
    if answer.status_code < _ERROR and not answer.is_redirect:
        return
    after = answer.headers.get("retry-after", "")
    raise AgentHostError(
        f"Direct Line refused to {doing}: HTTP {answer.status_code}.",
        retryable=answer.status_code in _TRANSIENT or answer.status_code >= _SERVER_ERROR,
        retry_after=float(after) if after.isdigit() else None,
    )


def _no_answer(error: httpx2.TransportError) -> AgentHostError:
    return AgentHostError(f"Direct Line did not answer: {type(error).__name__}.", retryable=True)
