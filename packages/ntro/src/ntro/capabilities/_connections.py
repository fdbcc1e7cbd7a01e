"""HTTP clients that are kept: one for each purpose and event loop, since connections belong to a loop."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import httpx2

PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
"""Longer waits that a server asks for are not waited out here: the caller is told, and its activity is tried again."""
_TRY_LATER = frozenset({408, 409, 425, 429})
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class _Kept:
    client: Any
    close: Callable[[], Awaitable[None]]


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, _Kept]] = WeakKeyDictionary()


def kept_client(purpose: Hashable, build: Callable[[], Any], close: str = "aclose") -> Any:
    """The running loop's client for `purpose`, built by `build` the first time.

    Args:
        purpose: tells clients apart; it holds everything that `build` depends on.
        build: makes the client.
        close: the name of the client's own coroutine that closes it.
    """
    clients = _by_loop.setdefault(asyncio.get_running_loop(), {})
    if purpose not in clients:
        client = build()
        clients[purpose] = _Kept(client, getattr(client, close))
    return clients[purpose].client


def http_client() -> "httpx2.AsyncClient":
    """The running loop's plain HTTP client. It follows no redirects; callers name their timeouts."""
    import httpx2  # noqa: PLC0415 - loaded by those who use it only

    client: httpx2.AsyncClient = kept_client("http", httpx2.AsyncClient)
    return client


async def close_clients() -> None:
    """Closes every client of the running loop; the next use opens a new one."""
    for kept in _by_loop.pop(asyncio.get_running_loop(), {}).values():
        await kept.close()


def is_worth_another_try(status: int) -> bool:
    """Whether an answer with this HTTP status says that the same request may succeed later."""
    return status in _TRY_LATER or status >= _SERVER_ERROR


def pause_after(attempt: int, retry_after: str | None) -> float | None:
    """Seconds to wait after try number `attempt`, counted from 1; none where the server asks for too long a wait."""
    asked = _seconds(retry_after)
    if asked is None:
        return min(PAUSE_SECONDS * 2.0 ** (attempt - 1), LONGEST_PAUSE_SECONDS)
    return asked if asked <= LONGEST_PAUSE_SECONDS else None


def _seconds(retry_after: str | None) -> float | None:
    """Only the number of seconds is understood; for a date the usual pause is taken."""
    text = (retry_after or "").strip()
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else None
