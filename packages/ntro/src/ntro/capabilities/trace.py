"""What a model writes while it writes it, shown live at the task.

The writer is never slowed down: fragments are gathered and sent in the background, at most one request at a time. When
the receiver is slower than the model, text is left out and the next event says how much.
"""

import asyncio
import logging
import sys
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable
from urllib.parse import quote

from ntro.capabilities import config
from ntro.capabilities._connections import http_client

BATCH_SECONDS = 0.1
BATCH_CHARACTERS = 1_024
MAX_WAITING_CHARACTERS = 65_536
"""Text that is kept while the receiver is busy; what comes on top is left out."""
MAX_EVENT_CHARACTERS = 8_192
FINISH_SECONDS = 5.0
"""How long `finish` waits for the receiver to catch up."""
POST_SECONDS = 10.0
_EVENTS_OF_ATTEMPT = 1_000_000
_MAX_ATTEMPT = 2_000  # the numbers of events fit into 31 bits
_ERROR = 400
_log = logging.getLogger(__name__)

__all__ = [
    "HttpReasoningTraceSink",
    "TraceSink",
    "current_trace_sink",
    "http_reasoning_sink_for_task",
    "resolve_trace_sink",
]


@runtime_checkable
class TraceSink(Protocol):
    """Takes what a model writes, in order."""

    async def begin(self) -> None:
        """Writing begins."""

    async def emit_delta(self, text: str) -> None:
        """The next fragment."""

    async def finish(self) -> None:
        """Writing has ended, whether well or not."""


current_trace_sink: ContextVar[TraceSink | None] = ContextVar("current_trace_sink", default=None)
"""The sink of calls that are given none."""


def resolve_trace_sink(explicit: TraceSink | None) -> TraceSink | None:
    """`explicit`, else the current sink, else none."""
    return explicit if explicit is not None else current_trace_sink.get()


def http_reasoning_sink_for_task(
    task_id: str, activity_name: str, source_label: str | None = None
) -> "HttpReasoningTraceSink | None":
    """A sink that shows the text at a task; none for a blank task id.

    Args:
        task_id: the task or child run.
        activity_name: groups the events of one activity.
        source_label: what people read as their source, such as the document's name.
    """
    if not task_id.strip():
        return None
    return HttpReasoningTraceSink(task_id=task_id, activity_name=activity_name, source_label=source_label)


class HttpReasoningTraceSink:
    """Posts events to the task's log in the cell. It never raises: a trace that fails is logged and left out.

    Args:
        task_id: the task or child run.
        activity_name: the group of its events.
        source_label: what people read as their source.
        base_url: the cell's API with its `/v1`, else the configured one.
        internal_key: the key that the cell knows the worker by, else the configured one.
    """

    def __init__(
        self,
        *,
        task_id: str,
        activity_name: str,
        source_label: str | None = None,
        base_url: str | None = None,
        internal_key: str | None = None,
    ) -> None:
        worker = config.get()
        key = internal_key if internal_key is not None else worker.internal_reasoning_key.get_secret_value()
        base = (base_url or worker.tenant_api_url).rstrip("/")
        self._url = f"{base}/tasks/{quote(task_id, safe=':')}/events"
        self._headers = {"x-ntro-events-key": key} if key else {}
        self._activity = activity_name
        self._label = source_label
        self._seq = _first_number()
        self._waiting: list[str] = []
        self._length = 0
        self._dropped = 0
        self._full = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._ended = False

    async def begin(self) -> None:
        """Start sending in the background, with an event that says so."""
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all())

    async def emit_delta(self, text: str) -> None:
        """Keep `text` for the next event; it returns at once."""
        room = max(MAX_WAITING_CHARACTERS - self._length, 0)
        self._dropped += max(len(text) - room, 0)
        if room and text:
            self._waiting.append(text[:room])
            self._length += min(len(text), room)
        if self._length >= BATCH_CHARACTERS:
            self._full.set()

    async def finish(self) -> None:
        """Send what is left and the end, waiting `FINISH_SECONDS` at most."""
        sender, self._sender = self._sender, None
        if sender is None:
            return
        self._ended = True
        self._full.set()
        try:
            async with asyncio.timeout(FINISH_SECONDS):
                await sender
        except TimeoutError:
            _log.warning("The trace of %s was cut off: its receiver is too slow.", self._activity)

    async def _send_all(self) -> None:
        await self._post("start")
        while not self._ended or self._waiting:
            await self._batch_is_due()
            if chunk := self._take():
                await self._post("delta", chunk)
        await self._post("end")

    async def _batch_is_due(self) -> None:
        """Until there is enough text for an event, or the time for one has come."""
        try:
            async with asyncio.timeout(BATCH_SECONDS):
                await self._full.wait()
        except TimeoutError:
            return
        if not self._ended:
            self._full.clear()

    def _take(self) -> str:
        text = "".join(self._waiting)
        rest = text[MAX_EVENT_CHARACTERS:]
        self._waiting = [rest] if rest else []
        self._length = len(rest)
        return text[:MAX_EVENT_CHARACTERS]

    async def _post(self, phase: str, chunk: str = "") -> None:
        import httpx2  # noqa: PLC0415 - loaded by those who use it only

        dropped, self._dropped = self._dropped, 0
        try:
            answer = await http_client().post(
                self._url, json=self._event(phase, chunk, dropped), headers=self._headers, timeout=POST_SECONDS
            )
        except httpx2.TransportError as error:
            self._lost(len(chunk) + dropped, type(error).__name__)
        else:
            if answer.status_code >= _ERROR:
                self._lost(len(chunk) + dropped, str(answer.status_code))

    def _lost(self, characters: int, why: str) -> None:
        self._dropped += characters
        _log.warning("An event of the trace of %s was not taken: %s", self._activity, why)

    def _event(self, phase: str, chunk: str, dropped: int) -> dict[str, Any]:
        self._seq += 1
        payload: dict[str, Any] = {"phase": phase, "chunk": chunk, "activityName": self._activity}
        return {
            "type": f"reasoning.{phase}",
            "source": "worker",
            "sourceLabel": self._label,
            "seq": self._seq,
            "groupKey": self._activity,
            "payload": payload | ({"droppedCharacters": dropped} if dropped else {}),
        }


def _first_number() -> int:
    """Where the numbers of events start: those of a later attempt of the activity follow those of an earlier one."""
    # Looked up, not imported: outside a worker the engine stays unloaded.
    activity = sys.modules.get("temporalio.activity")
    attempt = activity.info().attempt if activity is not None and activity.in_activity() else 1
    return int(min(attempt, _MAX_ATTEMPT) * _EVENTS_OF_ATTEMPT)
