"""Bodies of the cell's API."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,200}$")]
"""An id or a name chosen by a programmer."""

GateId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:/-]{1,1000}$")]
"""`<run>/<step>/<number>`."""

Period = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
TaskStatus = Literal["PENDING", "READY", "IN_PROGRESS", "BLOCKED", "COMPLETED", "FAILED"]
Seq = Annotated[int, Field(ge=0, lt=2**63)]


class Shape(BaseModel):
    """camelCase on the wire, snake_case here."""

    model_config = ConfigDict(from_attributes=True, alias_generator=to_camel, populate_by_name=True)


class Health(Shape):
    status: Literal["ok"] = "ok"


class Problem(Shape):
    """Every error, at every door."""

    status_code: int
    message: str
    error: str
    code: str
    hint: str | None = None
    request_id: str | None = None
    type: str
    title: str
    status: int
    detail: str


class Entity(Shape):
    id: UUID
    tenant_id: UUID
    slug: str
    name: str
    type: str | None
    jurisdiction: str | None
    currency: str | None


class StartParam(Shape):
    key: str
    type: str
    description: str | None
    pattern: str | None
    enum: list[Any] | None
    default: Any
    required: bool


class Workflow(Shape):
    id: UUID
    name: str
    runbook_slug: str
    runbook_version: str | None
    schedule: str | None
    timezone: str | None
    start_params: list[StartParam] | None


class TaskListed(Shape):
    """A task in a list. `awaiting` names the component that shows what it waits for."""

    id: UUID
    title: str
    status: TaskStatus
    priority: str
    awaiting: str | None
    awaiting_kind: str | None
    waiting_since: datetime | None
    entity_id: UUID
    entity_slug: str
    entity_name: str
    workflow_id: UUID
    workflow_name: str | None
    runbook_slug: str
    runbook_version: str | None
    period: str | None
    scheduled: bool
    requested_by: str | None
    created_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime


class AgentStep(Shape):
    """A step that an agent reported of itself, below the step that invoked it."""

    id: str
    agent_id: UUID
    title: str
    icon: str | None
    status: TaskStatus
    progress: str | None
    failure: str | None
    started_at: datetime | None
    completed_at: datetime | None


class AgentRequest(Shape):
    """What an agent asks of people. `pendingAction` says what, and how it is shown."""

    id: UUID
    step_id: str
    pending_action: dict[str, Any]
    asked_at: datetime


class AgentAnswer(Shape):
    """The answer: a decision on what was shown, or a document of the task where a file was asked for."""

    action: Literal["approved", "rejected"] | None = None
    reason: Annotated[str, Field(max_length=4000)] | None = None
    document_id: UUID | None = None


class Step(Shape):
    id: str
    name: str
    title: str
    icon: str | None
    status: TaskStatus
    visits: int
    started_at: datetime | None
    completed_at: datetime | None
    failure: Any
    agent_steps: list[AgentStep] = []


class Run(Shape):
    id: str
    parent_id: str | None
    step_id: str | None
    slug: str
    status: Literal["RUNNING", "COMPLETED", "FAILED", "CANCELLED"]
    failure: Any
    result: Any
    started_at: datetime
    closed_at: datetime | None


class Gate(Shape):
    id: str
    task_id: UUID
    run_id: str
    step_id: str | None
    kind: str
    reason: str | None
    display_hint: dict[str, Any]
    payload: Any
    payload_hash: str | None
    args: dict[str, Any]
    tools: list[Any]
    feedback: Any
    checks: Any
    four_eyes: bool
    opened_at: datetime
    deadline: datetime | None
    sign_off: str | None = None


class Task(TaskListed):
    """A task, or a run below it: `runId` says which. `failure` holds its message."""

    run_id: str
    context: dict[str, Any]
    steps: list[Step]
    children: list[Run]
    open_gates: list[Gate]
    failure: Any
    result: Any


class ScreenStep(Shape):
    id: str
    title: str
    display_hint: dict[str, Any] | None
    args: dict[str, Any]


class Screen(Shape):
    """What a person sees of a task now."""

    task: TaskListed
    step: ScreenStep | None
    steps: list[Step]
    gates: list[Gate]


class NextStep(BaseModel):
    """What to do next; `submit_file` and `review` come with the members of the gate."""

    model_config = ConfigDict(extra="allow")

    action: Literal["wait", "submit_file", "review", "done", "error_terminal"]


class DecisionBody(Shape):
    """A decision. Name the gate and the hash of what was seen; without `gateId` the only open review is meant."""

    type: Literal["approved", "rejected", "corrected"]
    comments: Annotated[str, Field(max_length=4000)] | None = None
    gate_id: GateId | None = None
    payload_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    corrections: Annotated[list[dict[str, Any]], Field(max_length=1000)] | dict[str, Any] | None = None


class Decided(Shape):
    ok: Literal[True] = True
    gate_id: str


class RowActionBody(Shape):
    ledger: Code
    action: Literal["edit_cell", "reject_row"]
    row_id: UUID
    field: Code | None = None
    value: Any = None
    gate_id: GateId | None = None


class Done(Shape):
    ok: Literal[True] = True


class Document(Shape):
    id: UUID
    filename: str
    source: str
    content_type: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    uploaded_by: str | None


class Event(Shape):
    """A row of the audit log."""

    seq: int
    task_id: UUID | None
    run_id: str | None
    type: str
    source: str
    actor: str | None
    payload: Any
    at: datetime
    hash: str


class EventBody(Shape):
    """What an agent or worker reports of itself."""

    type: Literal[
        "reasoning.start",
        "reasoning.delta",
        "reasoning.end",
        "plan_declared",
        "step_started",
        "step_completed",
        "step_failed",
        "requires_input",
        "input_resolved",
        "completed",
        "failed",
    ]
    source: Code = "agent"
    source_label: Annotated[str, Field(max_length=200)] | None = None
    seq: Seq | None = None
    group_key: Annotated[str, Field(max_length=200)] | None = None
    payload: dict[str, Any] = {}


class Recorded(Shape):
    ok: Literal[True] = True
    seq: int


class LogEntry(Shape):
    """An event as older clients read it."""

    id: str
    type: str
    payload: dict[str, Any]
    created_at: datetime


class ExecutionEvent(Shape):
    event_id: int
    event_type: str
    timestamp: datetime
    activity_name: str | None
    failure_message: str | None


class TaskStartBody(Shape):
    """What to start for an entity; `context` should match the workflow's start parameters."""

    workflow_id: Code
    context: dict[str, Any] = {}
