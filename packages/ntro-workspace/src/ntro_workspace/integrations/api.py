"""`/workspace/data` and `/workspace/integrations`."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request

from ntro.workspace.models import (
    ConnectionTest,
    DataPlatform,
    DataPlatformCreate,
    DataPlatformUpdate,
    EmailIntegration,
    EmailIntegrationCreate,
    Page,
    PlatformSchema,
)
from ntro_workspace.api.context import Parts, PartsOf, Reader, Transaction, Writer, unit_of_work
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.api.preconditions import Tags
from ntro_workspace.db.rows import to_answer, wire_value
from ntro_workspace.integrations import probes, repository, service
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/workspace", tags=["integrations"])


@router.post("/data", status_code=201)
async def create_data_platform(
    body: DataPlatformCreate, connection: Transaction, caller: Writer, context: PartsOf
) -> DataPlatform:
    """A data platform."""
    return await service.create_platform(connection, body, caller, context.vault)


@router.get("/data")
async def list_data_platforms(
    connection: Transaction, caller: Reader, wanted: Paged
) -> list[DataPlatform] | Page[DataPlatform]:
    """Data platforms by name."""
    rows = await repository.list_platforms(connection, caller.tenant_id)
    return paged([to_answer(DataPlatform, row) for row in rows], wanted)


@router.get("/data/{platform}")
async def get_data_platform(platform: str, connection: Transaction, caller: Reader, tags: Tags) -> DataPlatform:
    """One data platform; its secrets are masked."""
    row = await service.get_platform(connection, platform, caller)
    tags.tag(row)
    return to_answer(DataPlatform, row)


@router.patch("/data/{platform}")
async def update_data_platform(
    platform: str,
    body: DataPlatformUpdate,
    connection: Transaction,
    caller: Writer,
    context: PartsOf,
    tags: Tags,
) -> DataPlatform:
    """Changes name, region or config. Secrets are entered anew or left as their mask."""
    found = await service.get_platform(connection, platform, caller)
    caller.require_workspace()
    row = await repository.lock_platform(connection, found["id"])
    tags.check(row)
    changed = await service.update_platform(connection, row, body, context.vault)
    tags.tag(changed)
    return to_answer(DataPlatform, changed)


@router.post("/data/{platform}/test")
async def test_data_platform(platform: str, request: Request, context: PartsOf) -> ConnectionTest:
    """Has the cell of a bound tenant test the connection; a failed test is an answer.

    In the place of a platform, a tenant's id or slug names its managed database.
    """
    prepared = await _prepared(platform, request, context, wants_schemas=False)
    return await probes.test(prepared, context.temporal, uuid4())


@router.get("/data/{platform}/schemas")
async def list_schemas(
    platform: str, request: Request, context: PartsOf, wanted: Paged
) -> list[PlatformSchema] | Page[PlatformSchema]:
    """Schemas and their tables, as the cell of a bound tenant finds them now.

    In the place of a platform, a tenant's id or slug names its managed database.
    """
    prepared = await _prepared(platform, request, context, wants_schemas=True)
    found = await probes.discover(prepared, context.temporal, uuid4())
    return paged(found, wanted, lambda schema: schema.name)


async def _prepared(platform: str, request: Request, context: Parts, *, wants_schemas: bool) -> probes.Prepared:
    """Read in a transaction that is over before the cell is asked."""
    async with unit_of_work(request, context) as (connection, caller):
        caller.require("read")
        return await probes.prepare(connection, platform, caller, context.vault, wants_schemas=wants_schemas)


@router.get("/data/{platform}/tenants")
async def list_platform_tenants(
    platform: str, connection: Transaction, caller: Reader, wanted: Paged
) -> list[dict[str, Any]] | Page[dict[str, Any]]:
    """The tenants that are bound to the platform."""
    found = await service.get_platform(connection, platform, caller)
    rows = await repository.tenants_of_platform(connection, found["id"], caller.tenant_id)
    return paged(
        [{name: wire_value(value) for name, value in row.items()} for row in rows], wanted, lambda row: row["slug"]
    )


@router.post("/integrations/email", status_code=201)
async def create_email_integration(
    body: EmailIntegrationCreate, connection: Transaction, caller: Writer
) -> EmailIntegration:
    """An e-mail integration of a tenant."""
    tenant = await tenants.resolve(connection, body.tenantId, caller)
    return await service.create_email(connection, tenant["id"], body.provider, body.address)


@router.get("/integrations")
async def list_integrations(
    connection: Transaction, caller: Reader, wanted: Paged
) -> list[EmailIntegration] | Page[EmailIntegration]:
    """E-mail integrations of all tenants the key may see."""
    rows = await repository.list_emails(connection, caller.tenant_id)
    return paged([to_answer(EmailIntegration, row) for row in rows], wanted)
