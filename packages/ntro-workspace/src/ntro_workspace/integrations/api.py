"""`/workspace/data` and `/workspace/integrations`."""

from typing import Any

from fastapi import APIRouter

from ntro.workspace.models import (
    ConnectionTest,
    DataPlatform,
    DataPlatformCreate,
    EmailIntegration,
    EmailIntegrationCreate,
    Page,
    PlatformSchema,
)
from ntro_workspace.api.context import PartsOf, Reader, Transaction, Writer
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.db.rows import to_answer, wire_value
from ntro_workspace.integrations import repository, service
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
async def get_data_platform(platform: str, connection: Transaction, caller: Reader) -> DataPlatform:
    """One data platform; its secrets are masked."""
    return to_answer(DataPlatform, await service.get_platform(connection, platform, caller))


@router.post("/data/{platform}/test")
async def test_data_platform(platform: str, connection: Transaction, caller: Reader) -> ConnectionTest:
    """The result of a connection test."""
    return service.connection_test(await service.get_platform(connection, platform, caller))


@router.get("/data/{platform}/schemas")
async def list_schemas(platform: str, connection: Transaction, caller: Reader) -> list[PlatformSchema]:
    """What was discovered on the platform; nothing before a connection was made."""
    await service.get_platform(connection, platform, caller)
    return []


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
