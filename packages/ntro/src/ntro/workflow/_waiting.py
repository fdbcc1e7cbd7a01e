"""Waiting inside a run."""

from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

Timeout = timedelta | float | None
"""How long to wait: a timedelta or seconds; none is for ever."""


async def until(predicate: Callable[[], bool], timeout: Timeout = None) -> None:  # noqa: ASYNC109 - a durable timer of the engine
    """Wait until `predicate` holds. An error inside it is raised here, where the run waits, instead of wedging the run.

    Raises:
        TimeoutError: it did not hold in time.
    """
    raised: list[Exception] = []

    def holds() -> bool:
        try:
            return bool(predicate())
        except Exception as error:  # noqa: BLE001 - raised again by the waiting coroutine
            raised.append(error)
            return True

    await workflow.wait_condition(holds, timeout=timeout)
    if raised:
        raise raised[0]
