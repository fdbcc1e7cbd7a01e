"""Reads a request's body whole, within its bound, before anything else sees it.

Bodies here are small JSON texts; reading them first gives an honest 413 and lets a repeated POST be recognised.
"""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntro_server.errors import PayloadTooLarge, error_body
from ntro_server.http import BodyLimit

MIB = 1024 * 1024
MAX_BODY = 10 * MIB
MAX_DEPLOY_BODY = 20 * MIB


class BoundedBody:
    """Refuses a body above the limit of its address with 413; hands the rest on as one message."""

    def __init__(self, app: ASGIApp) -> None:
        self._small = BodyLimit(_WholeBody(app), MAX_BODY)
        self._large = BodyLimit(_WholeBody(app), MAX_DEPLOY_BODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        deploys = scope["type"] == "http" and scope["path"].endswith("/deploy")
        await (self._large if deploys else self._small)(scope, receive, send)


class _WholeBody:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(receive)
        except PayloadTooLarge as error:
            state = scope.get("state", {})
            answer = error_body(413, error.code, error.message, request_id=state.get("request_id"))
            await JSONResponse(answer, 413)(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, replay(body, receive), send)


async def _read(receive: Receive) -> bytes | None:
    """The body, or none where the client went away before it was whole."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` once, then what comes after it."""
    given = False

    async def next_message() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return next_message
