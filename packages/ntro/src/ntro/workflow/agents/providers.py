"""What a platform that hosts agents is to the product: the interface that providers implement.

A provider of another package is found by the entry point group `ntro.agents`, see `ntro.agents.kinds`.
"""
# ruff: noqa: ASYNC109 - the published name of an argument that bounds each request

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

TERMINAL_STATES = frozenset({"completed", "failed", "terminated", "cancelled"})


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A session at its host. `extra` is the provider's own and JSON."""

    session_id: str
    agent_kind: str
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """How far a session is.

    `state` is `running`, `rescheduling` (the host tries again by itself), `waiting` (for an answer that nobody here
    gives), or one of the terminal ones. `error` says why where it is not `completed`.
    """

    state: str
    final_message: str | None = None
    raw: dict[str, Any] | None = None
    error: str | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether the session has ended."""
        return self.state in TERMINAL_STATES


@dataclass(frozen=True, slots=True)
class ProviderFileRef:
    """A file that a session left at its host."""

    file_id: str
    filename: str
    content_type: str
    size_bytes: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What a session is held to. `tag` marks it at the host; `begun_at` is no later than its creation there."""

    tag: str
    begun_at: datetime
    agent_version: int | None = None
    budget_usd: Decimal | None = None


class AgentHostError(RuntimeError):
    """An agent's host did not do what was asked.

    Attributes:
        retryable: whether the same may succeed later.
        retry_after: seconds that the host asked to wait, where it did.
    """

    code = "agent_host"

    def __init__(self, message: str, *, retryable: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_after = retry_after


@runtime_checkable
class ManagedAgentProvider(Protocol):
    """A host of agents. Timeouts are in seconds; every method raises `AgentHostError` where the host refuses."""

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
        """Create a session that works on `input_message`, or that `begin` sets to work."""
        ...

    async def find_session(
        self, *, external_ref: str, limits: SessionLimits, timeout: float = 30.0
    ) -> SessionRef | None:
        """The session that was created with the tag of `limits`; none where there is none, or hosts cannot tell."""
        ...

    async def begin(self, ref: SessionRef, *, input_message: str, tag: str, timeout: float = 30.0) -> None:
        """Hand over the input unless that was done before; nothing where `start_session` does it."""
        ...

    async def poll_session(self, ref: SessionRef, *, timeout: float = 30.0) -> SessionStatus:
        """How far the session is."""
        ...

    async def list_events(self, ref: SessionRef, *, timeout: float = 30.0) -> list[dict[str, Any]]:
        """Everything that happened in the session, oldest first, as JSON."""
        ...

    async def list_session_files(self, ref: SessionRef, *, timeout: float = 30.0) -> list[ProviderFileRef]:
        """The files that the session has left so far, all pages."""
        ...

    def download_file(
        self, ref: SessionRef, file_ref: ProviderFileRef, *, timeout: float = 60.0
    ) -> AsyncIterator[bytes]:
        """The bytes of a file, in pieces."""
        ...

    async def cancel_session(self, ref: SessionRef, *, timeout: float = 30.0) -> None:
        """End the session at its host; nothing where it has ended."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...
