"""`/workspace/tenants/{t}/entities` and `/workspace/entities`."""

from fastapi import APIRouter

from ntro.workspace.models import Entity, EntityCreate, EntityUpdate, Page
from ntro_workspace.api.context import Reader, Transaction, Writer
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.api.preconditions import Tags
from ntro_workspace.entities import repository, service
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/workspace", tags=["entities"])


@router.post("/tenants/{tenant}/entities", status_code=201)
async def create_entity(tenant: str, body: EntityCreate, connection: Transaction, caller: Writer) -> Entity:
    """An entity of the tenant."""
    owner = await tenants.resolve(connection, tenant, caller)
    return await service.create(connection, owner, body)


@router.get("/tenants/{tenant}/entities")
async def list_entities(
    tenant: str, connection: Transaction, caller: Reader, wanted: Paged
) -> list[Entity] | Page[Entity]:
    """The tenant's entities by slug."""
    owner = await tenants.resolve(connection, tenant, caller)
    return paged([service.to_entity(row) for row in await repository.list_all(connection, owner["id"])], wanted)


@router.get("/entities")
async def list_all_entities(connection: Transaction, caller: Reader, wanted: Paged) -> list[Entity] | Page[Entity]:
    """Entities of every tenant the key may see."""
    return paged([service.to_entity(row) for row in await repository.list_all(connection, caller.tenant_id)], wanted)


@router.get("/tenants/{tenant}/entities/{entity}")
async def get_entity(tenant: str, entity: str, connection: Transaction, caller: Reader, tags: Tags) -> Entity:
    """The entity of an id or slug."""
    owner = await tenants.resolve(connection, tenant, caller)
    row = await service.resolve(connection, owner, entity)
    tags.tag(row)
    return service.to_entity(row)


@router.patch("/tenants/{tenant}/entities/{entity}")
async def update_entity(
    tenant: str, entity: str, body: EntityUpdate, connection: Transaction, caller: Writer, tags: Tags
) -> Entity:
    """Replaces the entity's config."""
    owner = await tenants.resolve(connection, tenant, caller)
    found = await service.resolve(connection, owner, entity)
    row = await repository.lock(connection, owner["id"], found["id"])
    tags.check(row)
    changed = await service.set_config(connection, owner, row, body.config)
    tags.tag(changed)
    return service.to_entity(changed)
