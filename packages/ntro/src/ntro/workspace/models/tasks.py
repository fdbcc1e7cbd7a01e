"""Tasks: runs of a workflow, as states, counts and times."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from ntro.workspace.models.base import Answer, JsonObject, Reference, Request, open_enum

TaskStatus = Annotated[str, open_enum("PENDING", "READY", "IN_PROGRESS", "BLOCKED", "COMPLETED", "FAILED")]


class TaskCreate(Request):
    """Body of `POST /workspace/tasks`. `tenantId` id or slug, `workflowId` id or name, `entityId` id or slug.

    Of `context` Workspace reads `period`, `priority` and `dry_run`; the rest is sealed to the cell on entry.
    """

    tenantId: Reference
    workflowId: Reference
    entityId: Reference | None = None
    context: JsonObject = Field(default_factory=dict)


class TaskStep(Answer):
    """A step's id and state."""

    name: str
    status: TaskStatus = "PENDING"
    progress: str | None = None


class TaskAssignee(Answer):
    """Who is to act."""

    id: str
    name: str | None = None


class TaskLinks(Answer):
    """Where a person sees the task."""

    workflow_ui: str | None = None


class TaskExecution(Answer):
    """The run behind the task."""

    temporalRunId: str | None = None
    taskQueue: str | None = None
    workflowType: str | None = None
    startedAt: str | None = None
    closedAt: str | None = None
    historyLength: int | None = None


class TaskFailure(Answer):
    """Type and step of a failure. Its message is read from the cell."""

    type: str | None = None
    message: str = ""
    activityName: str | None = None
    stackTrace: str | None = None


class TaskEvent(Answer):
    """An event of the run's execution."""

    eventId: int
    eventType: str
    timestamp: str | None = None
    activityName: str | None = None
    activityId: str | None = None
    failureMessage: str | None = None


class Task(Answer):
    """A run. `awaiting` is the kind of gate it waits at; `openGates` and `documents` are counts."""

    id: str
    title: str | None = None
    status: TaskStatus = "PENDING"
    tenantId: str
    entityId: str | None = None
    workflowId: str
    workflowSlug: str | None = None
    runbookVersion: str | None = None
    period: str | None = None
    awaiting: str | None = None
    openGates: int = 0
    documents: int = 0
    scheduled: bool = False
    dueDate: str | None = None
    priority: str | None = None
    steps: list[TaskStep] = Field(default_factory=list)
    assignee: TaskAssignee | None = None
    context: JsonObject = Field(default_factory=dict)
    createdAt: str | None = None
    updatedAt: str | None = None
    links: TaskLinks | None = None
    execution: TaskExecution | None = None
    failure: TaskFailure | None = None
    executionEvents: list[TaskEvent] = Field(default_factory=list)


class Decision(Request):
    """Body of `approve` and `reject`. It passes to the cell unread; Workspace keeps nothing of it."""

    reason: Annotated[str, StringConstraints(max_length=10_000)] | None = None


class Acknowledgement(Answer):
    """A decision was handed to a run that has no task row of its own."""

    workflowId: str
    status: str = "SIGNALED"


class NextStep(Answer):
    """What to do next: `action` and the members of the open gate, as the cell says them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    action: Annotated[str, open_enum("wait", "submit_file", "review", "done", "error_terminal", "unknown")]


class LogEntry(Answer):
    """An event of the task's log, as the cell says it."""

    id: str
    type: str
    payload: dict[str, Any] = Field(default_factory=dict)
    createdAt: str | None = None
