"""Agents that other platforms host, invoked from a step of a run.

This version has no connection to such a platform: `invoke` says so. A step that has no agent to ask does without.
"""

from typing import Any, Literal

from pydantic import BaseModel

from ntro.workflow.exceptions import WorkflowError

AGENTS_NOT_CONFIGURED = "AgentsNotConfigured"
"""Type of the failure where an agent is invoked and no agent platform is connected."""

__all__ = ["AGENTS_NOT_CONFIGURED", "AgentOutputFile", "AgentResult", "invoke"]


class AgentOutputFile(BaseModel):
    """A file that an agent left behind, stored as a submitted document."""

    document_ref: str
    filename: str
    content_type: str
    size_bytes: int
    source: str


class AgentResult(BaseModel):
    """What a session of an agent came to."""

    agent_id: str
    session_id: str
    status: Literal["completed", "failed", "terminated", "cancelled"]
    output_text: str | None = None
    output_files: list[AgentOutputFile] = []
    error: str | None = None
    raw: dict[str, Any] | None = None


async def invoke(
    agent_id: str,
    *,
    input: dict[str, Any] | str,  # noqa: A002, ARG001 - the published name of the argument
    tenant_slug: str | None = None,  # noqa: ARG001 - part of the published signature
    entity_slug: str | None = None,  # noqa: ARG001 - as above
    task_id: str | None = None,  # noqa: ARG001 - as above
    poll_interval_seconds: float = 5.0,  # noqa: ARG001 - as above
    max_poll_seconds: float = 1800.0,  # noqa: ARG001 - as above
) -> AgentResult:
    """Let the registered agent `agent_id` work on `input` and return what it made of it.

    Raises:
        WorkflowError: of type `AgentsNotConfigured`: no agent platform is connected; the run fails with that.
    """
    raise WorkflowError(
        f"The agent {agent_id} cannot be invoked: no agent platform is connected to this worker. "
        "Leave the agent's id out of the entity's configuration, and the step goes without it.",
        type=AGENTS_NOT_CONFIGURED,
        non_retryable=True,
    )
