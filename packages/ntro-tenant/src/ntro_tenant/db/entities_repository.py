"""Entities and the workflows bound to them, as Workspace told the cell."""

from typing import Any
from uuid import UUID

import asyncpg

from ntro_tenant.core.start_params import start_params
from ntro_tenant.core.views import EntityView, WorkflowView

_ENTITY = """
select e.id, t.id as tenant_id, e.slug, e.name, e.type, e.jurisdiction, e.currency
from system.entities e cross join system.tenant t
"""


async def entities(connection: asyncpg.Connection) -> list[EntityView]:
    """All entities of the tenant, by name."""
    return [EntityView(**row) for row in await connection.fetch(_ENTITY + " order by e.name, e.id")]


async def entity(connection: asyncpg.Connection, entity_id: UUID) -> EntityView | None:
    row = await connection.fetchrow(_ENTITY + " where e.id = $1", entity_id)
    return EntityView(**row) if row else None


async def workflows_of_entity(connection: asyncpg.Connection, entity_id: UUID) -> list[WorkflowView]:
    """The workflows of the entity and those bound to none, with the start parameters of the version they run."""
    rows = await connection.fetch(
        """
        select w.id, w.name, w.runbook_slug, w.runbook_version, w.schedule, w.timezone, b.config_schema
        from system.workflows w
        left join system.bundles b on b.slug = w.runbook_slug
             and case when w.runbook_version is null then b.is_current else b.version = w.runbook_version end
        where w.entity_id = $1 or w.entity_id is null
        order by w.name, w.id
        """,
        entity_id,
    )
    return [_workflow(row) for row in rows]


def _workflow(row: Any) -> WorkflowView:
    values = dict(row)
    schema = values.pop("config_schema")
    return WorkflowView(**values, start_params=None if schema is None else start_params(schema))
