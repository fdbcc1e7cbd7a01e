"""`next-step`, `logs`, `approve` and `reject`, relayed to the tenant's cell."""

from typing import Literal

import asyncpg
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from ntro.workspace.models import AccessRequest, Acknowledgement, Decision, LogEntry, NextStep, Task
from ntro_workspace.api.context import Parts, PartsOf, unit_of_work
from ntro_workspace.keys.types import Principal
from ntro_workspace.relay.service import RelayedCall, cell_address
from ntro_workspace.tasks import service as tasks
from ntro_workspace.tasks.views import to_task
from ntro_workspace.tenants import access
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/workspace/tasks", tags=["relay"])


@router.get("/{task}/next-step", response_model=NextStep)
async def next_step(task: str, request: Request, context: PartsOf) -> Response:
    """What to do next, as the cell says it. A task is waited for while its start is on its way to the cell."""
    row, call = await _reading(task, "next-step", request, context)
    return await context.relay.stream(call, where_unknown=_where_queued(row, {"action": "wait", "status": "READY"}))


@router.get("/{task}/logs", response_model=list[LogEntry])
async def logs(task: str, request: Request, context: PartsOf) -> Response:
    """The task's log, as the cell says it; empty while its start is on its way to the cell."""
    row, call = await _reading(task, "logs", request, context)
    return await context.relay.stream(call, where_unknown=_where_queued(row, []))


@router.post("/{task}/approve", response_model=Task | Acknowledgement)
async def approve(task: str, request: Request, context: PartsOf, body: Decision | None = None) -> Response:
    """Approves what waits at the open gate of the task or child run."""
    return await _decide(task, "approved", request, context, body)


@router.post("/{task}/reject", response_model=Task | Acknowledgement)
async def reject(task: str, request: Request, context: PartsOf, body: Decision | None = None) -> Response:
    """Rejects what waits at the open gate of the task or child run."""
    return await _decide(task, "rejected", request, context, body)


async def _reading(task: str, door: str, request: Request, context: Parts) -> tuple[asyncpg.Record, RelayedCall]:
    async with unit_of_work(request, context) as (connection, caller):
        caller.require("read")
        row = await tasks.resolve(connection, task, caller)
        tenant = await tenants.resolve(connection, str(row["tenant_id"]), caller)
    url = cell_address(tenant, task, door)
    token = access.access_token(tenant, _reader_roles(caller), caller, context.settings.signing_key.get_secret_value())
    return row, RelayedCall("GET", url, token.token)


def _where_queued(row: asyncpg.Record, answer: object) -> Response | None:
    return JSONResponse(answer) if row["status"] == "READY" else None


async def _decide(
    task: str, kind: Literal["approved", "rejected"], request: Request, context: Parts, body: Decision | None
) -> Response:
    async with unit_of_work(request, context) as (connection, caller):
        caller.require("decide")
        row = await tasks.resolve(connection, task, caller)
        tenant = await tenants.resolve(connection, str(row["tenant_id"]), caller)
    url = cell_address(tenant, task, "action")
    token = access.access_token(tenant, None, caller, context.settings.signing_key.get_secret_value())
    reason = {} if body is None or body.reason is None else {"comments": body.reason}
    refusal = await context.relay.deliver(RelayedCall("POST", url, token.token, {"type": kind} | reason))
    if refusal is not None:
        return refusal
    if ":" in task:
        return JSONResponse(Acknowledgement(workflowId=task).model_dump())
    async with unit_of_work(request, context) as (connection, caller):
        return JSONResponse(to_task(await tasks.resolve(connection, task, caller)).model_dump())


def _reader_roles(caller: Principal) -> AccessRequest:
    """Reading needs no more than a reader's role."""
    return AccessRequest(roles=["agent" if caller.kind == "agent" else "auditor"])
