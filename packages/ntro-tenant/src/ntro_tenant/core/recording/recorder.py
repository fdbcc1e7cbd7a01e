"""Takes batches of run records: at least once from the worker, exactly once into the database."""

from uuid import UUID

import asyncpg

from ntro.workflow.records import RecordBatch, RunRecord
from ntro_tenant.core.recording.audit import audit_fields
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.core.recording.projection import CHANGES, close_tree, start_run
from ntro_tenant.core.recording.reports import emit_report
from ntro_tenant.core.recording.task_state import derive_state

_SILENT = frozenset({"decision.ignored", "business", "child.started"})


class UnknownTaskError(LookupError):
    """Records came of a task that this cell does not have."""


class RecordGapError(RuntimeError):
    """Records came before earlier ones of the same run; they apply once those have come."""


class Recorder:
    """Applies run records to the tenant's database. `version` is that of the runbook whose worker records."""

    def __init__(self, pool: asyncpg.Pool, *, version: str | None = None) -> None:
        self._pool = pool
        self._version = version

    async def apply(self, batch: RecordBatch) -> None:
        """Writes projection, audit log and status report of `batch` in one transaction; what was applied is skipped.

        Raises:
            UnknownTaskError: the cell has no such task.
            RecordGapError: an earlier record of the run has not been applied.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await apply_batch(connection, batch, version=self._version)


async def apply_batch(connection: asyncpg.Connection, batch: RecordBatch, *, version: str | None = None) -> None:
    """As `Recorder.apply`, within the caller's transaction."""
    task_id = UUID(batch.task_id)
    if await connection.fetchval("select id from system.tasks where id = $1 for update", task_id) is None:
        raise UnknownTaskError(f"There is no task {task_id} in this cell to record the run {batch.workflow_id} of.")
    last, new = await _unapplied(connection, batch)
    if not new:
        return
    for expected, record in enumerate(new, start=last + 1):
        if record.n != expected:
            raise RecordGapError(f"Record {record.n} of run {batch.workflow_id} came before record {expected}.")
        await _change(connection, batch, record, version)
    await connection.execute(
        "update system.runs set last_record = $2 where workflow_id = $1", batch.workflow_id, new[-1].n
    )
    if await derive_state(connection, task_id):
        await close_tree(connection, task_id, new[-1].at)
    if any(record.type not in _SILENT for record in new):
        await emit_report(connection, task_id)
    for record in new:
        await _log(connection, batch, task_id, record)


async def _unapplied(connection: asyncpg.Connection, batch: RecordBatch) -> tuple[int, list[RunRecord]]:
    """The number of the last applied record of the run, and the records after it."""
    records = sorted(batch.records, key=lambda record: record.n)
    run = await connection.fetchrow(
        "select run_id, last_record from system.runs where workflow_id = $1", batch.workflow_id
    )
    if run is not None and run["run_id"] == batch.run_id:
        return run["last_record"], [record for record in records if record.n > run["last_record"]]
    # Another run has taken this id since; what was applied of the earlier one is known from the log.
    applied = await connection.fetchval(
        "select count(*) from system.events where record_key = any($1)", [_key(batch, record.n) for record in records]
    )
    return (0, []) if applied else (0, records)


def _key(batch: RecordBatch, n: int) -> str:
    return f"{batch.workflow_id}:{batch.run_id}:{n}"


async def _change(connection: asyncpg.Connection, batch: RecordBatch, record: RunRecord, version: str | None) -> None:
    if record.type == "run.started":
        await start_run(connection, batch, record, version=version)
    elif change := CHANGES.get(record.type):
        await change(connection, batch.workflow_id, record)


async def _log(connection: asyncpg.Connection, batch: RecordBatch, task_id: UUID, record: RunRecord) -> None:
    fields = audit_fields(record)
    await append_event(
        connection,
        task_id=task_id,
        workflow_id=batch.workflow_id,
        type=fields.type,
        source=fields.source,
        actor=fields.actor,
        payload=fields.payload,
        at=record.at,
        record_key=_key(batch, record.n),
    )
