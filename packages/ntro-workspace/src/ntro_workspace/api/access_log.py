"""One log line for a request: method, route, status, time. Never an address, which may hold a name, nor a body."""

import time
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntro_server.logs import log_request

# Asked several times a second by whoever watches; a line each would bury the others.
_QUIET_ROUTES = frozenset(
    {"/v1/health", "/v1/internal/provisioning", "/fragments/overview", "/fragments/runs", "/static"}
)


def note_request(method: str, route: str | None, status: int, started: float) -> None:
    """Logs an answer that is complete; `started` is a moment of `time.perf_counter`."""
    if route not in _QUIET_ROUTES or status != HTTPStatus.OK:
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        log_request(__name__, method=method, route=route, status=status, milliseconds=milliseconds)


class AccessLog:
    """Logs each answer once it is complete; a route under `prefix` does not know that it is."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            note_request(scope["method"], self._route_of(scope), status, started)

    def _route_of(self, scope: Scope) -> str | None:
        route: str | None = getattr(scope.get("route"), "path", None)
        is_below = route is not None and scope["path"].startswith(f"{self._prefix}/")
        return f"{self._prefix}{route}" if is_below else route
