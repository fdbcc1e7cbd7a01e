"""Routes whose errors are pages: a person reads them."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from ntro_server.errors import ApiError
from ntro_tenant.ui.rendering import page

_HEADINGS = {401: "Please sign in", 403: "Not allowed", 404: "Not found", 409: "Not possible now", 503: "Away"}
_SIGN_IN_HINT = "Open a fresh sign-in link in this browser; each link works once."


class PageRoute(APIRoute):
    """A route that answers a browser's errors as pages, and everybody else's in the envelope."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_as_page(request: Request) -> Response:
            try:
                return await handle(request)
            except ApiError as error:
                if "text/html" not in request.headers.get("accept", ""):
                    raise
                return error_page(request, error)

        return handle_as_page


def error_page(request: Request, error: ApiError) -> Response:
    """What went wrong and what to do, as a page."""
    return page(
        "message.html",
        status_code=error.status,
        heading=_HEADINGS.get(error.status, error.status.phrase),
        text=error.message,
        hint=_SIGN_IN_HINT if error.status == 401 else error.hint,
        signed_out=error.status == 401,
        person=None,
        tenant=request.app.state.cell.settings.tenant_slug,
    )
