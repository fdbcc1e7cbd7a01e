"""What a cell answers, as far as a client reads it; members that are not named here are kept."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class CellAnswer(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class CellStep(CellAnswer):
    """A step of a run."""

    id: str = ""
    title: str | None = None
    status: str = "PENDING"


class CellTask(CellAnswer):
    """A task as its cell knows it, the failure's message included."""

    id: str
    status: str
    steps: list[CellStep] = Field(default_factory=list)
    children: list[dict[str, Any]] = Field(default_factory=list)
    failure: dict[str, Any] | None = None
    result: Any = None
    awaiting: str | None = None
    openGates: Any = None


class Gate(CellAnswer):
    """A point where a run waits. `payloadHash` names exactly what is shown in `payload`."""

    id: str
    taskId: str | None = None
    runId: str | None = None
    stepId: str | None = None
    kind: str | None = None
    reason: str | None = None
    payload: Any = None
    payloadHash: str | None = None
    args: dict[str, Any] | None = None
    fourEyes: bool | None = None
    openedAt: str | None = None
    deadline: str | None = None


class TaskView(CellAnswer):
    """What a person sees of a task now."""

    task: dict[str, Any] = Field(default_factory=dict)
    step: dict[str, Any] | None = None
    steps: list[CellStep] = Field(default_factory=list)
    gates: list[Gate] = Field(default_factory=list)


class CellNextStep(CellAnswer):
    """What to do next: `action` and the members of the open gate."""

    action: str


class ActionTaken(CellAnswer):
    """A decision was taken and belongs to `gateId`."""

    ok: bool
    gateId: str | None = None


class CellFile(CellAnswer):
    """A document of a task."""

    id: str
    filename: str
    source: str | None = None
    contentType: str | None = None
    sizeBytes: int | None = None
    sha256: str | None = None
    uploadedAt: str | None = None
    uploadedBy: str | None = None


class DataSubmitted(CellAnswer):
    """A record that was handed in; `runId` is the run that is told of it."""

    eventId: str
    runId: str
    kind: str | None = None
    receivedAt: str | None = None


class CellEvent(CellAnswer):
    """A row of the audit log. `seq` grows; a reader resumes after the highest it has seen."""

    seq: int
    type: str
    source: str | None = None
    actor: Any = None
    runId: str | None = None
    payload: Any = None
    at: str | None = None
    hash: str | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The payload where it is an object, else an empty one."""
        return self.payload if isinstance(self.payload, dict) else {}


class Correction(CellAnswer):
    """A value that a person corrected: `before` as it was shown, `after` as it became, `sources` the documents."""

    id: str
    at: str | None = None
    actor: str | None = None
    runbookSlug: str | None = None
    runbookVersion: str | None = None
    entitySlug: str | None = None
    period: str | None = None
    taskId: str | None = None
    gateId: str | None = None
    stepId: str | None = None
    payloadHash: str | None = None
    lineId: str | None = None
    field: str = ""
    before: Any = None
    after: Any = None
    sources: list[Any] = Field(default_factory=list)


class CorrectionPage(CellAnswer):
    """Corrections, the oldest first. Without `nextCursor` these are the last so far."""

    items: list[Correction] = Field(default_factory=list)
    nextCursor: str | None = None
