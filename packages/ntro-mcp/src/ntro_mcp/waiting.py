"""Bounded waits: clients give up after about a minute, so a tool answers before, with a handle to go on by."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from pydantic import Field

MAX_WAIT_SECONDS = 50
POLL_AFTER_MS = 2000
"""When to ask again, as pending answers say it."""

_EVERY_SECONDS = 1.0

T = TypeVar("T")

WaitSeconds = Annotated[
    int, Field(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait at most before the answer is pending.")
]


async def ask_until(ask: Callable[[], Awaitable[T]], until: Callable[[T], bool], *, seconds: float) -> T:
    """The first answer for which `until` holds; after `seconds` the last one, whatever it is."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        found = await ask()
        left = end - loop.time()
        if left <= 0 or until(found):
            return found
        await asyncio.sleep(min(_EVERY_SECONDS, left))
