"""The overview: runs by state, how cells are, what waits for people."""

from typing import Any

import asyncpg
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ntro_workspace.api.context import PartsOf, Transaction
from ntro_workspace.console import overview_repository, runs_repository
from ntro_workspace.console.health import health_of
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.runs_repository import RunFilter
from ntro_workspace.console.visitor import SignedIn
from ntro_workspace.keys.types import Principal

MAX_BLOCKED = 20
STATES = ("BLOCKED", "IN_PROGRESS", "READY", "FAILED", "COMPLETED")

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/")
async def overview(connection: Transaction, context: PartsOf, visitor: SignedIn) -> HTMLResponse:
    """How everything is."""
    await context.keyring.note_uses(connection)
    return page("overview.html", visitor, place="overview", **await _values(connection, visitor.principal))


@router.get("/fragments/overview")
async def overview_part(connection: Transaction, context: PartsOf, visitor: SignedIn) -> HTMLResponse:
    """What changes on the overview."""
    await context.keyring.note_uses(connection)
    return page("_overview.html", visitor, **await _values(connection, visitor.principal))


async def _values(connection: asyncpg.Connection, caller: Principal) -> dict[str, Any]:
    counts = await overview_repository.counts_by_state(connection, caller.tenant_id)
    cells = await overview_repository.cells(connection, caller.tenant_id)
    wanted = RunFilter(tenant_id=caller.tenant_id, status="BLOCKED")
    return {
        "counts": [(state, counts.get(state, 0)) for state in STATES],
        "cells": [(cell, health_of(cell)) for cell in cells],
        "blocked": await runs_repository.waiting_longest(connection, wanted, MAX_BLOCKED),
        "blocked_count": counts.get("BLOCKED", 0),
    }
