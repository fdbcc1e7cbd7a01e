"""One line in front of each gate: the engine takes only a few Updates of one run at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

AT_ONCE = 4
"""Decisions on one gate that are with the engine at the same time; it refuses more than ten of one run."""


class Turnstile:
    """Lets a few decisions on one gate through at a time; the others wait their turn. Other gates are not held up."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lines: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, gate_id: str) -> AsyncIterator[None]:
        """Waits for a turn at `gate_id` and holds it."""
        line = self._lines.get(gate_id)
        if line is None:
            line = self._lines[gate_id] = asyncio.Semaphore(self._at_once)
        async with line:
            yield
