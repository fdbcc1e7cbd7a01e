"""The audit log of a task, as people read it."""

import asyncpg

from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import find_task
from ntro_tenant.core.views import EventView
from ntro_tenant.db import events_repository


async def list_events(
    connection: asyncpg.Connection, reference: TaskReference, *, after: int | None = None, limit: int
) -> list[EventView]:
    """Events of the task, or of the run below it, oldest first: those that follow `after`, or else the newest.

    Raises:
        NotFound: there is no such task or run.
    """
    await find_task(connection, reference)
    run_id = None if reference.is_root else reference.run_id
    if after is None:
        return await events_repository.newest_of_task(connection, reference.task_id, run_id=run_id, limit=limit)
    return await events_repository.events_of_task(
        connection, reference.task_id, run_id=run_id, after=after, limit=limit
    )
