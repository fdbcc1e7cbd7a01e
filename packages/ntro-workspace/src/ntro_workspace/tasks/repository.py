"""SQL of tasks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from ntro.workspace.wire import TaskReport
from ntro_workspace.pages import Moment

MAX_ROWS = 10_000

_MOMENT = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_CREATED, _UPDATED, _STARTED, _CLOSED = (
    _MOMENT.format(f"tasks.{name}_at") for name in ("created", "updated", "started", "closed")
)
# The answer is made where the data is: a list of tasks is asked for more often than anything else.
_ANSWER = f"""json_build_object(
    'id', tasks.id,
    'title', concat_ws(' ', runbook_slug, period),
    'status', tasks.status,
    'tenantId', tasks.tenant_id,
    'entityId', entity_id,
    'workflowId', workflow_id,
    'workflowSlug', runbook_slug,
    'runbookVersion', runbook_version,
    'period', period,
    'awaiting', awaiting,
    'openGates', open_gates,
    'documents', documents,
    'scheduled', scheduled,
    'dueDate', null,
    'priority', priority,
    'steps', steps,
    'assignee', null,
    'context', json_strip_nulls(json_build_object('period', period, 'priority', priority, 'dry_run', dry_run)),
    'createdAt', {_CREATED},
    'updatedAt', {_UPDATED},
    'links', case when tenants.ui_url is not null then
        json_build_object('workflow_ui', rtrim(tenants.ui_url, '/') || '/tasks/' || tasks.id) end,
    'execution', json_build_object(
        'temporalRunId', run_id,
        'taskQueue', 'runbook:' || runbook_slug,
        'workflowType', replace(initcap(replace(runbook_slug, '-', ' ')), ' ', '') || 'Workflow',
        'startedAt', {_STARTED},
        'closedAt', {_CLOSED},
        'historyLength', history_length),
    'failure', case when failure_type is not null then json_build_object(
        'type', failure_type,
        'message', failure_type || coalesce(' in the step ' || failure_step, '')
            || '; the message is read from the tenant''s cell.',
        'activityName', failure_step,
        'stackTrace', null) end,
    'executionEvents', json_build_array())"""
_COLUMNS = f"tasks.id, tasks.tenant_id, tasks.status, {_ANSWER} as answer"
_JOINED = "tasks join tenants on tenants.id = tasks.tenant_id"
_ORDER = "order by tasks.created_at desc, tasks.id desc"


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a list of tasks is narrowed to; none means no narrowing."""

    tenant_id: UUID | None = None
    entity_id: UUID | None = None
    workflow_id: UUID | None = None
    status: str | None = None
    period: str | None = None
    open_only: bool = False


async def insert(connection: asyncpg.Connection, values: dict[str, Any]) -> None:
    await connection.execute(
        """insert into tasks (id, tenant_id, entity_id, workflow_id, runbook_slug, runbook_version, period,
                              priority, dry_run, status)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'READY')""",
        values["id"],
        values["tenant_id"],
        values["entity_id"],
        values["workflow_id"],
        values["runbook_slug"],
        values["runbook_version"],
        values["period"],
        values["priority"],
        values["dry_run"],
    )


async def find(connection: asyncpg.Connection, task_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_COLUMNS} from {_JOINED} where tasks.id = $1", task_id)


async def list_all(connection: asyncpg.Connection, wanted: TaskFilter) -> list[asyncpg.Record]:
    """Tasks, newest first."""
    where, values = _narrowed(wanted)
    return list(
        await connection.fetch(f"select {_COLUMNS} from {_JOINED} where {where} {_ORDER} limit {MAX_ROWS}", *values)
    )


async def list_answers(
    connection: asyncpg.Connection, wanted: TaskFilter, *, limit: int, before: Moment | None = None
) -> list[asyncpg.Record]:
    """Tasks as JSON text, newest first, with the moment and id they are ordered by."""
    where, values = _narrowed(wanted)
    if before is not None:
        where += f" and (tasks.created_at, tasks.id) < (${len(values) + 1}, ${len(values) + 2})"
        values += [before.at, before.id]
    return list(
        await connection.fetch(
            f"""select tasks.id, tasks.created_at, {_ANSWER}::text as answer
                from {_JOINED} where {where} {_ORDER} limit {limit:d}""",
            *values,
        )
    )


def _narrowed(wanted: TaskFilter) -> tuple[str, list[object]]:
    """The condition of a filter and its values: what narrows nothing is left out, so that indexes are used."""
    given = {
        "tasks.tenant_id": wanted.tenant_id,
        "tasks.entity_id": wanted.entity_id,
        "workflow_id": wanted.workflow_id,
        "tasks.status": wanted.status,
        "period": wanted.period,
    }
    used = {column: value for column, value in given.items() if value is not None}
    conditions = [f"{column} = ${number}" for number, column in enumerate(used, 1)]
    if wanted.open_only:
        conditions.append("tasks.status not in ('COMPLETED', 'FAILED')")
    return " and ".join(conditions) or "true", list(used.values())


async def apply_report(connection: asyncpg.Connection, tenant_id: UUID, report: TaskReport) -> bool:
    """Takes over a report that is newer than what is known; false where it changes nothing.

    A task that is not known yet is added where its workflow and entity belong to the reporting tenant.
    """
    failure = report.failure
    changed = await connection.fetchval(
        """insert into tasks (id, tenant_id, entity_id, workflow_id, runbook_slug, runbook_version, period, status,
             awaiting, steps, open_gates, documents, history_length, run_id, scheduled, failure_type, failure_step,
             seq, created_at, updated_at, started_at, closed_at)
           select $1, workflows.tenant_id, entities.id, workflows.id, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                  $15, $16, $17, $18, least($19, now()), $19, $20, $21
           from workflows join entities on entities.id = $4 and entities.tenant_id = workflows.tenant_id
           where workflows.id = $3 and workflows.tenant_id = $2
           on conflict (id) do update set runbook_version = excluded.runbook_version,
             period = coalesce(excluded.period, tasks.period), status = excluded.status,
             awaiting = excluded.awaiting, steps = excluded.steps, open_gates = excluded.open_gates,
             documents = excluded.documents, history_length = excluded.history_length, run_id = excluded.run_id,
             scheduled = excluded.scheduled, failure_type = excluded.failure_type,
             failure_step = excluded.failure_step, seq = excluded.seq, updated_at = excluded.updated_at,
             started_at = excluded.started_at, closed_at = excluded.closed_at
           where excluded.seq > tasks.seq and tasks.tenant_id = excluded.tenant_id
           returning true""",
        report.task_id,
        tenant_id,
        report.workflow_id,
        report.entity_id,
        report.runbook,
        report.runbook_version,
        report.period,
        report.status.value,
        None if report.awaiting is None else report.awaiting.value,
        [step.model_dump(mode="json") for step in report.steps],
        report.open_gates,
        report.documents,
        report.history_length,
        report.run_id,
        report.scheduled,
        None if failure is None else failure.type,
        None if failure is None else failure.step,
        report.seq,
        report.at,
        report.started_at,
        report.closed_at,
    )
    return bool(changed)
