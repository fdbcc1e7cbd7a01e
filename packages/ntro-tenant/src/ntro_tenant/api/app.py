"""The application: the cell's API under `/v1`, sign-in and the pages beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Lifespan

from ntro_server.error_handlers import install_error_handlers
from ntro_server.http import RequestContext
from ntro_server.outages import install_outage_handlers
from ntro_tenant.api import (
    agent_requests,
    corrections,
    data,
    decisions,
    entities,
    events,
    files,
    health,
    ledgers,
    sign_in,
    subledgers,
    tasks,
)
from ntro_tenant.api.limits import BodyLimits
from ntro_tenant.api.schemas import Problem
from ntro_tenant.api.sessions import SessionKeeper
from ntro_tenant.core.cell import Cell, open_cell
from ntro_tenant.settings import CellSettings
from ntro_tenant.ui.routes import install_pages

TITLE = "ntro tenant cell"
_PROBLEMS = {
    400: "The body cannot be read.",
    401: "No valid token or session.",
    403: "Not allowed for this role, or a write without its CSRF token.",
    404: "Not there, or not in this tenant.",
    409: "Not possible in this state.",
    413: "Too large.",
    415: "No kind of document that is read here.",
    422: "Not valid.",
    503: "A part is away; try again.",
}


def create_app(settings: CellSettings) -> FastAPI:
    """The application of one cell. It opens its connections when it starts; Temporal when it is first needed."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_cell(settings) as cell:
            attach(app, cell)
            yield

    return routed_app(lifespan)


def attach(app: FastAPI, cell: Cell) -> None:
    """Lets an application answer for a cell."""
    app.state.cell = cell
    app.state.sessions = SessionKeeper(cell.settings)


def routed_app(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The application's routes, pages and middleware, the same for every cell; nothing is opened."""
    app = FastAPI(
        title=TITLE,
        version="1",
        summary="One tenant's tasks, gates, documents and audit log.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        redirect_slashes=False,
    )
    app.include_router(health.router)
    app.include_router(sign_in.router, responses=_problems(401, 403, 422))
    app.include_router(health.router, prefix="/v1")
    common = (401, 403, 404, 422, 503)
    for router in (entities.router, tasks.router):
        app.include_router(router, prefix="/v1", responses=_problems(400, *common, 413))
    for router in (
        decisions.router,
        agent_requests.router,
        events.router,
        data.router,
        ledgers.router,
        subledgers.router,
        corrections.router,
    ):
        app.include_router(router, prefix="/v1", responses=_problems(400, *common, 409, 413))
    app.include_router(files.router, prefix="/v1", responses=_problems(400, *common, 409, 413, 415))
    install_pages(app)
    app.add_middleware(BodyLimits)
    app.add_middleware(RequestContext)
    install_error_handlers(app)
    install_outage_handlers(app)
    return app


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _PROBLEMS[status]} for status in sorted(statuses)}
