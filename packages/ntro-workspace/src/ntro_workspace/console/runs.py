"""Runs by state."""

import re
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from ntro_server.errors import Invalid
from ntro_workspace.api.context import Transaction
from ntro_workspace.console import overview_repository, runs_repository
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.runs_repository import RunFilter
from ntro_workspace.console.visitor import SignedIn
from ntro_workspace.keys.types import Principal
from ntro_workspace.pages import MAX_CURSOR, encode, moment_of
from ntro_workspace.tenants import repository as tenant_repository
from ntro_workspace.tenants import service as tenants
from ntro_workspace.workflows import service as workflows

PAGE_SIZE = 50
STATES = ("BLOCKED", "READY", "IN_PROGRESS", "FAILED", "COMPLETED", "PENDING")
_PERIOD = re.compile(r"^\d{4}-\d{2}$")

router = APIRouter(include_in_schema=False, route_class=PageRoute)


class RunQuery(BaseModel):
    """What the list is narrowed to, and from which place on."""

    model_config = ConfigDict(frozen=True)

    state: Annotated[str, Field(max_length=20)] = ""
    tenant: Annotated[str, Field(max_length=100)] = ""
    workflow: Annotated[str, Field(max_length=200)] = ""
    period: Annotated[str, Field(max_length=7)] = ""
    cursor: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None


@router.get("/runs")
async def runs(connection: Transaction, visitor: SignedIn, query: Annotated[RunQuery, Query()]) -> HTMLResponse:
    """Runs, newest first."""
    values = await _values(connection, visitor.principal, query)
    return page("runs.html", visitor, place="runs", **values)


@router.get("/fragments/runs")
async def runs_part(connection: Transaction, visitor: SignedIn, query: Annotated[RunQuery, Query()]) -> HTMLResponse:
    """The list alone, for the live page."""
    return page("_runs.html", visitor, **await _values(connection, visitor.principal, query))


async def _values(connection: asyncpg.Connection, caller: Principal, query: RunQuery) -> dict[str, Any]:
    wanted = await _narrowed(connection, caller, query)
    rows = await runs_repository.newest(connection, wanted, before=moment_of(query.cursor), limit=PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    return {
        "runs": shown,
        "older": encode([shown[-1]["created_at"].isoformat(), shown[-1]["id"]]) if len(rows) > PAGE_SIZE else None,
        "counts": await overview_repository.counts_by_state(connection, wanted.tenant_id),
        "states": STATES,
        "chosen": query,
        "tenants": await tenant_repository.list_all(connection, tenant_id=caller.tenant_id, status=None),
    }


async def _narrowed(connection: asyncpg.Connection, caller: Principal, query: RunQuery) -> RunFilter:
    tenant_id, workflow_id = caller.tenant_id, None
    if query.tenant:
        tenant_id = (await tenants.resolve(connection, query.tenant, caller))["id"]
    if query.workflow:
        workflow_id = (await workflows.resolve(connection, query.workflow, caller))["id"]
    if query.period and not _PERIOD.match(query.period):
        raise Invalid("period: a period is a month such as 2026-03.")
    return RunFilter(
        tenant_id=tenant_id,
        workflow_id=workflow_id,
        status=query.state if query.state in STATES else None,
        period=query.period or None,
    )
