"""Blocking twins of asynchronous methods, derived, never written twice.

A portal is one event loop in a thread of its own. A blocking call runs the asynchronous method there, so it also
works where the caller already has a running loop (a notebook).
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Portal:
    """Runs coroutines on a background loop that is started by the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._loop is not None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result. An interrupt of the caller cancels the coroutine."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._running())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Ends the loop and its thread."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="ntro-client", daemon=True)
                self._thread.start()
            return self._loop


class HasPortal(Protocol):
    """What a class needs to have blocking twins."""

    @property
    def portal(self) -> Portal:
        """Where its blocking calls run."""


S = TypeVar("S", bound=HasPortal)


def blocking(method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]]) -> Callable[Concatenate[S, P], T]:
    """The blocking twin of `method`: same arguments, same result, same errors."""

    @wraps(method)
    def twin(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.portal.run(method(self, *args, **kwargs))

    twin.__name__ = f"{method.__name__}_sync"
    return twin


def blocking_iterator(
    method: Callable[Concatenate[S, P], AsyncGenerator[T]],
) -> Callable[Concatenate[S, P], Generator[T]]:
    """The blocking twin of an asynchronous generator method. Closing it closes the other."""

    @wraps(method)
    def twin(self: S, /, *args: P.args, **kwargs: P.kwargs) -> Generator[T]:
        source = method(self, *args, **kwargs)
        try:
            while True:
                try:
                    item = self.portal.run(_following(source))
                except StopAsyncIteration:
                    return
                yield item
        finally:
            self.portal.run(source.aclose())

    twin.__name__ = f"{method.__name__}_sync"
    return twin


async def _following(source: AsyncGenerator[T]) -> T:
    return await anext(source)
