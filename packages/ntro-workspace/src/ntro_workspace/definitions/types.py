"""What the oldest published clients send and are answered: definitions, versions, deployments."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from ntro.workspace.models import WorkflowCreate
from ntro.workspace.models.base import Answer, Name, Reference, Request, Text
from ntro.workspace.models.workflows import Cron, Timezone

_OF_BINDING = frozenset({"runbookSlug", "runbook_slug", "entityId", "entity_id"})


class DefinitionCreate(Request):
    """Body of `POST /workspace/registry/workflows` without a runbook and an entity."""

    name: Name
    description: Text | None = None
    tenantId: Reference | None = None
    schedule: Cron | None = None
    timezone: Timezone | None = None


def _kind_of(body: Any) -> str:
    defines = isinstance(body, dict) and "name" in body and not body.keys() & _OF_BINDING
    return "definition" if defines else "binding"


NewWorkflow = Annotated[
    Annotated[WorkflowCreate, Tag("binding")] | Annotated[DefinitionCreate, Tag("definition")],
    Discriminator(_kind_of),
]
"""A binding; or, with a name but neither runbook nor entity, a definition."""


class Definition(Answer):
    """A workflow that is bound to no entity yet: `entityId` is empty, `runbookSlug` is made from its name."""

    id: str
    name: str
    orgId: str | None = None
    tenantId: str | None = None
    runbookSlug: str
    entityId: str = ""
    description: str | None = None
    schedule: str | None = None
    timezone: str | None = None
    latestVersion: str | None = None
    createdAt: str | None = None
    updatedAt: str | None = None


class DefinitionVersion(Answer):
    """An archive that was pushed. `version` counts up from 1."""

    id: str
    workflowId: str
    version: str
    artifactUrl: str | None = None
    createdAt: str | None = None


class VersionDeploymentCreate(Request):
    """Body of `POST /workspace/registry/deployments`. The tenant may follow from the definition or the entity."""

    workflowId: Reference
    workflowVersionId: Reference
    tenantId: Reference | None = None
    entityId: Reference | None = None


class VersionDeployment(Answer):
    """How far a deployment has come; `error` is what the cell said where it failed."""

    id: str
    workflowId: str
    workflowVersionId: str
    tenantId: str | None = None
    entityId: str | None = None
    status: Literal["PENDING", "DEPLOYING", "DEPLOYED", "FAILED"]
    error: str | None = None
    createdAt: str | None = None
