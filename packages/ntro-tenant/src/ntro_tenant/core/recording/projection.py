"""What each kind of run record changes in `system.runs`, `system.steps` and `system.gates`.

Each change is an upsert, so a record that comes again, or again with another number, leaves the same rows.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from ntro.workflow.records import RecordBatch, RecordType, RunRecord
from ntro_tenant.core.handing_over import hand_over_waiting
from ntro_tenant.core.recording.json_values import json_text, optional_json

CANCELLED = "Cancelled"
_UPDATABLE = ("payload", "feedback", "checks", "display_hint", "args")
Change = Callable[[asyncpg.Connection, str, RunRecord], Awaitable[None]]

_START = """
insert into system.runs
    (workflow_id, run_id, task_id, parent_id, parent_step_id, slug, runbook_version, status, steps, started_at)
values ($1, $2, $3, $4, $5, $6, $7, 'RUNNING', $8, $9)
on conflict (workflow_id) do update set run_id = excluded.run_id, status = 'RUNNING', steps = excluded.steps,
    result = null, failure = null, last_record = 0, closed_at = null"""
_DECLARE_STEP = """
insert into system.steps (workflow_id, step_id, position, title, icon, status) values ($1, $2, $3, $4, $5, 'pending')
on conflict (workflow_id, step_id) do update set position = excluded.position, title = excluded.title,
    icon = excluded.icon"""
_START_STEP = """
insert into system.steps (workflow_id, step_id, position, title, icon, status, visits, started_at)
select $1, $2, coalesce(max(position), 0) + 1, $3, $4, 'active', $5, $6 from system.steps where workflow_id = $1
on conflict (workflow_id, step_id) do update set status = 'active', visits = excluded.visits, failure = null,
    title = excluded.title, icon = coalesce(excluded.icon, system.steps.icon), completed_at = null,
    started_at = coalesce(system.steps.started_at, excluded.started_at)"""
_OPEN_GATE = """
insert into system.gates (id, workflow_id, task_id, step_id, kind, reason, display_hint, payload, payload_hash, args,
    tools, four_eyes, deadline, opened_at, sign_off)
select $2, r.workflow_id, r.task_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
from system.runs r where r.workflow_id = $1
on conflict (id) do nothing"""
_CLOSE_CHILDREN = """
update system.runs set status = 'CANCELLED', closed_at = $2
where task_id = $1 and status = 'RUNNING' and workflow_id <> $1::text"""


async def start_run(
    connection: asyncpg.Connection, batch: RecordBatch, record: RunRecord, *, version: str | None
) -> None:
    """Enters the run and the steps that it declares; a new run under the same id starts the numbering anew."""
    data = record.data
    await connection.execute(
        _START,
        batch.workflow_id,
        batch.run_id,
        UUID(batch.task_id),
        data.get("parent_workflow_id"),
        data.get("parent_step_id"),
        data["slug"],
        version,
        json_text(data.get("steps", [])),
        record.at,
    )
    declared = enumerate(data.get("steps", []), start=1)
    await connection.executemany(
        _DECLARE_STEP,
        [(batch.workflow_id, step["id"], position, step["title"], step.get("icon")) for position, step in declared],
    )


async def close_run(
    connection: asyncpg.Connection,
    workflow_id: str,
    record: RunRecord,
    status: str,
    *,
    result: Any = None,
    failure: dict[str, Any] | None = None,
) -> None:
    """Ends a run; its gates that are still open close with it."""
    await connection.execute(
        "update system.runs set status = $2, result = $3, failure = $4, closed_at = $5 where workflow_id = $1",
        workflow_id,
        status,
        optional_json(result),
        optional_json(failure),
        record.at,
    )
    await connection.execute(
        "update system.gates set status = 'cancelled', closed_at = $2 where workflow_id = $1 and status = 'open'",
        workflow_id,
        record.at,
    )


async def _complete(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    await close_run(connection, workflow_id, record, "COMPLETED", result=record.data.get("result"))


async def _fail(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    await close_run(connection, workflow_id, record, "FAILED", failure=failure_of(record))


async def _cancel(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    await close_run(connection, workflow_id, record, "CANCELLED", failure=failure_of(record))


async def _start_step(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    data = record.data
    await connection.execute(
        _START_STEP,
        workflow_id,
        data["step_id"],
        data.get("title") or data["step_id"],
        data.get("icon"),
        data.get("visit", 1),
        record.at,
    )


async def _complete_step(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    snapshot = record.data.get("snapshot")
    await connection.execute(
        "update system.steps set status = 'completed', snapshot = coalesce($3, snapshot), completed_at = $4"
        " where workflow_id = $1 and step_id = $2",
        workflow_id,
        record.data["step_id"],
        optional_json(snapshot),
        record.at,
    )


async def _fail_step(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    await connection.execute(
        "update system.steps set status = 'failed', failure = $3, completed_at = $4"
        " where workflow_id = $1 and step_id = $2",
        workflow_id,
        record.data["step_id"],
        json_text(failure_of(record)),
        record.at,
    )


async def _open_gate(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    data = record.data
    await connection.execute(
        _OPEN_GATE,
        workflow_id,
        data["gate_id"],
        data.get("step_id"),
        data["kind"],
        data.get("reason"),
        json_text(data.get("display_hint") or {}),
        optional_json(data.get("payload")),
        data.get("payload_hash"),
        json_text(data.get("args") or {}),
        json_text(data.get("tools") or []),
        bool(data.get("four_eyes")),
        _moment(data.get("deadline")),
        record.at,
        data.get("sign_off"),
    )
    await _mark_step(connection, workflow_id, data["gate_id"], "active", "waiting_for_input")
    await hand_over_waiting(connection, data["gate_id"])


async def _update_gate(connection: asyncpg.Connection, _workflow_id: str, record: RunRecord) -> None:
    data = record.data
    for column in _UPDATABLE:
        if column in data:
            await connection.execute(
                f"update system.gates set {column} = $2 where id = $1", data["gate_id"], optional_json(data[column])
            )
    if "payload_hash" in data:
        await connection.execute(
            "update system.gates set payload_hash = $2 where id = $1", data["gate_id"], data["payload_hash"]
        )


async def _close_gate(connection: asyncpg.Connection, workflow_id: str, record: RunRecord) -> None:
    data = record.data
    decision = data.get("decision")
    await connection.execute(
        "update system.gates set status = $2, decision = $3, closed_at = $4 where id = $1",
        data["gate_id"],
        data["outcome"],
        optional_json(decision),
        record.at,
    )
    await _mark_step(connection, workflow_id, data["gate_id"], "waiting_for_input", "active")


async def _mark_step(connection: asyncpg.Connection, workflow_id: str, gate_id: str, before: str, after: str) -> None:
    await connection.execute(
        "update system.steps s set status = $4 from system.gates g"
        " where g.id = $2 and s.workflow_id = $1 and s.step_id = g.step_id and s.status = $3",
        workflow_id,
        gate_id,
        before,
        after,
    )


async def _close_child(connection: asyncpg.Connection, _workflow_id: str, record: RunRecord) -> None:
    # A child that was terminated could not tell of its end itself.
    await connection.execute(
        "update system.runs set status = $2, closed_at = $3 where workflow_id = $1 and status = 'RUNNING'",
        record.data["workflow_id"],
        record.data["status"].upper(),
        record.at,
    )
    await connection.execute(
        "update system.gates set status = 'cancelled', closed_at = $2 where workflow_id = $1 and status = 'open'",
        record.data["workflow_id"],
        record.at,
    )


async def close_tree(connection: asyncpg.Connection, task_id: UUID, at: datetime) -> None:
    """Ends what is still open below a task whose root run has ended."""
    await connection.execute(_CLOSE_CHILDREN, task_id, at)
    await connection.execute(
        "update system.gates set status = 'cancelled', closed_at = $2 where task_id = $1 and status = 'open'",
        task_id,
        at,
    )


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def failure_of(record: RunRecord) -> dict[str, Any]:
    """Type, message and step of the failure that a record tells of."""
    default = CANCELLED if record.type == "run.cancelled" else "Error"
    return {
        "type": record.data.get("error_type") or default,
        "message": record.data.get("message") or "",
        "step": record.data.get("step_id"),
    }


CHANGES: dict[RecordType, Change] = {
    "run.completed": _complete,
    "run.failed": _fail,
    "run.cancelled": _cancel,
    "step.started": _start_step,
    "step.completed": _complete_step,
    "step.failed": _fail_step,
    "gate.opened": _open_gate,
    "gate.updated": _update_gate,
    "gate.closed": _close_gate,
    "child.closed": _close_child,
}
