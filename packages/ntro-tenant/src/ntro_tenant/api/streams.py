"""Server-sent events over the audit log."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi.responses import StreamingResponse

from ntro_tenant.core.live import LiveEvents
from ntro_tenant.core.people import Person
from ntro_tenant.core.views import EventView

HEARTBEAT_SECONDS = 15.0
BATCH = 200
MEDIA_TYPE = "text/event-stream"

ReadAfter = Callable[[int], Awaitable[list[EventView]]]
Render = Callable[[EventView], dict[str, Any]]


def event_stream(
    live: LiveEvents, task_id: UUID | None, person: Person, *, after: int, read: ReadAfter, render: Render
) -> StreamingResponse:
    """A stream of what `read` finds after `after`, then of all that follows, until the person's token expires."""
    body = _stream(live, task_id, person, after, read, render)
    return StreamingResponse(body, media_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})


async def _stream(
    live: LiveEvents, task_id: UUID | None, person: Person, after: int, read: ReadAfter, render: Render
) -> AsyncIterator[str]:
    with live.watching(task_id) as news:
        yield ": connected\n\n"
        while person.expires_at > datetime.now(UTC):
            news.clear()
            while events := await read(after):
                for event in events:
                    yield message(event.seq, render(event))
                after = events[-1].seq
            if not await _anything(news, person):
                yield ": still here\n\n"


def message(seq: int, data: dict[str, Any]) -> str:
    """One message of a stream; a browser resumes after its id."""
    return f"id: {seq}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


async def _anything(news: asyncio.Event, person: Person) -> bool:
    """Whether something happened before the next heartbeat is due, or the person's token expires."""
    left = (person.expires_at - datetime.now(UTC)).total_seconds()
    try:
        async with asyncio.timeout(min(HEARTBEAT_SECONDS, max(left, 0))):
            return await news.wait()
    except TimeoutError:
        return False
