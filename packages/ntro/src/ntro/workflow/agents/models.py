"""What is asked of an agent, and what came of it."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_INPUT_CHARACTERS = 1_000_000
"""How long the message to an agent may be."""


class AgentOutputFile(BaseModel):
    """A file that an agent left behind, stored as a submitted document."""

    document_ref: str
    filename: str
    content_type: str
    size_bytes: int
    source: str


class AgentResult(BaseModel):
    """What a session of an agent came to. `raw` is its evidence: versions, hashes and usage, never its content."""

    agent_id: str
    session_id: str
    status: Literal["completed", "failed", "terminated", "cancelled"]
    output_text: str | None = None
    output_files: list[AgentOutputFile] = []
    error: str | None = None
    raw: dict[str, Any] | None = None


class AgentInvocation(BaseModel):
    """One call of `invoke`: `call_id` names it across its retries, `run_id` and `step_id` say where it is made."""

    model_config = ConfigDict(frozen=True)

    agent_id: str
    input: str = Field(max_length=MAX_INPUT_CHARACTERS)
    tenant_slug: str | None = None
    entity_slug: str | None = None
    task_id: str = ""
    poll_interval_seconds: float = Field(default=5.0, gt=0, le=600)
    max_poll_seconds: float = Field(default=1800.0, gt=0, le=7 * 86400)
    budget_usd: Decimal | None = Field(default=None, gt=0, decimal_places=2)
    run_id: str = ""
    step_id: str | None = None
    call_id: str = ""
