"""Keeps the observer at work: woken by the log, and by the clock for deadlines."""

import asyncio
from datetime import UTC, datetime

import asyncpg

from ntro_tenant.core.recording.log import EVENTS_CHANNEL
from ntro_tenant.observer.observer import observe_deadlines, observe_next

IDLE_SECONDS = 15.0
"""How long it sleeps at most; a notification that was lost is made good then."""


class Watcher:
    """Observes what happens until it is cancelled."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._news = asyncio.Event()
        self._lost = False

    async def run(self) -> None:
        """Observes until cancelled.

        Raises:
            ConnectionError: the database ended the connection that tells of news; call it again.
        """
        self._lost = False
        async with self._pool.acquire() as listener:
            listener.add_termination_listener(self._lose)
            await listener.add_listener(EVENTS_CHANNEL, self._hear)
            try:
                while not self._lost:
                    self._news.clear()
                    await self.catch_up()
                    await self._idle()
            finally:
                if not self._lost:
                    listener.remove_termination_listener(self._lose)
                    await listener.remove_listener(EVENTS_CHANNEL, self._hear)
        raise ConnectionError("The database has ended the connection that tells of new events.")

    async def catch_up(self) -> None:
        """Observes all that happened since, and what the clock brought."""
        while await observe_next(self._pool):
            continue
        await observe_deadlines(self._pool, datetime.now(UTC))

    async def _idle(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return

    def _hear(self, *_notification: object) -> None:
        self._news.set()

    def _lose(self, _connection: object) -> None:
        self._lost = True
        self._news.set()
