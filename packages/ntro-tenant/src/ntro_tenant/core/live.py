"""News of the audit log for whoever watches: one listening connection a process, fanned out."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from ntro_server.errors import TooManyRequests
from ntro_tenant.core.recording.log import EVENTS_CHANNEL

MAX_WATCHERS = 500
RECONNECT_SECONDS = 1.0
PROBE_SECONDS = 30.0

_log = structlog.get_logger(__name__)
_Watchers = dict[UUID | None, set[asyncio.Event]]


class LiveEvents:
    """Wakes watchers when events were written; they read the log themselves, from where they are.

    A watcher that is slow is woken once for all that it missed: nothing is queued, nothing is lost.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._watchers: _Watchers = defaultdict(set)

    @contextmanager
    def watching(self, task_id: UUID | None) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happened in the task, or in any task where none is given.

        Raises:
            TooManyRequests: 500 watch already.
        """
        if sum(map(len, self._watchers.values())) >= MAX_WATCHERS:
            raise TooManyRequests("Too many live views are open.", hint="Close some and try again.")
        news = asyncio.Event()
        self._watchers[task_id].add(news)
        try:
            yield news
        finally:
            self._watchers[task_id].discard(news)
            if not self._watchers[task_id]:
                del self._watchers[task_id]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listens, and reconnects, until left."""
        listener = asyncio.create_task(self._listen_always())
        try:
            yield
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _listen_always(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                _log.warning("live events were interrupted", error=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, server_settings={"application_name": "ntro-live"})
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(EVENTS_CHANNEL, self._heard)
            self._wake_all()
            while not lost.is_set():
                await self._probe(connection, lost)
        finally:
            await connection.close(timeout=RECONNECT_SECONDS)

    @staticmethod
    async def _probe(connection: asyncpg.Connection, lost: asyncio.Event) -> None:
        """Notices a connection that died without a word."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await lost.wait()
        except TimeoutError:
            await connection.execute("select 1", timeout=PROBE_SECONDS)

    def _heard(self, _connection: Any, _process: int, _channel: str, payload: object) -> None:
        task_id = UUID(str(payload).split(" ", 1)[0])
        for news in [*self._watchers.get(task_id, ()), *self._watchers.get(None, ())]:
            news.set()

    def _wake_all(self) -> None:
        for watchers in self._watchers.values():
            for news in watchers:
                news.set()
