"""Connections of the oldest clients are used once.

Their calls without `await` each run in an event loop of their own, over one pool: every second call finds a kept
connection of a loop that has ended, and fails. Where the server closes the connection, there is none to find.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntro_server.http import header_of

_THEY_SAY = "python-httpx/"


def is_used_once(scope: Scope) -> bool:
    """Whether the connection of a request ends with its answer."""
    return header_of(scope, b"user-agent").startswith(_THEY_SAY)


class SingleUse:
    """Closes the connection after the answer to a client of that kind; all others keep theirs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_used_once(scope):
            await self._app(scope, receive, send)
            return

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, closing)
