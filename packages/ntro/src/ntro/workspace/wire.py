"""What crosses from a tenant cell to Workspace: ids, states, counts, times and code identifiers. Nothing else fits.

This module is closed: every model forbids extra keys and no field takes free text. A test walks its JSON schema
and fails on a string without a pattern, an enum or a format.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

CodeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
"""A name chosen by a programmer: a step id, a runbook slug."""

ErrorType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
"""The class name of an exception."""

Version = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$")]
PeriodLabel = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
MAX_STEPS = 200
MAX_REPORTS = 500


class TaskState(StrEnum):
    """State of a task or step, as the published clients know it."""

    PENDING = "PENDING"
    READY = "READY"
    IN_PROGRESS = "IN_PROGRESS"
    BLOCKED = "BLOCKED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Awaiting(StrEnum):
    """The kind of gate a blocked task waits at."""

    SUBMIT_FILE = "submit_file"
    SUBMIT_FILES = "submit_files"
    INTERACTIVE_REVIEW = "interactive_review"
    DRILL_DOWN = "drill_down"


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StepReport(Closed):
    """A step's id and state."""

    name: CodeId
    status: TaskState


class FailureReport(Closed):
    """Where a run failed and the class of the error. Its message stays in the cell."""

    type: ErrorType
    step: CodeId | None = None


class TaskReport(Closed):
    """The state of one task. `seq` counts the reports of that task from 1; Workspace keeps the highest it has seen."""

    task_id: UUID
    seq: Annotated[int, Field(ge=1)]
    workflow_id: UUID
    entity_id: UUID
    runbook: CodeId
    runbook_version: Version | None = None
    period: PeriodLabel | None = None
    status: TaskState
    awaiting: Awaiting | None = None
    steps: Annotated[list[StepReport], Field(max_length=MAX_STEPS)] = []
    open_gates: Annotated[int, Field(ge=0)] = 0
    documents: Annotated[int, Field(ge=0)] = 0
    history_length: Annotated[int, Field(ge=0)] = 0
    run_id: UUID | None = None
    scheduled: bool = False
    at: AwareDatetime
    started_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    failure: FailureReport | None = None


class StatusBatch(Closed):
    """Body of `POST /v1/internal/status`, in the order the reports were written."""

    reports: Annotated[list[TaskReport], Field(max_length=MAX_REPORTS)]


class StatusAck(Closed):
    """Answer: how many reports were new. Reports seen before count as accepted."""

    accepted: Annotated[int, Field(ge=0)]
    at: datetime
