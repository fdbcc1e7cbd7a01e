"""The audit log: read, followed, and added to by agents."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse

from ntro_server.errors import Forbidden
from ntro_tenant.api import rendering, schemas
from ntro_tenant.api.addresses import TaskAddress
from ntro_tenant.api.authentication import CellDependency, Reader
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.api.reporters import WORKER, Reporter
from ntro_tenant.api.streams import BATCH, event_stream
from ntro_tenant.core import events
from ntro_tenant.core.agent_reports import take_report
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.posted_events import post_event
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.views import EventView
from ntro_tenant.db import events_repository

MAX_EVENTS = 10_000
router = APIRouter(tags=["events"], route_class=ExactRoute)


def _position(
    after: Annotated[schemas.Seq | None, Query(description="Number of the last event that is known.")] = None,
    last_event_id: Annotated[str | None, Header(description="Sent by a browser that reconnects.")] = None,
) -> int | None:
    if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
        return min(int(last_event_id[:18]), 2**62)
    return after


Position = Annotated[int | None, Depends(_position)]


@router.get("/tasks/{task}/events", response_model=list[schemas.Event])
async def list_events(
    cell: CellDependency,
    _person: Reader,
    task: TaskAddress,
    after: schemas.Seq = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_EVENTS)] = MAX_EVENTS,
) -> list[EventView]:
    """What happened in the task after event `after`, oldest first."""
    return await _read(cell, task, after, limit)


@router.post("/tasks/{task}/events", status_code=201)
async def add_event(
    cell: CellDependency, person: Reporter, task: TaskAddress, body: schemas.EventBody
) -> schemas.Recorded:
    """Adds what an agent or worker reports of itself."""
    if person.subject == WORKER and not body.type.startswith("reasoning."):
        raise Forbidden("The key of workers is for reasoning only.")
    said = {"sourceLabel": body.source_label, "seq": body.seq, "groupKey": body.group_key}
    payload: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    payload |= {"payload": body.payload}
    async with cell.transaction() as connection:
        if person.agent_id is None:
            seq = await post_event(connection, task, person, kind=body.type, source=body.source, payload=payload)
        else:
            seq = await take_report(connection, task, person, kind=body.type, payload=payload)
    return schemas.Recorded(seq=seq)


@router.get("/tasks/{task}/events/stream", response_class=StreamingResponse)
async def follow_task(cell: CellDependency, person: Reader, task: TaskAddress, position: Position) -> StreamingResponse:
    """The task's events as they happen, from the first, or after the one that is known."""
    known = position or 0
    await _read(cell, task, known, 1)

    async def read(after: int) -> list[EventView]:
        return await _read(cell, task, after, BATCH)

    return event_stream(cell.live, task.task_id, person, after=known, read=read, render=_whole)


@router.get("/events/stream", response_class=StreamingResponse)
async def follow_cell(cell: CellDependency, person: Reader, position: Position) -> StreamingResponse:
    """Which tasks something happened in, from now on, or after the event that is known."""
    async with cell.transaction() as connection:
        start = await events_repository.last_seq(connection) if position is None else position

    async def read(after: int) -> list[EventView]:
        async with cell.transaction() as connection:
            return await events_repository.events_of_cell(connection, after=after, limit=BATCH)

    return event_stream(cell.live, None, person, after=start, read=read, render=_outline)


@router.get("/tasks/{task}/logs")
async def list_logs(cell: CellDependency, _person: Reader, task: TaskAddress) -> list[schemas.LogEntry]:
    """The task's events as older clients read them."""
    return [rendering.log_entry(event) for event in await _read(cell, task, 0, MAX_EVENTS)]


@router.get("/tasks/{task}/history")
async def list_history(cell: CellDependency, _person: Reader, task: TaskAddress) -> list[schemas.ExecutionEvent]:
    """The task's events as the execution events of older clients."""
    return [rendering.execution_event(event) for event in await _read(cell, task, 0, MAX_EVENTS)]


async def _read(cell: Cell, task: TaskReference, after: int, limit: int) -> list[EventView]:
    async with cell.transaction() as connection:
        return await events.list_events(connection, task, after=after, limit=limit)


def _whole(event: EventView) -> dict[str, Any]:
    return schemas.Event.model_validate(event).model_dump(mode="json", by_alias=True)


def _outline(event: EventView) -> dict[str, Any]:
    return {"seq": event.seq, "type": event.type, "taskId": str(event.task_id) if event.task_id else None}
