"""Read models: what the API and the pages show. Times are aware UTC; JSON values are as they were recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Json = Any
"""Any JSON value; numbers with a point are `Decimal`."""

SUBMIT_KINDS = frozenset({"submit_file", "submit_files"})
REVIEW_KIND = "interactive_review"


@dataclass(frozen=True, slots=True)
class EntityView:
    id: UUID
    tenant_id: UUID
    slug: str
    name: str
    type: str | None
    jurisdiction: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class StartParam:
    """One value that a person gives when starting a workflow. It is required when it has no default."""

    key: str
    type: str
    description: str | None
    pattern: str | None
    enum: list[Json] | None
    default: Json
    required: bool


@dataclass(frozen=True, slots=True)
class WorkflowView:
    """A runbook bound to an entity. `start_params` is none where its version is not known in this cell."""

    id: UUID
    name: str
    runbook_slug: str
    runbook_version: str | None
    schedule: str | None
    timezone: str | None
    start_params: list[StartParam] | None


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What a task waits for: the component that shows it, the kind of gate, since when."""

    component: str | None
    kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a list."""

    id: UUID
    title: str
    status: str
    priority: str
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
    awaiting: Awaiting | None = None


@dataclass(frozen=True, slots=True)
class AgentStepView:
    """A step that an agent reported of itself. `status` is one of those of a `StepView`."""

    id: str
    agent_id: UUID
    title: str
    icon: str | None
    status: str
    progress: str | None
    failure: str | None
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgentRequestView:
    """What an agent asks of people: a file or an approval, as `pending_action` says."""

    id: UUID
    step_id: str
    pending_action: dict[str, Json]
    asked_at: datetime
    answer: Json
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a run. `status` is PENDING, IN_PROGRESS, BLOCKED, COMPLETED or FAILED.

    `agent_steps` are those that agents reported which the step invoked.
    """

    id: str
    title: str
    icon: str | None
    status: str
    visits: int
    started_at: datetime | None
    completed_at: datetime | None
    failure: Json
    agent_steps: tuple[AgentStepView, ...] = ()


@dataclass(frozen=True, slots=True)
class RunView:
    """One run of a task's tree. `status` is RUNNING, COMPLETED, FAILED or CANCELLED."""

    id: str
    parent_id: str | None
    step_id: str | None
    slug: str
    status: str
    result: Json
    failure: Json
    started_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class GateView:
    """An open gate: what is waited for, and what is shown with it. `sign_off` names what an approval signs."""

    id: str
    task_id: UUID
    run_id: str
    step_id: str | None
    kind: str
    reason: str | None
    display_hint: dict[str, Json]
    payload: Json
    payload_hash: str | None
    args: dict[str, Json]
    tools: list[Json]
    feedback: Json
    checks: Json
    four_eyes: bool
    opened_at: datetime
    deadline: datetime | None
    sign_off: str | None = None

    @property
    def component(self) -> str | None:
        found = self.display_hint.get("component")
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task, or one run below it: `run_id` says which. Steps, failure and result are that run's."""

    task: TaskRow
    run_id: str
    status: str
    context: dict[str, Json]
    steps: list[StepView]
    children: list[RunView]
    gates: list[GateView]
    next_gate: GateView | None
    failure: Json
    result: Json


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A stored document. `sha256` is of its bytes."""

    id: UUID
    filename: str
    source: str
    content_type: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    uploaded_by: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """A row of the audit log."""

    seq: int
    task_id: UUID | None
    run_id: str | None
    type: str
    source: str
    actor: str | None
    payload: Json
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One value that a person corrected; `id` is `<number of the event>:<place in it>`.

    `before` is what was shown, `sources` the documents that what was shown named for it. `verdict` and `reason` are
    those of the decision that carried the correction; `ledger` is set where a row of a subledger was changed.
    """

    id: str
    at: datetime
    actor: str | None
    runbook_slug: str
    runbook_version: str | None
    entity_slug: str
    period: str | None
    task_id: UUID
    run_id: str
    gate_id: str | None
    step_id: str | None
    payload_hash: str | None
    verdict: str | None
    reason: str | None
    ledger: str | None
    line_id: str | None
    field: str
    before: Json
    after: Json
    sources: list[Json]
