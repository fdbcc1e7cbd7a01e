"""`/workspace/tenants`."""

from typing import Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter

from ntro.workspace.models import AccessRequest, AccessToken, Page, SignInLink, Tenant, TenantCreate, TenantUpdate
from ntro_workspace.api.context import PartsOf, Reader, Transaction, Writer
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.api.preconditions import Tags
from ntro_workspace.audit import repository as audit
from ntro_workspace.keys.types import Principal
from ntro_workspace.tenants import access, repository, service

router = APIRouter(prefix="/workspace/tenants", tags=["tenants"])

Status = Literal["REQUESTED", "PROVISIONING", "ACTIVE", "SUSPENDED", "DEPROVISIONING", "FAILED", "DECOMMISSIONED"]


@router.post("", status_code=201)
async def create_tenant(body: TenantCreate, connection: Transaction, caller: Writer) -> Tenant:
    """A tenant; its cell is made by the host of cells."""
    return await service.create(connection, body, caller)


@router.get("")
async def list_tenants(
    connection: Transaction, caller: Reader, wanted: Paged, status: Status | None = None
) -> list[Tenant] | Page[Tenant]:
    """Every tenant the key may see, by slug."""
    return paged(await service.list_tenants(connection, caller, status), wanted)


@router.get("/{tenant}")
async def get_tenant(tenant: str, connection: Transaction, caller: Reader, tags: Tags) -> Tenant:
    """The tenant of an id or slug."""
    row = await service.resolve(connection, tenant, caller)
    tags.tag(row)
    return service.to_tenant(row)


@router.patch("/{tenant}")
async def update_tenant(tenant: str, body: TenantUpdate, connection: Transaction, caller: Writer, tags: Tags) -> Tenant:
    """Replaces the config, or opens and closes the relay."""
    found = await service.resolve(connection, tenant, caller)
    row = await repository.lock(connection, found["id"])
    tags.check(row)
    changed = await service.update(connection, row, body)
    tags.tag(changed)
    return service.to_tenant(changed)


@router.delete("/{tenant}")
async def delete_tenant(tenant: str, connection: Transaction, caller: Writer) -> Tenant:
    """Begins to take the tenant down."""
    row = await service.resolve(connection, tenant, caller)
    return await service.delete(connection, row, caller)


@router.post("/{tenant}/access-token")
async def create_access_token(
    tenant: str, connection: Transaction, caller: Reader, context: PartsOf, body: AccessRequest | None = None
) -> AccessToken:
    """A token of some minutes for calls to the tenant's cell."""
    row = await service.resolve(connection, tenant, caller)
    await _note(connection, caller, body, "access token given", row["id"])
    return access.access_token(row, body, caller, context.settings.signing_key.get_secret_value())


@router.post("/{tenant}/sign-in-link")
async def create_sign_in_link(
    tenant: str, connection: Transaction, caller: Reader, context: PartsOf, body: AccessRequest | None = None
) -> SignInLink:
    """A link that signs a person in to the tenant's pages, once."""
    row = await service.resolve(connection, tenant, caller)
    await _note(connection, caller, body, "sign-in link given", row["id"])
    return access.sign_in_link(row, body, caller, context.settings.signing_key.get_secret_value())


async def _note(
    connection: asyncpg.Connection, caller: Principal, body: AccessRequest | None, action: str, tenant_id: UUID
) -> None:
    """A token in somebody else's name is an act of who asked for it."""
    subject = caller.subject if body is None or body.subject is None else body.subject
    if subject != caller.subject:
        await audit.note(
            connection,
            actor=caller.subject,
            action=action,
            object_type="person",
            object_id=subject,
            tenant_id=tenant_id,
        )
