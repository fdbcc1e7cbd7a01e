"""`/workspace/audit`: who changed what, newest first."""

from typing import Annotated

from fastapi import APIRouter, Query

from ntro.workspace.models import AdministrativeAct, Page
from ntro_workspace.api.context import Caller, Transaction
from ntro_workspace.api.paging import Paged
from ntro_workspace.audit import repository
from ntro_workspace.db.rows import to_answer
from ntro_workspace.pages import DEFAULT_LIMIT, encode, number_of
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/workspace/audit", tags=["audit"])


@router.get("")
async def list_administrative_acts(
    connection: Transaction,
    caller: Caller,
    wanted: Paged,
    tenant: Annotated[str | None, Query(alias="tenantId")] = None,
) -> Page[AdministrativeAct]:
    """Administrative acts, newest first, always in pages."""
    caller.require("audit")
    tenant_id = caller.tenant_id
    if tenant is not None:
        tenant_id = (await tenants.resolve(connection, tenant, caller))["id"]
    size = wanted.limit or DEFAULT_LIMIT
    rows = await repository.newest(connection, tenant_id=tenant_id, before=number_of(wanted.cursor), limit=size + 1)
    shown = [to_answer(AdministrativeAct, {**row, "id": str(row["id"])}) for row in rows[:size]]
    return Page(items=shown, nextCursor=encode([rows[size - 1]["id"], ""]) if len(rows) > size else None)
