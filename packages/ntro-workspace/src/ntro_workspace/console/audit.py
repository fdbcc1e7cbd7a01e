"""The trail of administrative acts."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from ntro_workspace.api.context import Transaction
from ntro_workspace.audit import repository
from ntro_workspace.console import registry_repository
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.visitor import Auditing
from ntro_workspace.pages import MAX_CURSOR, encode, number_of
from ntro_workspace.tenants import repository as tenant_repository
from ntro_workspace.tenants import service as tenants

PAGE_SIZE = 100

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/audit")
async def list_acts(
    connection: Transaction,
    visitor: Auditing,
    tenant: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR)] = None,
) -> HTMLResponse:
    """Who changed what, newest first."""
    caller = visitor.principal
    tenant_id = (await tenants.resolve(connection, tenant, caller))["id"] if tenant else caller.tenant_id
    rows = await repository.newest(connection, tenant_id=tenant_id, before=number_of(cursor), limit=PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    owners = await tenant_repository.list_all(connection, tenant_id=caller.tenant_id, status=None)
    return page(
        "audit.html",
        visitor,
        place="audit",
        acts=shown,
        older=encode([shown[-1]["id"], ""]) if len(rows) > PAGE_SIZE else None,
        names=await registry_repository.names_of_actors(connection, sorted({row["actor"] for row in shown})),
        tenants=owners,
        slugs={row["id"]: row["slug"] for row in owners},
        chosen=tenant,
        is_first=cursor is None,
    )
