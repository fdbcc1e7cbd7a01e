"""`/workspace/tenants/{t}/entities` and `/workspace/entities`."""

from fastapi import APIRouter

from ntro.workspace.models import Entity, EntityCreate, EntityUpdate
from ntro_workspace.api.context import Reader, Transaction, Writer
from ntro_workspace.entities import repository, service
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/workspace", tags=["entities"])


@router.post("/tenants/{tenant}/entities", status_code=201)
async def create_entity(tenant: str, body: EntityCreate, connection: Transaction, caller: Writer) -> Entity:
    """An entity of the tenant."""
    owner = await tenants.resolve(connection, tenant, caller, writing=True)
    return await service.create(connection, owner, body)


@router.get("/tenants/{tenant}/entities")
async def list_entities(tenant: str, connection: Transaction, caller: Reader) -> list[Entity]:
    """The tenant's entities by slug."""
    owner = await tenants.resolve(connection, tenant, caller, writing=False)
    return [service.to_entity(row) for row in await repository.list_all(connection, owner["id"])]


@router.get("/entities")
async def list_all_entities(connection: Transaction, caller: Reader) -> list[Entity]:
    """Entities of every tenant the key may see."""
    return [service.to_entity(row) for row in await repository.list_all(connection, caller.tenant_id)]


@router.get("/tenants/{tenant}/entities/{entity}")
async def get_entity(tenant: str, entity: str, connection: Transaction, caller: Reader) -> Entity:
    """The entity of an id or slug."""
    owner = await tenants.resolve(connection, tenant, caller, writing=False)
    return service.to_entity(await service.resolve(connection, owner, entity))


@router.patch("/tenants/{tenant}/entities/{entity}")
async def update_entity(
    tenant: str, entity: str, body: EntityUpdate, connection: Transaction, caller: Writer
) -> Entity:
    """Replaces the entity's config."""
    owner = await tenants.resolve(connection, tenant, caller, writing=True)
    return await service.set_config(connection, owner, entity, body.config)
