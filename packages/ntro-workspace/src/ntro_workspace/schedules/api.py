"""Schedules of workflows: pausing, running now, making up for missed times."""

from fastapi import APIRouter

from ntro.workspace.models import Backfill, ScheduledRuns, Workflow
from ntro_workspace.api.context import Transaction, Writer
from ntro_workspace.schedules import control
from ntro_workspace.workflows import service as workflows

router = APIRouter(prefix="/workspace/registry/workflows/{workflow}", tags=["schedules"])


@router.post("/pause")
async def pause_schedule(workflow: str, connection: Transaction, caller: Writer) -> Workflow:
    """Lets no scheduled run begin until it is resumed; what runs goes on."""
    row = await workflows.resolve(connection, workflow, caller)
    return workflows.to_workflow(await control.set_paused(connection, row, paused=True))


@router.post("/resume")
async def resume_schedule(workflow: str, connection: Transaction, caller: Writer) -> Workflow:
    """Lets scheduled runs begin again; times that passed meanwhile are made up for by a backfill only."""
    row = await workflows.resolve(connection, workflow, caller)
    return workflows.to_workflow(await control.set_paused(connection, row, paused=False))


@router.post("/run-now", status_code=202)
async def run_schedule_now(workflow: str, connection: Transaction, caller: Writer) -> ScheduledRuns:
    """Starts a run as the schedule would now, whether or not the workflow has one."""
    return await control.run_now(connection, await workflows.resolve(connection, workflow, caller))


@router.post("/backfill", status_code=202)
async def backfill_schedule(workflow: str, body: Backfill, connection: Transaction, caller: Writer) -> ScheduledRuns:
    """Starts the runs of past times, oldest first; a time that has had its run gets no second one."""
    return await control.backfill(connection, await workflows.resolve(connection, workflow, caller), body)
