"""Follows a task's audit log over server-sent events, across lost connections."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2

from ntro.workspace._cell.models import CellEvent
from ntro.workspace._resources.base import one
from ntro.workspace._retry import RetryPolicy
from ntro.workspace._transport import Transport, path_of
from ntro.workspace.errors import NtroConnectionError, UnexpectedAnswerError

_SILENCE = 45.0
"""Seconds without a byte after which a connection counts as lost; the server says something every 15."""

_ATTEMPTS = 8


async def follow(
    transport: Transport, task: str, *, after: int = 0, policy: RetryPolicy | None = None
) -> AsyncGenerator[CellEvent]:
    """The events of `task` with a `seq` above `after`, each once, as they happen; without end.

    A lost connection is opened again and resumed after the last event seen.

    Raises:
        NtroConnectionError: several connections in a row brought no event.
    """
    retries = policy or RetryPolicy(attempts=_ATTEMPTS)
    seen, failures = after, 0
    while True:
        lost: NtroConnectionError | None = None
        try:
            async with aclosing(_one_connection(transport, task, seen)) as events:
                async for event in events:
                    if event.seq > seen:
                        seen, failures = event.seq, 0
                        yield event
        except NtroConnectionError as error:
            lost = error
        failures += 1
        if failures >= retries.attempts:
            raise lost or NtroConnectionError(f"The event stream of {task} ends again and again.")
        await asyncio.sleep(retries.pause_after(failures))


async def _one_connection(transport: Transport, task: str, seen: int) -> AsyncGenerator[CellEvent]:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(seen)}
    path = path_of("tasks", task, "events", "stream")
    async with transport.stream(path, headers=headers, read_timeout=_SILENCE) as answer:
        async for message in httpx2.EventSource(answer):
            if message.data:
                yield _event(message.data)


def _event(text: str) -> CellEvent:
    try:
        return one(CellEvent, json.loads(text))
    except json.JSONDecodeError as error:
        raise UnexpectedAnswerError("An event of the stream is no JSON.") from error
