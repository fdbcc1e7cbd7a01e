"""Work that an ops worker does again and again, and that must outlive every error."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
_log = structlog.get_logger(__name__)


async def again_and_again(name: str, step: Callable[[], Awaitable[object]], *, every: float) -> None:
    """Calls `step`, waits `every` seconds, for ever. An error is logged and the next turn comes all the same."""
    while True:
        await until_done(name, step)
        await asyncio.sleep(every)


async def until_done(name: str, step: Callable[[], Awaitable[object]]) -> None:
    """Calls `step` until it returns; errors are logged and waited out, longer each time, at most 5 s."""
    pause = FIRST_PAUSE
    while True:
        try:
            await step()
        except Exception as error:  # noqa: BLE001 - whatever it is, the process goes on and tries again
            _log.warning("trying again", what=name, again_in=pause, error_type=type(error).__name__, error=str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return
