"""Pausing a schedule, running it now, making up for missed times.

A run is started by a command that names its time. Task ids follow from binding and time, so that whatever is sent
twice runs once.
"""

from datetime import UTC, datetime

import asyncpg

from ntro.workspace.models import Backfill, ScheduledRuns
from ntro_server.errors import Conflict, Invalid
from ntro_workspace.commands import service as commands
from ntro_workspace.db.rows import iso
from ntro_workspace.schedules import service as schedules
from ntro_workspace.tenants import repository as tenant_repository
from ntro_workspace.tenants import service as tenants
from ntro_workspace.workflows import repository

MAX_BACKFILL = 100


async def set_paused(connection: asyncpg.Connection, workflow: asyncpg.Record, *, paused: bool) -> asyncpg.Record:
    """Pauses or resumes.

    Raises:
        Conflict: the workflow has no schedule.
    """
    _require_schedule(workflow)
    await repository.update(connection, workflow["id"], {"paused": paused})
    row = await repository.find(connection, workflow["id"])
    assert row is not None
    await commands.set_schedule(connection, row)
    return row


async def run_now(connection: asyncpg.Connection, workflow: asyncpg.Record) -> ScheduledRuns:
    """Starts a run at this moment's time.

    Raises:
        Conflict: the tenant has no running cell.
    """
    return await _start(connection, workflow, [datetime.now(UTC)], overlap="ALLOW")


async def backfill(connection: asyncpg.Connection, workflow: asyncpg.Record, wanted: Backfill) -> ScheduledRuns:
    """Starts the runs of the times from `since` to `until`, both included.

    Raises:
        Conflict: the workflow has no schedule, or the tenant no running cell.
        Invalid: the span ends before it begins or in the future, or holds more than 100 times.
    """
    _require_schedule(workflow)
    if not wanted.since <= wanted.until <= datetime.now(UTC):
        raise Invalid("until: it lies after since and not in the future.", hint="Name a span of the past.")
    times = schedules.times_between(
        workflow["schedule"], workflow["timezone"], wanted.since, wanted.until, MAX_BACKFILL + 1
    )
    if len(times) > MAX_BACKFILL:
        raise Invalid(f"The span holds more than {MAX_BACKFILL} times.", hint="Take it in pieces.")
    return await _start(connection, workflow, times, overlap="ALLOW")


async def _start(
    connection: asyncpg.Connection, workflow: asyncpg.Record, times: list[datetime], *, overlap: str
) -> ScheduledRuns:
    tenant = await tenant_repository.find(connection, workflow["tenant_id"])
    assert tenant is not None
    tenants.require_active(tenant)
    for moment in times:
        await commands.start_scheduled(connection, tenant["id"], workflow["id"], moment, overlap)
    return ScheduledRuns(workflowId=str(workflow["id"]), times=[iso(moment) for moment in times])


def _require_schedule(workflow: asyncpg.Record) -> None:
    if workflow["schedule"] is None:
        raise Conflict("This workflow has no schedule.", hint="PATCH it with a schedule first.")
