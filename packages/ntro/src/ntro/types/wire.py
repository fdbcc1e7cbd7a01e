"""What a run shows to people and agents: its steps, its open gate, its events."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

StepStatus = Literal["pending", "active", "completed", "failed", "waiting_for_input"]
PendingActionKind = Literal["submit_file", "submit_files", "interactive_review", "drill_down"]
StepEventKind = Literal[
    "plan_declared",
    "step_started",
    "step_completed",
    "step_failed",
    "requires_input",
    "input_resolved",
    "completed",
    "failed",
]


class _Open(BaseModel):
    """Extra fields are kept: newer senders may say more."""

    model_config = ConfigDict(extra="allow")


class DisplayHint(_Open):
    """Which component shows a gate, and its settings."""

    component: str
    config: dict[str, Any] = {}


class StepDescriptor(BaseModel):
    """One step of the breadcrumb."""

    id: str
    title: str
    status: StepStatus
    icon: str | None = None
    progress: float | None = None


class PendingAction(_Open):
    """What a run waits for."""

    kind: PendingActionKind
    reason: str | None = None
    display_hint: DisplayHint | None = None
    payload: Any = None
    args: dict[str, Any] | None = None
    tool: str | None = None
    tools: list[str] | None = None
    children: list[dict[str, Any]] | None = None
    feedback: dict[str, Any] | None = None
    checks: dict[str, Any] | None = None


class StepEvent(_Open):
    """Something that happened to a step, pushed by an agent outside the engine."""

    kind: StepEventKind
    step_id: str | None = None
    steps: list[StepDescriptor] | None = None
    payload: Any = None
    pending_action: PendingAction | None = None
    display_hint: DisplayHint | None = None
    error: str | None = None
