"""SQL of tasks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from ntro.workspace.wire import TaskReport

MAX_ROWS = 10_000

_COLUMNS = """tasks.id, tasks.tenant_id, tasks.entity_id, workflow_id, runbook_slug, runbook_version, period,
    priority, dry_run, tasks.status, awaiting, steps, open_gates, documents, history_length, run_id, scheduled,
    failure_type, failure_step, tasks.created_at, tasks.updated_at, started_at, closed_at, tenants.ui_url"""
_JOINED = "tasks join tenants on tenants.id = tasks.tenant_id"


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
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from {_JOINED}
            where ($1::uuid is null or tasks.tenant_id = $1) and ($2::uuid is null or tasks.entity_id = $2)
              and ($3::uuid is null or workflow_id = $3) and ($4::text is null or tasks.status = $4)
              and ($5::text is null or period = $5)
              and (not $6 or tasks.status not in ('COMPLETED', 'FAILED'))
            order by tasks.created_at desc, tasks.id limit {MAX_ROWS}""",
            wanted.tenant_id,
            wanted.entity_id,
            wanted.workflow_id,
            wanted.status,
            wanted.period,
            wanted.open_only,
        )
    )


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
