"""Entities of a tenant."""

from uuid import UUID

import asyncpg

from ntro.workspace.models import Entity, EntityCreate, EntityWarning
from ntro_server.errors import Conflict, Invalid, NotFound
from ntro_workspace.commands import service as commands
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import to_answer
from ntro_workspace.entities import repository
from ntro_workspace.entities.names import normalised
from ntro_workspace.tenants.secrets import seal_secrets

_NO_ENTITY = "There is no such entity."


async def create(connection: asyncpg.Connection, tenant: asyncpg.Record, body: EntityCreate) -> Entity:
    """A new entity; its answer warns where another one bears nearly the same name.

    Raises:
        Conflict: the slug is taken in the tenant.
    """
    values = body.model_dump() | {"schema": body.schema_}
    values["config"] = seal_secrets(body.config, public_key=tenant["sealing_public_key"], tenant_id=tenant["id"])
    name = normalised(body.name)
    row = await repository.insert(connection, tenant_id=tenant["id"], normalised_name=name, values=values)
    if row is None:
        raise Conflict(f"This tenant has an entity {body.slug} already.", hint="Choose another slug.")
    twins = await repository.same_name(connection, tenant["id"], name, row["id"])
    await commands.registry_changed(connection, tenant["id"])
    return to_entity(row, warnings=[_warning(twin, name) for twin in twins])


async def resolve(connection: asyncpg.Connection, tenant: asyncpg.Record, reference: str) -> asyncpg.Record:
    """The tenant's entity of an id or a slug.

    Raises:
        NotFound: the tenant has none.
    """
    entity_id = as_uuid(reference)
    row = None if entity_id is None else await repository.find(connection, tenant["id"], entity_id)
    row = row or await repository.find_by_slug(connection, tenant["id"], reference)
    if row is None:
        raise NotFound(_NO_ENTITY, hint="GET /v1/workspace/entities lists them.")
    return row


async def find_id(connection: asyncpg.Connection, reference: str, tenant_id: UUID | None) -> UUID:
    """The id of an entity, in one tenant or in all.

    Raises:
        NotFound: there is none.
        Invalid: it is a slug that several tenants use.
    """
    found = await repository.find_anywhere(connection, reference, tenant_id)
    if not found:
        raise NotFound(_NO_ENTITY, hint="GET /v1/workspace/entities lists them.")
    if len(found) > 1 and as_uuid(reference) is None:
        raise Invalid("entityId: several tenants have an entity of that slug.", hint="Give its id, or tenantId too.")
    entity_id: UUID = found[0]["id"]
    return entity_id


async def set_config(
    connection: asyncpg.Connection, tenant: asyncpg.Record, entity: asyncpg.Record, config: dict[str, object]
) -> asyncpg.Record:
    """Replaces the whole config and tells the cell."""
    sealed = seal_secrets(config, public_key=tenant["sealing_public_key"], tenant_id=tenant["id"])
    row = await repository.set_config(connection, tenant["id"], entity["id"], sealed)
    await commands.registry_changed(connection, tenant["id"])
    return row


def to_entity(row: asyncpg.Record, warnings: list[EntityWarning] | None = None) -> Entity:
    return to_answer(Entity, row, warnings=[item.model_dump() for item in warnings] if warnings else None)


def _warning(twin: asyncpg.Record, name: str) -> EntityWarning:
    return EntityWarning(
        existing={"id": str(twin["id"]), "name": twin["name"], "slug": twin["slug"]},
        normalisedName=name,
        message=f"The entity {twin['slug']} has nearly the same name.",
    )
