"""Puts the console into the application."""

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response

from ntro_server.errors import NotFound
from ntro_server.kit.assets import HashedFiles
from ntro_workspace.console import agents, audit, keys, overview, people, runbooks, runs, sign_in, tenants, workflows
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import ASSETS
from ntro_workspace.console.visitor import SignedIn

_PAGES = (sign_in, overview, runs, workflows, runbooks, tenants, agents, keys, people, audit)
_rest = APIRouter(include_in_schema=False, route_class=PageRoute)


def install_console(app: FastAPI) -> None:
    """Adds the pages to `app`; addresses that nothing else answers come last."""
    for module in _PAGES:
        app.include_router(module.router)
    app.mount("/static", HashedFiles(ASSETS), name="static")
    app.include_router(_rest)


@_rest.get("/fragments/session")
async def session(_visitor: SignedIn) -> Response:
    """Whether the browser is still signed in."""
    return Response(status_code=204)


@_rest.get("/favicon.ico")
async def favicon() -> Response:
    """The icon, where a browser looks for one by itself."""
    return ASSETS.icon()


@_rest.get("/{address}")
@_rest.get("/settings/{address:path}")
async def nowhere(_visitor: SignedIn, address: str) -> Response:
    """Every other address that looks like a page."""
    raise NotFound(f"There is no page {address} here.", hint="The overview leads everywhere.")
