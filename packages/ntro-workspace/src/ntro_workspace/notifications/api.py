"""`/workspace/notifications`."""

from typing import Annotated

from fastapi import APIRouter, Query

from ntro.workspace.models import Notification, Page
from ntro_workspace.api.context import Reader, Transaction
from ntro_workspace.api.paging import Paged
from ntro_workspace.notifications import service
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/workspace/notifications", tags=["notifications"])


@router.get("")
async def list_notifications(
    connection: Transaction,
    caller: Reader,
    wanted: Paged,
    tenant: Annotated[str | None, Query(alias="tenantId")] = None,
    unread: bool = False,
) -> Page[Notification]:
    """What happened in cells within ninety days, newest first, always in pages."""
    tenant_id = caller.tenant_id
    if tenant is not None:
        tenant_id = (await tenants.resolve(connection, tenant, caller))["id"]
    return await service.list_page(connection, tenant_id, wanted, unread=unread)


@router.post("/{notification}/read")
async def read_notification(notification: str, connection: Transaction, caller: Reader) -> Notification:
    """Notes that a notification was read."""
    return await service.mark_read(connection, notification, caller)
