"""Agents that are hosted elsewhere."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ntro_workspace.api.context import PartsOf, Transaction
from ntro_workspace.console import registry_repository
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.visitor import SignedIn

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/agents")
async def list_agents(connection: Transaction, context: PartsOf, visitor: SignedIn) -> HTMLResponse:
    """Agents by tenant and name."""
    await context.keyring.note_uses(connection)
    rows = await registry_repository.agents(connection, visitor.principal.tenant_id)
    return page("agents.html", visitor, place="agents", agents=rows)
