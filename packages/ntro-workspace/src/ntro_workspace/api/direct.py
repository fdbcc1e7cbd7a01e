"""Reads that are asked for more often than all else are answered before the framework is reached.

Routing, dependencies and handlers of errors cost three times what such a read does. Only the plain case is answered
here: a key verified a moment ago, a query that is understood. Everything else goes on to the ordinary route, so an
address answers the same either way, and it alone knows how to refuse.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPMethod

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ntro_server.http import header_of
from ntro_server.outages import OUTAGES
from ntro_workspace.api.context import Parts
from ntro_workspace.keys.types import Principal

DirectRead = Callable[[Parts, Principal, str], Callable[[], Awaitable[Response]] | None]
"""What answers a caller who may read and a query string; none where the ordinary route has to."""


@dataclass(frozen=True, slots=True)
class _Route:
    """What the log of requests wants to know of a route."""

    path: str


class DirectReads:
    """Answers GETs of the addresses of `reads`."""

    def __init__(self, app: ASGIApp, parts: Callable[[], Parts], reads: Mapping[str, DirectRead]) -> None:
        self._app = app
        self._parts = parts
        self._reads = {path: (read, _Route(path)) for path, read in reads.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == HTTPMethod.GET and scope["path"] in self._reads:
            read, route = self._reads[scope["path"]]
            if (answer := await self._answer(scope, read)) is not None:
                scope["route"] = route
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, read: DirectRead) -> Response | None:
        parts = self._parts()
        caller = parts.keyring.recall(header_of(scope, b"authorization"))
        if caller is None or "read" not in caller.scopes:
            return None
        answer = read(parts, caller, scope["query_string"].decode("latin-1"))
        if answer is None or parts.rates.take(caller.key_id):
            return None
        try:
            return await answer()
        except OUTAGES:
            return None
