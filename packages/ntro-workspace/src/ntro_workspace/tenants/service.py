"""Tenants: creation, look-up by id or slug, config, the end."""

from uuid import UUID

import asyncpg

from ntro.workspace.models import Tenant, TenantCreate, TenantUpdate
from ntro_server.errors import Conflict, Invalid, NotFound
from ntro_workspace.commands import service as commands
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import to_answer
from ntro_workspace.integrations import repository as integrations
from ntro_workspace.keys.types import Principal
from ntro_workspace.tenants import repository
from ntro_workspace.tenants.secrets import seal_secrets

MANAGED = "managed-postgres"
_PLATFORM_OF_PROVIDER = {"SNOWFLAKE": "snowflake", "MICROSOFT_FABRIC": "microsoft-fabric"}
_GONE = {"DEPROVISIONING", "DECOMMISSIONED"}


async def create(connection: asyncpg.Connection, body: TenantCreate, caller: Principal) -> Tenant:
    """A tenant in the state `REQUESTED`; its host gives it a cell.

    Raises:
        Forbidden: the key belongs to one tenant.
        Invalid: platform and config do not fit.
        NotFound: there is no such data platform.
        Conflict: the slug is taken.
    """
    caller.require_workspace()
    kind, platform_id = await _platform(connection, body)
    tenant_id = await repository.insert(
        connection, name=body.name, slug=body.slug, data_platform=kind, platform_id=platform_id, config={}
    )
    if tenant_id is None:
        raise Conflict(f"There is a tenant {body.slug} already.", hint="Choose another slug.")
    if body.config:
        sealed = seal_secrets(body.config, public_key=None, tenant_id=tenant_id)
        await repository.set_config(connection, tenant_id, sealed)
    return to_tenant(await _existing(connection, tenant_id))


async def resolve(connection: asyncpg.Connection, reference: str, caller: Principal) -> asyncpg.Record:
    """The tenant of an id or a slug.

    Raises:
        NotFound: there is none, or the key belongs to another tenant.
    """
    tenant_id = as_uuid(reference)
    row = None if tenant_id is None else await repository.find(connection, tenant_id)
    row = row or await repository.find_by_slug(connection, reference)
    if row is None:
        raise NotFound("There is no such tenant.", hint="GET /v1/workspace/tenants lists them.")
    caller.check_tenant(row["id"], what="tenant")
    return row


def require_active(row: asyncpg.Record) -> None:
    """Raises `Conflict` with what to do, unless the tenant has a running cell."""
    if row["status"] == "ACTIVE":
        return
    raise Conflict(
        f"The tenant {row['slug']} is {row['status']}, not ACTIVE; there is no cell to do this.",
        hint="Wait until the tenant is ACTIVE; ntro up gives a requested tenant its cell.",
    )


async def list_tenants(connection: asyncpg.Connection, caller: Principal, status: str | None) -> list[Tenant]:
    rows = await repository.list_all(connection, tenant_id=caller.tenant_id, status=status)
    return [to_tenant(row) for row in rows]


async def update(connection: asyncpg.Connection, row: asyncpg.Record, body: TenantUpdate) -> asyncpg.Record:
    """Replaces the whole config, opens or closes the relay, and tells the cell."""
    tenant_id: UUID = row["id"]
    if body.config is not None:
        sealed = seal_secrets(body.config, public_key=row["sealing_public_key"], tenant_id=tenant_id)
        await repository.set_config(connection, tenant_id, sealed)
        await commands.registry_changed(connection, tenant_id)
    if body.relay is not None:
        await repository.set_relay(connection, tenant_id, body.relay)
    return await _existing(connection, tenant_id)


async def delete(connection: asyncpg.Connection, row: asyncpg.Record, caller: Principal) -> Tenant:
    """Marks the tenant for its host to take down; a tenant that never had a cell ends at once."""
    caller.require_workspace()
    if row["status"] not in _GONE:
        status = "DECOMMISSIONED" if row["status"] == "REQUESTED" else "DEPROVISIONING"
        await repository.set_status(connection, row["id"], status)
    return to_tenant(await _existing(connection, row["id"]))


def to_tenant(row: asyncpg.Record) -> Tenant:
    return to_answer(Tenant, row)


async def _existing(connection: asyncpg.Connection, tenant_id: UUID) -> asyncpg.Record:
    row = await repository.find(connection, tenant_id)
    assert row is not None
    return row


async def _platform(connection: asyncpg.Connection, body: TenantCreate) -> tuple[str, UUID | None]:
    """The kind of platform and the platform's id: as named, or as it follows from the platform's provider."""
    if body.dataPlatformConfigId is None:
        if body.dataPlatform in {None, MANAGED}:
            return MANAGED, None
        raise Invalid(f"dataPlatformConfigId: {body.dataPlatform} needs a data platform; create one first.")
    if body.dataPlatform == MANAGED:
        raise Invalid(f"dataPlatformConfigId: {MANAGED} takes none; leave it out.")
    platform_id = as_uuid(body.dataPlatformConfigId)
    platform = None if platform_id is None else await integrations.find_platform(connection, platform_id)
    if platform is None:
        raise NotFound("There is no such data platform.", hint="GET /v1/workspace/data lists them.")
    inferred = _PLATFORM_OF_PROVIDER.get(platform["provider"])
    if inferred is None and body.dataPlatform is None:
        raise Invalid(f"dataPlatform: it cannot be told from the provider {platform['provider']}; name it.")
    if inferred is not None and body.dataPlatform not in {None, inferred}:
        raise Invalid(f"dataPlatform: the named data platform is {inferred}, not {body.dataPlatform}.")
    return body.dataPlatform or str(inferred), platform["id"]
