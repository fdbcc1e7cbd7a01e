"""`/workspace/tenants`."""

from typing import Literal

from fastapi import APIRouter

from ntro.workspace.models import AccessRequest, AccessToken, SignInLink, Tenant, TenantCreate, TenantUpdate
from ntro_workspace.api.context import PartsOf, Reader, Transaction, Writer
from ntro_workspace.tenants import access, service

router = APIRouter(prefix="/workspace/tenants", tags=["tenants"])

Status = Literal["REQUESTED", "PROVISIONING", "ACTIVE", "SUSPENDED", "DEPROVISIONING", "FAILED", "DECOMMISSIONED"]


@router.post("", status_code=201)
async def create_tenant(body: TenantCreate, connection: Transaction, caller: Writer) -> Tenant:
    """A tenant; its cell is made by the host of cells."""
    return await service.create(connection, body, caller)


@router.get("")
async def list_tenants(connection: Transaction, caller: Reader, status: Status | None = None) -> list[Tenant]:
    """Every tenant the key may see, by slug."""
    return await service.list_tenants(connection, caller, status)


@router.get("/{tenant}")
async def get_tenant(tenant: str, connection: Transaction, caller: Reader) -> Tenant:
    """The tenant of an id or slug."""
    return service.to_tenant(await service.resolve(connection, tenant, caller, writing=False))


@router.patch("/{tenant}")
async def update_tenant(tenant: str, body: TenantUpdate, connection: Transaction, caller: Writer) -> Tenant:
    """Replaces the config, or opens and closes the relay."""
    return await service.update(connection, await service.resolve(connection, tenant, caller, writing=True), body)


@router.delete("/{tenant}")
async def delete_tenant(tenant: str, connection: Transaction, caller: Writer) -> Tenant:
    """Begins to take the tenant down."""
    row = await service.resolve(connection, tenant, caller, writing=True)
    return await service.delete(connection, row, caller)


@router.post("/{tenant}/access-token")
async def create_access_token(
    tenant: str, connection: Transaction, caller: Reader, context: PartsOf, body: AccessRequest | None = None
) -> AccessToken:
    """A token of some minutes for calls to the tenant's cell."""
    row = await service.resolve(connection, tenant, caller, writing=False)
    return access.access_token(row, body, caller, context.settings.signing_key.get_secret_value())


@router.post("/{tenant}/sign-in-link")
async def create_sign_in_link(
    tenant: str, connection: Transaction, caller: Reader, context: PartsOf, body: AccessRequest | None = None
) -> SignInLink:
    """A link that signs a person in to the tenant's pages, once."""
    row = await service.resolve(connection, tenant, caller, writing=False)
    return access.sign_in_link(row, body, caller, context.settings.signing_key.get_secret_value())
