"""Reads that several callers ask for at once: one query answers all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class SharedReads(Generic[Answer]):
    """Answers equal requests together.

    While a read runs, those who ask the same wait for the next one, which begins after all of them have come. So no
    answer is older than its request, and however many ask, one read runs and one waits.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[Answer]] = {}
        self._next: dict[Hashable, asyncio.Task[Answer]] = {}

    async def get(self, name: Hashable, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `read` answers, which is the same for everybody who asks for `name`.

        Raises what `read` raises.
        """
        task = self._next.get(name)
        if task is None:
            task = asyncio.create_task(self._run(name, read, self._running.get(name)))
            self._next[name] = task
        return await asyncio.shield(task)  # one who goes away leaves the others their answer

    async def _run(
        self, name: Hashable, read: Callable[[], Awaitable[Answer]], before: "asyncio.Task[Answer] | None"
    ) -> Answer:
        if before is not None:
            await asyncio.wait([before])
        task = self._next.pop(name)
        self._running[name] = task
        try:
            return await read()
        finally:
            if self._running.get(name) is task:
                del self._running[name]
