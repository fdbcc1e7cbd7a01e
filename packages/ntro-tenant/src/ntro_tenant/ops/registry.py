"""What the cell knows of the registry: tenant, entities, bindings, as Workspace last told."""

from uuid import UUID

import asyncpg

from ntro.workspace.commands import EntityEntry, RegistrySnapshot, WorkflowEntry
from ntro_tenant.core.recording.json_values import json_text
from ntro_tenant.settings import CellSettings

_TENANT = """
insert into system.tenant (id, slug, name) values ($1, $2, $2) on conflict (id) do nothing"""
_ENTITY = """
insert into system.entities (id, slug, name, type, jurisdiction, currency, config) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (id) do update set slug = excluded.slug, name = excluded.name, type = excluded.type,
    jurisdiction = excluded.jurisdiction, currency = excluded.currency, config = excluded.config"""
_WORKFLOW = """
insert into system.workflows (id, name, runbook_slug, runbook_version, entity_id, schedule, timezone, default_config)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update set name = excluded.name, runbook_slug = excluded.runbook_slug,
    runbook_version = excluded.runbook_version, entity_id = excluded.entity_id, schedule = excluded.schedule,
    timezone = excluded.timezone, default_config = excluded.default_config"""
_DROP_ENTITIES = """
delete from system.entities e where e.id <> all($1)
    and not exists (select from system.tasks t where t.entity_id = e.id)"""


async def store_snapshot(connection: asyncpg.Connection, settings: CellSettings, snapshot: RegistrySnapshot) -> int:
    """Stores `snapshot` in the caller's transaction unless a later one is there; answers the revision stored now."""
    await connection.execute(_TENANT, settings.tenant_id, settings.tenant_slug)
    stored: int = await connection.fetchval(
        "select revision from system.tenant where id = $1 for update", settings.tenant_id
    )
    if snapshot.revision < stored:
        return stored
    await connection.execute(
        "update system.tenant set name = $2, config = $3, revision = $4 where id = $1",
        settings.tenant_id,
        snapshot.tenant_name,
        json_text(snapshot.tenant_config),
        snapshot.revision,
    )
    await connection.execute(
        "delete from system.workflows where id <> all($1)", [item.id for item in snapshot.workflows]
    )
    await connection.execute(_DROP_ENTITIES, [item.id for item in snapshot.entities])
    for entity in snapshot.entities:
        await store_entity(connection, entity)
    for workflow in snapshot.workflows:
        await _store_workflow(connection, workflow)
    return snapshot.revision


async def store_entity(connection: asyncpg.Connection, entity: EntityEntry) -> None:
    """Enters or updates an entity. Another that had its slug, because it was renamed or deleted since, gives it up."""
    await connection.execute(
        "update system.entities set slug = id::text where slug = $1 and id <> $2", entity.slug, entity.id
    )
    await connection.execute(
        _ENTITY,
        entity.id,
        entity.slug,
        entity.name,
        entity.type,
        entity.jurisdiction,
        entity.currency,
        json_text(entity.config),
    )


async def find_binding(connection: asyncpg.Connection, workflow_id: UUID) -> tuple[WorkflowEntry, EntityEntry] | None:
    """A binding and its entity, or None where this cell has no such binding with an entity."""
    workflow = await connection.fetchrow("select * from system.workflows where id = $1", workflow_id)
    if workflow is None or workflow["entity_id"] is None:
        return None
    entity = await connection.fetchrow("select * from system.entities where id = $1", workflow["entity_id"])
    return WorkflowEntry(**dict(workflow)), EntityEntry(**dict(entity))


async def _store_workflow(connection: asyncpg.Connection, workflow: WorkflowEntry) -> None:
    await connection.execute(
        _WORKFLOW,
        workflow.id,
        workflow.name,
        workflow.runbook_slug,
        workflow.runbook_version,
        workflow.entity_id,
        workflow.schedule,
        workflow.timezone,
        json_text(workflow.default_config),
    )
