"""Asking again and again until something has happened, for a bounded time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ntro.workspace.errors import NtroConnectionError, WaitTimeoutError

T = TypeVar("T")


async def poll(
    ask: Callable[[], Awaitable[T]],
    *,
    until: Callable[[T], bool],
    on_change: Callable[[T], None] | None,
    seconds: float,
    every: float,
    what: str,
) -> T:
    """The first answer for which `until` holds; `on_change` sees each answer that differs from the one before.

    A lost connection does not end the wait, the time does.

    Raises:
        WaitTimeoutError: it did not hold within `seconds`.
    """
    last: T | None = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    found = await ask()
                except NtroConnectionError:
                    await asyncio.sleep(every)
                    continue
                if found != last and on_change is not None:
                    on_change(found)
                last = found
                if until(found):
                    return found
                await asyncio.sleep(every)
    except TimeoutError as error:
        raise WaitTimeoutError(
            f"{what} did not happen within {seconds:g} s.", hint="It goes on; wait again."
        ) from error
