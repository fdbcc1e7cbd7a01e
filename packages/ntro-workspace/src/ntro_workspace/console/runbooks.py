"""Runbooks, their versions, and for which tenants they are deployed."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ntro_workspace.api.context import PartsOf, Transaction
from ntro_workspace.console import registry_repository
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.visitor import SignedIn
from ntro_workspace.runbooks import views

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/runbooks")
async def list_runbooks(connection: Transaction, context: PartsOf, visitor: SignedIn) -> HTMLResponse:
    """Runbooks that are deployed or come with the product."""
    tenant_id = visitor.principal.tenant_id
    items = await views.known(connection, context.catalog, tenant_id)
    deployed = await registry_repository.tenants_of_runbooks(connection, tenant_id)
    return page(
        "runbooks.html", visitor, place="runbooks", runbooks=[views.summary(item) for item in items], deployed=deployed
    )


@router.get("/runbooks/{slug}")
async def one_runbook(slug: str, connection: Transaction, context: PartsOf, visitor: SignedIn) -> HTMLResponse:
    """One runbook: its steps, its deployments for each tenant, what runs it."""
    tenant_id = visitor.principal.tenant_id
    item = await views.one(connection, context.catalog, tenant_id, slug)
    return page(
        "runbook.html",
        visitor,
        place="runbooks",
        runbook=views.detail(item),
        deployments=await registry_repository.deployments(connection, tenant_id, slug),
        workflows=await registry_repository.workflows_of_runbook(connection, tenant_id, slug),
    )
