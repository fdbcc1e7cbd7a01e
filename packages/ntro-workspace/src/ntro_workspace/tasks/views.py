"""A task as readers see it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import asyncpg

from ntro.workspace.models import Task
from ntro_workspace.db.rows import iso
from ntro_workspace.pages import PageRequest, encode
from ntro_workspace.schedules.service import next_times

_UPCOMING = UUID("6f2d5b0e-3a53-4d0e-9a51-6c1b4f0f6a10")


def to_task(row: asyncpg.Record) -> Task:
    """The answer of a task's row."""
    return Task.model_validate(row["answer"])


def rendered(rows: Sequence[asyncpg.Record], wanted: PageRequest) -> str:
    """The JSON text of a list, or of a page where one row more than its size was read."""
    if wanted.is_whole:
        return f"[{','.join(row['answer'] for row in rows)}]"
    shown = rows[: wanted.size]
    cursor = "null"
    if len(rows) > wanted.size:
        cursor = f'"{encode([shown[-1]["created_at"].isoformat(), shown[-1]["id"]])}"'
    return f'{{"items":[{",".join(row["answer"] for row in shown)}],"nextCursor":{cursor}}}'


def upcoming(row: asyncpg.Record) -> list[Task]:
    """The next run of a scheduled binding, as a task that is still to come."""
    times = [] if row["paused"] else next_times(row["schedule"], row["timezone"], 1)
    return [_upcoming_task(row, moment) for moment in times]


def _upcoming_task(row: asyncpg.Record, moment: datetime) -> Task:
    return Task(
        id=str(uuid5(_UPCOMING, f"{row['id']}:{iso(moment)}")),
        title=row["runbook_slug"],
        status="PENDING",
        tenantId=str(row["tenant_id"]),
        entityId=str(row["entity_id"]),
        workflowId=str(row["id"]),
        workflowSlug=row["runbook_slug"],
        runbookVersion=row["runbook_version"],
        scheduled=True,
        dueDate=iso(moment),
    )
