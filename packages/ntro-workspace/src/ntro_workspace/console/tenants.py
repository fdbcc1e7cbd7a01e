"""Tenants: the list, and one with its entities."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ntro_workspace.api.context import PartsOf, Transaction
from ntro_workspace.console import overview_repository, runs_repository
from ntro_workspace.console.configs import summary_of
from ntro_workspace.console.health import health_of
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.runs_repository import RunFilter
from ntro_workspace.console.visitor import Sender, SignedIn
from ntro_workspace.entities import repository as entities
from ntro_workspace.tenants import access, service
from ntro_workspace.tenants import repository as tenant_repository

MAX_RUNS = 10

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/tenants")
async def list_tenants(connection: Transaction, context: PartsOf, visitor: SignedIn) -> HTMLResponse:
    """Every tenant, also those that ended."""
    await context.keyring.note_uses(connection)
    tenant_id = visitor.principal.tenant_id
    cells = await overview_repository.cells(connection, tenant_id)
    ended = await tenant_repository.list_all(connection, tenant_id=tenant_id, status="DECOMMISSIONED")
    shown = [(cell, health_of(cell)) for cell in cells]
    return page("tenants.html", visitor, place="tenants", cells=shown, ended=ended)


@router.get("/tenants/{tenant}")
async def one_tenant(tenant: str, connection: Transaction, context: PartsOf, visitor: SignedIn) -> HTMLResponse:
    """One tenant."""
    row = await service.resolve(connection, tenant, visitor.principal)
    await context.keyring.note_uses(connection)
    cells = await overview_repository.cells(connection, row["id"])
    values: dict[str, Any] = {
        "tenant": row,
        "cell": cells[0] if cells else None,
        "health": health_of(cells[0]) if cells else None,
        "config": summary_of(row["config"]),
        "entities": await entities.list_all(connection, row["id"]),
        "runs": await runs_repository.newest(connection, RunFilter(tenant_id=row["id"]), before=None, limit=MAX_RUNS),
    }
    return page("tenant.html", visitor, place="tenants", **values)


@router.post("/tenants/{tenant}/open")
async def open_tenant(tenant: str, connection: Transaction, context: PartsOf, visitor: Sender) -> HTMLResponse:
    """Leads on to the tenant's own pages, signed in there."""
    row = await service.resolve(connection, tenant, visitor.principal)
    key = context.settings.signing_key.get_secret_value()
    link = access.sign_in_link(row, None, visitor.principal, key)
    answer = page("leaving.html", visitor, url=link.url, tenant=row)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
