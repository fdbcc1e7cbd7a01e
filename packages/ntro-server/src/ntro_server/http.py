"""Middleware of both servers: request ids, a bound on bodies, no-store answers. Pure ASGI, nothing is buffered."""

import os
import re

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntro_server.errors import PayloadTooLarge, error_body

_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")


def header_of(scope: Scope, name: bytes) -> str:
    """The value of the header of that name, in small letters as servers hand names on; empty where there is none."""
    for known, value in scope["headers"]:
        if known == name:
            found: bytes = value
            return found.decode("latin-1")
    return ""


def request_id_of(scope: Scope) -> str:
    """The caller's `X-Request-Id` where it is well formed, or a new one."""
    given = header_of(scope, b"x-request-id")
    return given if _REQUEST_ID.match(given) else os.urandom(16).hex()


def headers_of_every_answer(request_id: str) -> list[tuple[bytes, bytes]]:
    """What no answer goes without."""
    return [(b"x-request-id", request_id.encode()), *_ALWAYS]


class RequestContext:
    """Gives each request an id (the caller's `X-Request-Id` where it is well formed), echoed and bound to the logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [pair for pair in message["headers"] if pair[0] != b"x-request-id"]
                names = {name for name, _ in headers}
                missing = (pair for pair in headers_of_every_answer(request_id) if pair[0] not in names)
                message["headers"] = [*headers, *missing]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)  # a request is a task with a context of its own
        await self._app(scope, receive, send_with_id)


class BodyLimit:
    """Refuses a body above `limit` bytes with 413, before it is read where its length is declared."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = header_of(scope, b"content-length")
        if declared.isdigit() and int(declared) > self._limit:
            body = error_body(
                413, "payload_too_large", self._message, request_id=scope.get("state", {}).get("request_id")
            )
            # The connection stays: closed while the client still sends, it would be reset and the answer lost.
            await JSONResponse(body, 413)(scope, receive, send)
            return
        seen = 0

        async def bounded_receive() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._limit:
                    raise PayloadTooLarge(self._message)
            return message

        await self._app(scope, bounded_receive, send)

    @property
    def _message(self) -> str:
        return f"The body is larger than the limit of {self._limit // (1024 * 1024)} MiB."
