"""What cells tell of their tasks as it happens."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from ntro.workspace.models.base import Answer, Request

NotificationType = Literal[
    "workflow.started",
    "workflow.completed",
    "workflow.failed",
    "workflow.step.started",
    "workflow.step.completed",
    "workflow.step.failed",
    "workflow.step.blocked",
    "workflow.step.approved",
    "workflow.step.rejected",
]
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
ObjectId = Annotated[str, StringConstraints(pattern=rf"^({_UUID})?$", max_length=36)]
RunId = Annotated[str, StringConstraints(pattern=rf"^({_UUID}(:[A-Za-z0-9_.-]{{1,64}}){{0,12}})?$", max_length=400)]
StepId = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_.-]{0,63})?$")]


class NotificationCreate(Request):
    """Body of `POST /internal/notify`. It is closed: nothing of what is in a task fits. An empty text means none."""

    type: NotificationType
    tenantId: ObjectId = ""
    entityId: ObjectId = ""
    taskId: RunId = ""
    step: StepId = ""
    timestamp: Annotated[AwareDatetime, Field(strict=False)]


class NotificationTaken(Answer):
    """Answer to a cell."""

    status: Literal["accepted"] = "accepted"
    id: str


class Notification(Answer):
    """One thing that happened. `runId` is the child run it happened in, where there is one."""

    id: str
    type: str
    tenantId: str
    entityId: str | None = None
    taskId: str | None = None
    runId: str | None = None
    step: str | None = None
    at: str
    readAt: str | None = None
    createdAt: str
