"""Work that is done once, however many ask for it."""

import asyncio
from collections.abc import Awaitable, Callable


class Once:
    """Runs `work` until it has succeeded once; later calls return at once, calls meanwhile wait for the one."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._lock = asyncio.Lock()
        self._is_done = False

    async def __call__(self) -> None:
        async with self._lock:
            if not self._is_done:
                await self._work()
                self._is_done = True
