"""Repeats a request that the provider was too busy for, a few times and within the time of the call."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TypeVar

from ntro.capabilities._connections import is_worth_another_try, pause_after
from ntro.capabilities.ai.errors import ProviderError

ATTEMPTS = 4
"""Requests for one answer, the first included."""

_REFUSED = 400
_Answer = TypeVar("_Answer")


async def loaded(library: str) -> None:
    """Imports a provider's library in a thread: that takes seconds, during which the loop has other work."""
    if library not in sys.modules:
        await asyncio.to_thread(import_module, library)


async def attempted(
    ask: Callable[[], Awaitable[_Answer]],
    *,
    provider: str,
    timeout: float,  # noqa: ASYNC109 - it spans several awaits and the pauses between them
    errors: tuple[type[Exception], ...],
    may_repeat: Callable[[], bool] = lambda: True,
) -> _Answer:
    """The answer that `ask` gets.

    Args:
        ask: sends the request once; raises the library's errors.
        provider: whom the messages of errors name.
        timeout: seconds for all attempts and the pauses between them.
        errors: the library's errors. One with a `status_code` is an answer, any other a request without one.
        may_repeat: whether nothing of an answer was passed on yet.

    Raises:
        ProviderError: the provider refused, or had no answer in `ATTEMPTS` attempts or in time.
    """
    try:
        async with asyncio.timeout(timeout):
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return await ask()
                except errors as error:
                    problem = _problem(error, provider)
                    pause = pause_after(attempt, _retry_after(error))
                    if not problem.retryable or pause is None or attempt == ATTEMPTS or not may_repeat():
                        raise problem from error
                await asyncio.sleep(pause)
    except TimeoutError as error:
        raise ProviderError(f"{provider} had no answer within {timeout:.0f} seconds.", retryable=True) from error
    raise AssertionError("the last attempt answers or raises")


def _problem(error: Exception, provider: str) -> ProviderError:
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return ProviderError(f"{provider} did not answer: {type(error).__name__}.", retryable=True)
    if status < _REFUSED:
        return ProviderError(f"{provider} broke off its answer.", retryable=True, status=status)
    # What the provider says of a refusal may repeat parts of the prompt, which stays where it is.
    reason = {401: "; check the key", 403: "; check the key's rights", 404: "; check the address and the model's name"}
    return ProviderError(
        f"{provider} answered {status} to the request{reason.get(status, '')}.",
        retryable=is_worth_another_try(status),
        status=status,
    )


def _retry_after(error: Exception) -> str | None:
    response = getattr(error, "response", None)
    return None if response is None else response.headers.get("retry-after")
