"""Workflows: a runbook bound to an entity, with or without a schedule."""

from uuid import UUID, uuid4

import asyncpg

from ntro.workspace.models import Workflow, WorkflowCreate, WorkflowUpdate
from ntro_server.errors import Conflict, Invalid, NotFound
from ntro_workspace.commands import service as commands
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import iso, to_answer
from ntro_workspace.entities import repository as entities
from ntro_workspace.entities import service as entity_service
from ntro_workspace.keys.types import Principal
from ntro_workspace.runbooks.catalog import TemplateCatalog
from ntro_workspace.runbooks.service import require_known
from ntro_workspace.schedules import service as schedules
from ntro_workspace.tenants import repository as tenant_repository
from ntro_workspace.tenants import service as tenants
from ntro_workspace.tenants.secrets import seal_secrets
from ntro_workspace.workflows import repository

_COLUMN_OF = {
    "name": "name",
    "description": "description",
    "schedule": "schedule",
    "timezone": "timezone",
    "runbookVersion": "runbook_version",
    "overlap": "overlap",
    "defaultConfig": "default_config",
}
_KEPT_BY_TEMPORAL = ("schedule", "timezone", "overlap")


async def create(
    connection: asyncpg.Connection,
    body: WorkflowCreate,
    caller: Principal,
    catalog: TemplateCatalog,
    *,
    workflow_id: UUID | None = None,
) -> Workflow:
    """A binding, with the id that its definition has where it had one; with a schedule it runs by itself.

    Raises:
        NotFound: there is no such entity, tenant or deployed runbook.
        Conflict: the name is taken.
        Invalid: the schedule or time zone cannot be read.
    """
    schedules.check(body.schedule, body.timezone)
    entity = await _entity(connection, body, caller)
    tenant = await tenant_repository.find(connection, entity["tenant_id"])
    assert tenant is not None
    await require_known(connection, catalog, tenant["id"], body.runbookSlug, body.runbookVersion)
    values = {
        "id": workflow_id,
        "tenant_id": tenant["id"],
        "entity_id": entity["id"],
        "runbook_slug": body.runbookSlug,
        "runbook_version": body.runbookVersion,
        "name": body.name or await _free_name(connection, f"{body.runbookSlug} {entity['slug']}"),
        "description": body.description,
        "schedule": body.schedule,
        "timezone": body.timezone,
        "overlap": body.overlap,
        "default_config": seal_secrets(
            body.defaultConfig or {}, public_key=tenant["sealing_public_key"], tenant_id=tenant["id"]
        ),
    }
    workflow_id = await repository.insert(connection, values)
    if workflow_id is None:
        raise Conflict("There is a workflow of that name already.", hint="Choose another name.")
    row = await repository.find(connection, workflow_id)
    assert row is not None
    if body.schedule is not None:
        await commands.set_schedule(connection, row)
    await commands.registry_changed(connection, tenant["id"])
    return to_workflow(row)


async def resolve(connection: asyncpg.Connection, reference: str, caller: Principal) -> asyncpg.Record:
    """The binding of an id or a name.

    Raises:
        NotFound: there is none that the key may see.
    """
    row = await _find(connection, reference)
    if row is None:
        raise NotFound("There is no such workflow.", hint="GET /v1/workspace/registry/workflows lists them.")
    caller.check_tenant(row["tenant_id"], what="workflow")
    return row


async def is_bound(connection: asyncpg.Connection, reference: str) -> bool:
    """Whether there is a binding of an id or a name, whoever may see it."""
    return await _find(connection, reference) is not None


async def update(
    connection: asyncpg.Connection, before: asyncpg.Record, body: WorkflowUpdate, catalog: TemplateCatalog
) -> asyncpg.Record:
    """Changes what is given; null clears.

    Raises:
        Conflict: the name is taken.
        Invalid: the schedule or time zone cannot be read, or the name would be cleared.
    """
    changes = {_COLUMN_OF[name]: getattr(body, name) for name in body.model_fields_set}
    if "overlap" in changes:
        changes["overlap"] = body.overlap or "ALLOW"
    schedules.check(changes.get("schedule"), changes.get("timezone"))
    await _check_name(connection, before, changes)
    if changes.get("runbook_version") is not None:
        await require_known(
            connection, catalog, before["tenant_id"], before["runbook_slug"], changes["runbook_version"]
        )
    if "default_config" in changes:
        tenant = await tenant_repository.find(connection, before["tenant_id"])
        assert tenant is not None
        changes["default_config"] = seal_secrets(
            changes["default_config"] or {}, public_key=tenant["sealing_public_key"], tenant_id=tenant["id"]
        )
    await repository.update(connection, before["id"], changes)
    row = await repository.find(connection, before["id"])
    assert row is not None
    if any(row[name] != before[name] for name in _KEPT_BY_TEMPORAL):
        await commands.set_schedule(connection, row)
    await commands.registry_changed(connection, row["tenant_id"])
    return row


async def list_workflows(connection: asyncpg.Connection, caller: Principal) -> list[Workflow]:
    return [to_workflow(row) for row in await repository.list_all(connection, caller.tenant_id)]


def to_workflow(row: asyncpg.Record) -> Workflow:
    times = [] if row["paused"] else schedules.next_times(row["schedule"], row["timezone"])
    return to_answer(Workflow, row, nextRuns=[iso(moment) for moment in times])


async def _find(connection: asyncpg.Connection, reference: str) -> asyncpg.Record | None:
    workflow_id = as_uuid(reference)
    row = None if workflow_id is None else await repository.find(connection, workflow_id)
    return row or await repository.find_by_name(connection, reference)


async def _check_name(connection: asyncpg.Connection, before: asyncpg.Record, changes: dict[str, object]) -> None:
    if "name" not in changes:
        return
    name = changes["name"]
    if not isinstance(name, str):
        raise Invalid("name: a workflow keeps a name; it cannot be cleared.")
    if await repository.name_taken(connection, name, but=before["id"]):
        raise Conflict("There is a workflow of that name already.", hint="Choose another name.")


async def _entity(connection: asyncpg.Connection, body: WorkflowCreate, caller: Principal) -> asyncpg.Record:
    tenant_id = caller.tenant_id
    if body.tenantId is not None:
        tenant_id = (await tenants.resolve(connection, body.tenantId, caller))["id"]
    entity_id = await entity_service.find_id(connection, body.entityId, tenant_id)
    row = await entities.find_anywhere(connection, str(entity_id), tenant_id)
    return row[0]


async def _free_name(connection: asyncpg.Connection, wanted: str) -> str:
    if not await repository.name_taken(connection, wanted):
        return wanted
    return f"{wanted} {uuid4().hex[:8]}"
