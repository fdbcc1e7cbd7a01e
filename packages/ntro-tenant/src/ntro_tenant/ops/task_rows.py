"""Rows of `system.tasks`: entered once, closed once, each change with its event and its status report."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from ntro.workspace.commands import EntityEntry, WorkflowEntry
from ntro_tenant.core.recording.json_values import json_text, optional_json
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.core.recording.projection import close_tree
from ntro_tenant.core.recording.reports import emit_report

SOURCE = "ops"
_INSERT = """
insert into system.tasks (id, title, status, priority, entity_id, workflow_id, runbook_slug, runbook_version, period,
    context, scheduled, requested_by)
values ($1, $2, 'READY', $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing"""
_CLOSE = """
update system.tasks set status = $2, failure = $3, result = coalesce($4, result), closed_at = $5, updated_at = $5
where id = $1 and closed_at is null"""
_CLOSE_RUN = """
update system.runs set status = $2, failure = $3, result = coalesce($4, result), closed_at = $5
where workflow_id = $1 and status = 'RUNNING'"""
_PRIORITIES = {"LOW", "NORMAL", "HIGH"}


async def insert_task(
    connection: asyncpg.Connection,
    task_id: UUID,
    workflow: WorkflowEntry,
    entity: EntityEntry,
    *,
    context: dict[str, Any],
    version: str | None,
    scheduled: bool,
    requested_by: str | None,
) -> bool:
    """Enters a task that is queued. False where it is there already, which changes nothing."""
    priority = str(context.get("priority") or "NORMAL").upper()
    period = context.get("period")
    status = await connection.execute(
        _INSERT,
        task_id,
        workflow.name,
        priority if priority in _PRIORITIES else "NORMAL",
        entity.id,
        workflow.id,
        workflow.runbook_slug,
        version,
        str(period) if period is not None else None,
        json_text(context),
        scheduled,
        requested_by,
    )
    if status != "INSERT 0 1":
        return False
    await emit_report(connection, task_id)
    await append_event(
        connection,
        task_id=task_id,
        workflow_id=str(task_id),
        type="task.created",
        source=SOURCE,
        actor=requested_by,
        payload={"runbook": workflow.runbook_slug, "version": version, "period": period, "scheduled": scheduled},
        at=datetime.now(UTC),
        record_key=f"{task_id}:created",
    )
    return True


async def close_task(
    connection: asyncpg.Connection,
    task_id: UUID,
    *,
    failure: dict[str, Any] | None = None,
    result: Any = None,
) -> bool:
    """Ends a task whose run cannot tell of its end: failed with `failure`, else completed. False where it has ended."""
    at = datetime.now(UTC)
    cancelled = failure is not None and failure["type"] == "Cancelled"
    outcome = optional_json(failure), optional_json(result), at
    if await connection.execute(_CLOSE, task_id, "FAILED" if failure else "COMPLETED", *outcome) != "UPDATE 1":
        return False
    run_status = "CANCELLED" if cancelled else "FAILED" if failure else "COMPLETED"
    await connection.execute(_CLOSE_RUN, str(task_id), run_status, *outcome)
    await close_tree(connection, task_id, at)
    await emit_report(connection, task_id)
    await append_event(
        connection,
        task_id=task_id,
        workflow_id=str(task_id),
        type="task.failed" if failure else "task.completed",
        source=SOURCE,
        payload=failure or {},
        at=at,
        record_key=f"{task_id}:closed",
    )
    return True


async def note_cancel_request(connection: asyncpg.Connection, task_id: UUID, actor: str | None) -> None:
    """Enters into the log that somebody asked to cancel a task, once."""
    await append_event(
        connection,
        task_id=task_id,
        workflow_id=str(task_id),
        type="task.cancel_requested",
        source=SOURCE,
        actor=actor,
        payload={},
        at=datetime.now(UTC),
        record_key=f"{task_id}:cancel",
    )


async def find_open_task(connection: asyncpg.Connection, workflow_id: UUID) -> UUID | None:
    """The oldest task of the binding that has not ended, or None."""
    found: UUID | None = await connection.fetchval(
        "select id from system.tasks where workflow_id = $1 and closed_at is null order by created_at limit 1",
        workflow_id,
    )
    return found
