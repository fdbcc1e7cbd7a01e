"""Commands from Workspace to a cell: inputs and answers of the ops workflows on the queue `ntro-ops`.

They travel unencrypted, so they hold metadata only; what Workspace must not read is in a `sealed` field.
"""

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

OPS_QUEUE = "ntro-ops"
SYNC_REGISTRY = "SyncRegistry"
DEPLOY_RUNBOOK = "DeployRunbook"
START_TASK = "StartTask"
CANCEL_TASK = "CancelTask"
START_SCHEDULED_TASK = "StartScheduledTask"
PROBE_PLATFORM = "ProbePlatform"


def namespace_of(tenant_slug: str) -> str:
    """The Temporal namespace of a tenant."""
    return f"ntro-{tenant_slug}"


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityEntry(Command):
    id: UUID
    slug: str
    name: str
    type: str | None = None
    jurisdiction: str | None = None
    currency: str | None = None
    config: dict[str, Any] = {}


class WorkflowEntry(Command):
    """A binding. `runbook_version` none means: whatever is current."""

    id: UUID
    name: str
    runbook_slug: str
    runbook_version: str | None = None
    entity_id: UUID | None = None
    schedule: str | None = None
    timezone: str | None = None
    default_config: dict[str, Any] = {}


class RegistrySnapshot(Command):
    """Input of `SyncRegistry`: all the cell knows of the registry. A `revision` below the stored one is ignored."""

    revision: int
    tenant_name: str
    tenant_config: dict[str, Any] = {}
    entities: list[EntityEntry]
    workflows: list[WorkflowEntry]


class Deployment(Command):
    """Input of `DeployRunbook`. The cell fetches the bundle from `/v1/internal/artifacts/<sha256>`."""

    deployment_id: UUID
    slug: str
    version: str
    sha256: str
    workflow_class: str
    activity_modules: list[str]
    make_current: bool = True


class DeploymentResult(Command):
    """Answer of `DeployRunbook`. `error` names what failed, with the bundle's own words; it speaks of code only."""

    ok: bool
    task_queue: str
    build_id: str
    error: str | None = None
    warnings: list[str] = []


class TaskStart(Command):
    """Input of `StartTask`. `context` holds `period`, `priority` and `dry_run` only; `sealed_context` the rest."""

    task_id: UUID
    workflow: WorkflowEntry
    entity: EntityEntry
    context: dict[str, Any] = {}
    sealed_context: str | None = None
    requested_by: str | None = None


class TaskCancel(Command):
    task_id: UUID
    requested_by: str | None = None


class ScheduledStart(Command):
    """Input of `StartScheduledTask`; the cell derives task id and period from the binding and the scheduled time.

    With the overlap `SKIP` nothing starts while an earlier task of the binding is open.
    """

    workflow_id: UUID
    scheduled_at: AwareDatetime | None = None
    overlap: Literal["ALLOW", "SKIP"] = "ALLOW"


class PlatformProbe(Command):
    """Input of `ProbePlatform`: a connection test, or with `wants_schemas` the names of schemas and tables.

    `sealed_secrets` holds a JSON object of secrets by their path in `config`, where they read `***`.
    """

    provider: str
    config: dict[str, Any] = {}
    sealed_secrets: str | None = None
    wants_schemas: bool = False


class PlatformProbed(Command):
    """Answer of `ProbePlatform`: names only, never rows. `message` holds no secret."""

    ok: bool
    message: str
    latency_ms: int
    schemas: dict[str, list[str]] = {}
