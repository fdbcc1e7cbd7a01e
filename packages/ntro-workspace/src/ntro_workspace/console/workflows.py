"""Workflows with their schedules: the next times, pausing, resuming, running now."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

import asyncpg
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ntro_workspace.api.context import Transaction
from ntro_workspace.console import registry_repository
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.visitor import SignedIn, Visitor, Writer
from ntro_workspace.schedules import control
from ntro_workspace.schedules import service as schedules
from ntro_workspace.workflows import service as workflows

PAGE_SIZE = 50
_DONE = {
    "paused": "is paused; what runs goes on.",
    "resumed": "runs by its schedule again.",
    "started": "starts a run; it appears among the runs in a moment.",
}

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Text = Annotated[str, Query(max_length=300)]


@router.get("/workflows")
async def list_workflows(
    connection: Transaction, visitor: SignedIn, show: Text = "", after: Text = "", done: Text = "", name: Text = ""
) -> HTMLResponse:
    """Workflows by name."""
    rows = await registry_repository.workflows(
        connection, visitor.principal.tenant_id, scheduled=show == "scheduled", after=after, limit=PAGE_SIZE + 1
    )
    shown = rows[:PAGE_SIZE]
    return page(
        "workflows.html",
        visitor,
        place="workflows",
        workflows=[(row, _next_times(row)) for row in shown],
        next_after=shown[-1]["name"] if len(rows) > PAGE_SIZE else None,
        show="scheduled" if show == "scheduled" else "",
        after=after,
        said=f"{name} {_DONE[done]}" if done in _DONE else None,
    )


@router.post("/workflows/{workflow}/pause")
async def pause(workflow: str, connection: Transaction, visitor: Writer) -> Response:
    """Lets no scheduled run begin until it is resumed."""
    return await _act(connection, visitor, workflow, _pause, "paused")


@router.post("/workflows/{workflow}/resume")
async def resume(workflow: str, connection: Transaction, visitor: Writer) -> Response:
    """Lets scheduled runs begin again."""
    return await _act(connection, visitor, workflow, _resume, "resumed")


@router.post("/workflows/{workflow}/run-now")
async def run_now(workflow: str, connection: Transaction, visitor: Writer) -> Response:
    """Starts a run as the schedule would now."""
    return await _act(connection, visitor, workflow, control.run_now, "started")


async def _act(
    connection: asyncpg.Connection,
    visitor: Visitor,
    reference: str,
    act: Callable[[asyncpg.Connection, asyncpg.Record], Awaitable[object]],
    done: str,
) -> Response:
    row = await workflows.resolve(connection, reference, visitor.principal)
    await act(connection, row)
    return RedirectResponse(f"/workflows?{urlencode({'done': done, 'name': row['name']})}", 303)


async def _pause(connection: asyncpg.Connection, row: asyncpg.Record) -> object:
    return await control.set_paused(connection, row, paused=True)


async def _resume(connection: asyncpg.Connection, row: asyncpg.Record) -> object:
    return await control.set_paused(connection, row, paused=False)


def _next_times(row: asyncpg.Record) -> list[datetime]:
    return [] if row["paused"] else schedules.next_times(row["schedule"], row["timezone"])
