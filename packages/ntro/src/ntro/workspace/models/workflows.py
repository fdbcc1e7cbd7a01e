"""Workflows: a runbook bound to an entity, with or without a schedule. And capabilities."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from ntro.workspace.models.base import Answer, JsonObject, Name, Reference, Request, Slug, Text
from ntro.workspace.wire import Version

Cron = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Timezone = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Overlap = Literal["ALLOW", "SKIP"]
"""What becomes of a scheduled run while an earlier one of the workflow is open: it starts beside it, or not at all."""


class WorkflowCreate(Request):
    """Body of `POST /workspace/registry/workflows`.

    `schedule` is a cron expression of five fields, read in `timezone` (IANA, UTC by default). Without
    `runbookVersion` the binding follows whatever version is current.
    """

    runbookSlug: Slug
    entityId: Reference
    tenantId: Reference | None = None
    runbookVersion: Version | None = None
    name: Name | None = None
    description: Text | None = None
    schedule: Cron | None = None
    timezone: Timezone | None = None
    overlap: Overlap = "ALLOW"
    defaultConfig: JsonObject | None = None


class WorkflowUpdate(Request):
    """Body of `PATCH /workspace/registry/workflows/{id}`: what is given changes; null clears, config is replaced."""

    name: Name | None = None
    description: Text | None = None
    schedule: Cron | None = None
    timezone: Timezone | None = None
    runbookVersion: Version | None = None
    overlap: Overlap | None = None
    defaultConfig: JsonObject | None = None


class Workflow(Answer):
    """A binding. `nextRuns` are the next times of its schedule, aware UTC; none while it is paused."""

    id: str
    orgId: str | None = None
    tenantId: str | None = None
    runbookSlug: str
    runbookVersion: str | None = None
    entityId: str
    name: str | None = None
    description: str | None = None
    schedule: str | None = None
    timezone: str | None = None
    paused: bool = False
    overlap: str = "ALLOW"
    nextRuns: list[str] = Field(default_factory=list)
    defaultConfig: JsonObject | None = None
    entity: dict[str, Any] | None = None
    createdAt: str | None = None
    updatedAt: str | None = None


class Backfill(Request):
    """Body of `POST /workspace/registry/workflows/{id}/backfill`: a span of the past, both ends included."""

    since: Annotated[AwareDatetime, Field(strict=False)]
    until: Annotated[AwareDatetime, Field(strict=False)]


class ScheduledRuns(Answer):
    """Times whose runs were asked for, aware UTC."""

    workflowId: str
    times: list[str]


class CapabilityCreate(Request):
    """Body of `POST /workspace/registry/capabilities`."""

    name: Name
    description: Text | None = None
    version: Annotated[str, StringConstraints(max_length=32)] | None = None


class Capability(Answer):
    """A capability known to the registry."""

    id: str
    name: str
    description: str | None = None
    version: str | None = None
    createdAt: str | None = None
