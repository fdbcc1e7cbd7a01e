"""Reads that are asked for more often than all else are answered before the framework is reached.

Routing, dependencies and handlers of errors cost three times what such a read does. Only the plain case is answered
here: a key seen before, a query that is understood. Everything else goes on to the ordinary route, so an address
answers the same either way, and it alone knows how to refuse.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPMethod, HTTPStatus

import asyncpg
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from ntro_server.http import header_of, headers_of_every_answer, request_id_of
from ntro_server.outages import OUTAGES
from ntro_workspace.api.access_log import note_request
from ntro_workspace.api.context import Parts
from ntro_workspace.api.single_use import is_used_once
from ntro_workspace.keys.types import Principal

DirectRead = Callable[[Parts, Principal, str], Callable[[], Awaitable[bytes]] | None]
"""What gives the JSON for a caller who may read and a query string; none where the ordinary route has to answer."""


class DirectReads:
    """Answers GETs of the addresses of `reads`."""

    def __init__(self, app: ASGIApp, parts: Callable[[], Parts], reads: Mapping[str, DirectRead]) -> None:
        self._app = app
        self._parts = parts
        self._reads = reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == HTTPMethod.GET and scope["path"] in self._reads:
            started = time.perf_counter()
            body = await self._answer(scope)
            if body is not None:
                await _send(scope, body, send)
                note_request(scope["method"], scope["path"], HTTPStatus.OK, started)
                return
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope) -> bytes | None:
        if is_used_once(scope):
            return None
        parts = self._parts()
        try:
            caller = await parts.keyring.renew(parts.database, header_of(scope, b"authorization"))
            if caller is None or "read" not in caller.scopes:
                return None
            answer = self._reads[scope["path"]](parts, caller, scope["query_string"].decode("latin-1"))
            if answer is None or parts.rates.take(caller.key_id):
                return None
            return await answer()
        except (*OUTAGES, asyncpg.PostgresError):
            return None  # the ordinary route meets the same, and tells it


async def _send(scope: Scope, body: bytes, send: Send) -> None:
    request_id = request_id_of(scope)
    structlog.contextvars.bind_contextvars(request_id=request_id)
    headers = [
        (b"content-length", str(len(body)).encode()),
        (b"content-type", b"application/json"),
        *headers_of_every_answer(request_id),
    ]
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
    await send({"type": "http.response.body", "body": body})
