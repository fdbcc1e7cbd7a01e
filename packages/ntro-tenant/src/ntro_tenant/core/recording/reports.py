"""Status reports for Workspace, written to the outbox in the transaction that changed what they tell."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter, ValidationError

from ntro.workspace.wire import (
    MAX_STEPS,
    Awaiting,
    FailureReport,
    PeriodLabel,
    StepReport,
    TaskReport,
    TaskState,
    Version,
)

OUTBOX_CHANNEL = "ntro_outbox"
UNNAMED_ERROR = "Error"
_STEP_STATES = {
    "pending": TaskState.PENDING,
    "active": TaskState.IN_PROGRESS,
    "completed": TaskState.COMPLETED,
    "failed": TaskState.FAILED,
    "waiting_for_input": TaskState.BLOCKED,
}
_TASK = """
select t.*, r.run_id as root_run_id,
       (select count(*) from ingest.submitted_documents d where d.task_id = t.id::text) as documents,
       (select count(*) from system.gates g where g.task_id = t.id and g.status = 'open') as open_gates,
       (select g.kind from system.gates g where g.task_id = t.id and g.status = 'open'
        order by g.opened_at, g.id limit 1) as awaiting
from system.tasks t left join system.runs r on r.workflow_id = t.id::text
where t.id = $1"""
_STEPS = "select step_id, status from system.steps where workflow_id = $1 order by position limit $2"
_NOT_CODE = re.compile(r"[^a-z0-9_.-]")
_NOT_NAME = re.compile(r"[^A-Za-z0-9_]")
_version: TypeAdapter[str] = TypeAdapter(Version)
_period: TypeAdapter[str] = TypeAdapter(PeriodLabel)


async def emit_report(connection: asyncpg.Connection, task_id: UUID) -> None:
    """Puts the task's present state into the outbox, under the task's next report number."""
    seq = await connection.fetchval(
        "update system.tasks set report_seq = report_seq + 1 where id = $1 returning report_seq", task_id
    )
    task = await connection.fetchrow(_TASK, task_id)
    steps = await connection.fetch(_STEPS, str(task_id), MAX_STEPS)
    report = _report(dict(task), seq, steps)
    await connection.execute(
        "insert into system.outbox (task_id, seq, report) values ($1, $2, $3)", task_id, seq, report.model_dump_json()
    )
    await connection.execute("select pg_notify($1, '')", OUTBOX_CHANNEL)


def code_id(name: str) -> str:
    """`name` as an identifier that may cross to Workspace: lower case, at most 64 characters."""
    return _NOT_CODE.sub("-", name.lower()).lstrip("_.-")[:64] or "step"


def error_type(name: str) -> str:
    """`name` as the class name of an error, at most 64 characters."""
    kept = _NOT_NAME.sub("", name)[:64]
    return kept if kept[:1].isalpha() and kept.isascii() else UNNAMED_ERROR


def _report(task: dict[str, Any], seq: int, steps: list[asyncpg.Record]) -> TaskReport:
    return TaskReport(
        task_id=task["id"],
        seq=seq,
        workflow_id=task["workflow_id"],
        entity_id=task["entity_id"],
        runbook=code_id(task["runbook_slug"]),
        runbook_version=_if_fits(_version, task["runbook_version"]),
        period=_if_fits(_period, task["period"]),
        status=TaskState(task["status"]),
        awaiting=Awaiting(task["awaiting"]) if task["awaiting"] in set(Awaiting) else None,
        steps=[StepReport(name=code_id(step["step_id"]), status=_STEP_STATES[step["status"]]) for step in steps],
        open_gates=task["open_gates"],
        documents=task["documents"],
        run_id=UUID(task["root_run_id"]) if task["root_run_id"] else None,
        scheduled=task["scheduled"],
        at=datetime.now(UTC),
        started_at=task["started_at"],
        closed_at=task["closed_at"],
        failure=_failure(task["failure"]),
    )


def _failure(failure: dict[str, Any] | None) -> FailureReport | None:
    if not failure:
        return None
    step = failure.get("step")
    return FailureReport(type=error_type(str(failure.get("type", ""))), step=code_id(step) if step else None)


def _if_fits(adapter: TypeAdapter[str], value: str | None) -> str | None:
    try:
        return adapter.validate_python(value) if value else None
    except ValidationError:
        return None
