"""Data that is submitted to a task: kept as a record once, then told to the run that takes it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg

from ntro_server.errors import Conflict, PayloadTooLarge
from ntro_tenant.core.people import Person
from ntro_tenant.core.recording.json_values import digest, exact, json_text
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import find_task
from ntro_tenant.core.views import GateView, TaskRow
from ntro_tenant.db import gates_repository, records_repository, signals_repository, tasks_repository
from ntro_tenant.db.records_repository import NewRecord

SIGNAL = "data_submitted"
MAX_DATA_BYTES = 256 * 1024
_KEYS = UUID("5a9a2f3e-7d5f-4f0b-9c83-0b8f6f2d6a11")


@dataclass(frozen=True, slots=True)
class DataSubmission:
    """What was sent. Without `event_id` the id follows from `idempotency_key`; without either it is new."""

    data: dict[str, Any]
    kind: str | None = None
    source_ref: dict[str, Any] | None = None
    event_id: UUID | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class SubmittedData:
    """A kept record, and the run that is told; `created` is false where the same was submitted before."""

    event_id: UUID
    run_id: str
    kind: str | None
    received_at: datetime
    created: bool


async def submit_data(
    connection: asyncpg.Connection,
    reference: TaskReference,
    person: Person,
    submission: DataSubmission,
    tenant_slug: str,
) -> SubmittedData:
    """Keeps the record, records that it came, and keeps the signal for the run that takes it; the caller commits.

    Raises:
        NotFound: there is no such task or run.
        PayloadTooLarge: the record is above 256 KiB.
        Conflict: the run has ended, or the id stands for other data.
    """
    if len(json_text([submission.data, submission.source_ref]).encode()) > MAX_DATA_BYTES:
        raise PayloadTooLarge(f"The data is above {MAX_DATA_BYTES // 1024} KiB; submit it as a file.")
    task = await find_task(connection, reference)
    run_id = await _receiver(connection, reference)
    record = _record(task, submission)
    received_at = await records_repository.store_record(connection, record)
    created = received_at is not None
    if received_at is None:
        received_at = await records_repository.received_before(connection, record)
    if received_at is None:
        raise Conflict(f"Event {record.id} was used for other data.", hint="Use a new event id or idempotency key.")
    await _tell(connection, run_id, task, record, received_at, tenant_slug)
    if created:
        await _log(connection, reference, person, record)
    return SubmittedData(record.id, run_id, record.kind, received_at, created)


async def _receiver(connection: asyncpg.Connection, reference: TaskReference) -> str:
    """The run that takes data: that of the one open gate which waits for data, else the run that was named."""
    gates = await gates_repository.open_gates(connection, reference.task_id, reference.run_id)
    waiting = {run for gate in gates if (run := _waits_for_data(gate)) is not None}
    run_id = waiting.pop() if len(waiting) == 1 else reference.run_id
    runs = {run.id: run.status for run in await tasks_repository.runs_of_task(connection, reference.task_id)}
    if runs.get(run_id, "RUNNING") != "RUNNING":
        raise Conflict(f"Run {run_id} has ended and takes no more data.", hint="Start a new task.")
    return run_id


def _waits_for_data(gate: GateView) -> str | None:
    if gate.args.get("signal_name") != SIGNAL:
        return None
    return str(gate.args.get("signal_task_id") or gate.run_id)


def _record(task: TaskRow, submission: DataSubmission) -> NewRecord:
    event_id = submission.event_id
    if event_id is None:
        key = submission.idempotency_key
        event_id = uuid5(_KEYS, f"{task.id}:{key}") if key else uuid4()
    source_ref = None if submission.source_ref is None else exact(submission.source_ref)
    return NewRecord(
        event_id, task.id, task.entity_id, task.entity_slug, submission.kind, source_ref, exact(submission.data)
    )


async def _tell(
    connection: asyncpg.Connection,
    run_id: str,
    task: TaskRow,
    record: NewRecord,
    received_at: datetime,
    tenant_slug: str,
) -> None:
    payload = {
        "event_id": str(record.id),
        "kind": record.kind,
        "tenant_slug": tenant_slug,
        "entity_slug": task.entity_slug,
        "source_ref": record.source_ref,
        "data": record.data,
        "received_at": received_at.astimezone(UTC).isoformat(),
    }
    await signals_repository.store_signal(
        connection, run_id=run_id, signal=SIGNAL, payload=payload, key=f"{task.id}:data:{record.id}"
    )


async def _log(connection: asyncpg.Connection, reference: TaskReference, person: Person, record: NewRecord) -> None:
    await append_event(
        connection,
        task_id=reference.task_id,
        workflow_id=reference.run_id,
        type="data.submitted",
        source="api",
        actor=person.subject,
        payload={"event_id": str(record.id), "kind": record.kind, "data_sha256": digest(record.data)},
        at=datetime.now(UTC),
    )
