"""Entities of the tenant and what can be started for them."""

from uuid import UUID

import asyncpg

from ntro_server.errors import NotFound
from ntro_tenant.core.views import EntityView, WorkflowView
from ntro_tenant.db import entities_repository


async def list_entities(connection: asyncpg.Connection) -> list[EntityView]:
    """All entities of the tenant, by name."""
    return await entities_repository.entities(connection)


async def entity(connection: asyncpg.Connection, entity_id: UUID) -> EntityView:
    """One entity.

    Raises:
        NotFound: the tenant has none with this id.
    """
    found = await entities_repository.entity(connection, entity_id)
    if found is None:
        raise NotFound(f"Entity {entity_id} was not found in this tenant.")
    return found


async def list_workflows(connection: asyncpg.Connection, entity_id: UUID) -> list[WorkflowView]:
    """What can be started for the entity.

    Raises:
        NotFound: the tenant has no such entity.
    """
    await entity(connection, entity_id)
    return await entities_repository.workflows_of_entity(connection, entity_id)
