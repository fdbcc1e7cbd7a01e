"""Events that agents and workers report of themselves."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from ntro.types.canonical import canonical_json
from ntro_server.errors import PayloadTooLarge
from ntro_tenant.core.people import Person
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import find_task

MAX_PAYLOAD_BYTES = 64 * 1024


async def post_event(
    connection: asyncpg.Connection,
    reference: TaskReference,
    person: Person,
    *,
    kind: str,
    source: str,
    payload: dict[str, Any],
) -> int:
    """Appends the event to the task's log and returns its number.

    Raises:
        NotFound: there is no such task or run.
        PayloadTooLarge: the payload is above 64 KiB.
    """
    if len(canonical_json(payload).encode()) > MAX_PAYLOAD_BYTES:
        raise PayloadTooLarge(f"The event's payload is above {MAX_PAYLOAD_BYTES // 1024} KiB.")
    await find_task(connection, reference)
    seq = await append_event(
        connection,
        task_id=reference.task_id,
        workflow_id=reference.run_id,
        type=kind,
        source=source,
        actor=person.subject,
        payload=payload,
        at=datetime.now(UTC),
    )
    assert seq is not None, "only an event with a record key can be there already"
    return seq
