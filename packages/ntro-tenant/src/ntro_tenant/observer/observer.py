"""Reads the log from where it was, applies the rules, and notes what they find; all of a turn at once or nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from ntro_tenant.core.recording.log import append_event
from ntro_tenant.db import observer_repository as repository
from ntro_tenant.observer.confidence import low_confidence
from ntro_tenant.observer.deadlines import missing_document
from ntro_tenant.observer.duplicates import INVOICES, same_bytes, same_invoice
from ntro_tenant.observer.durations import unusual_duration
from ntro_tenant.observer.observations import OBSERVATION, SOURCE, Happening, Mode, Observation, mode_of
from ntro_tenant.observer.variance import is_compared, variance

BATCH = 100


async def observe_next(pool: asyncpg.Pool) -> int:
    """Observes the next hundred events; how many there were. What was noted and how far it read are one transaction."""
    async with pool.acquire() as connection, connection.transaction():
        place = await repository.locked_place(connection)
        last = await repository.last_event(connection, after=place, limit=BATCH)
        if last is None:
            return 0
        noted = []
        if mode_of(await repository.tenant_config(connection)) is not Mode.OFF:
            for event in await repository.happenings(connection, after=place, up_to=last):
                noted += [(event, found) async for found in _observations(connection, event)]
        await repository.set_place(connection, last)
        for event, found in noted:
            about = {"about": event.seq}
            await _note(connection, found, event.task_id, event.run_id, about, datetime.now(UTC))
        return last - place


async def observe_deadlines(pool: asyncpg.Pool, now: datetime) -> int:
    """Notes documents that are missing near their deadlines; how many were noted."""
    async with pool.acquire() as connection, connection.transaction():
        if mode_of(await repository.tenant_config(connection)) is Mode.OFF:
            return 0
        waiting = await repository.awaited_documents(connection)
        late = [(gate, found) for gate in waiting if (found := missing_document(gate, now)) is not None]
        for gate, found in late:
            await _note(connection, found, gate.task_id, gate.run_id, {}, now)
        return len(late)


async def _observations(connection: asyncpg.Connection, event: Happening) -> AsyncIterator[Observation]:
    for found in (
        low_confidence(event),
        await _variance(connection, event),
        await _duration(connection, event),
        await _bytes(connection, event),
        await _invoice(connection, event),
    ):
        if found is not None:
            yield found


async def _variance(connection: asyncpg.Connection, event: Happening) -> Observation | None:
    if not is_compared(event):
        return None
    before = await repository.event_of_earlier_period(connection, event)
    return variance(event, before) if before else None


async def _duration(connection: asyncpg.Connection, event: Happening) -> Observation | None:
    step_id = event.payload.get("step_id")
    if event.type != "step.completed" or not isinstance(step_id, str) or event.run_id is None:
        return None
    took = await repository.worked(connection, run_id=event.run_id, step_id=step_id)
    if took is None:
        return None
    earlier = await repository.worked_before(
        connection, runbook=event.runbook_slug, step_id=step_id, run_id=event.run_id, until=event.at
    )
    return unusual_duration(event, took, earlier)


async def _bytes(connection: asyncpg.Connection, event: Happening) -> Observation | None:
    sha256, document = event.payload.get("sha256"), event.payload.get("document_id")
    if event.type != "document.uploaded" or not isinstance(sha256, str) or not isinstance(document, str):
        return None
    earlier = await repository.earlier_submissions(connection, sha256=sha256, document_id=document)
    return same_bytes(event, earlier)


async def _invoice(connection: asyncpg.Connection, event: Happening) -> Observation | None:
    if event.type not in INVOICES or not event.said:
        return None
    return same_invoice(event, await repository.earlier_readings(connection, event))


async def _note(
    connection: asyncpg.Connection,
    found: Observation,
    task_id: UUID,
    run_id: str | None,
    about: dict[str, Any],
    at: datetime,
) -> None:
    await append_event(
        connection,
        type=OBSERVATION,
        source=SOURCE,
        payload={"rule": found.rule, "message": found.message, "evidence": found.evidence, **about},
        at=at,
        task_id=task_id,
        workflow_id=run_id,
        record_key=f"{OBSERVATION}:{found.rule}:{found.key}",
    )
