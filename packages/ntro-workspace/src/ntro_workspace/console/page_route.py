"""Routes whose errors are pages: a person reads them."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute

from ntro_server.errors import ApiError, Invalid
from ntro_workspace.api.context import Parts
from ntro_workspace.console.rendering import bare_page
from ntro_workspace.console.visitor import NoSession

_HEADINGS = {403: "Not allowed", 404: "Not found", 409: "Not possible now", 422: "Please check", 429: "Too often"}


class PageRoute(APIRoute):
    """A route that answers a browser's errors as pages, and everybody else's in the envelope."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_as_page(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                if not _wants_page(request):
                    raise
                return error_page(request, unreadable(error))
            except ApiError as error:
                if not _wants_page(request):
                    raise
                return error_page(request, error)

        return handle_as_page


def error_page(request: Request, error: ApiError) -> Response:
    """What went wrong and what to do; where nobody is signed in, the way in."""
    if error.status == 401:
        return sign_in_page(request, 401, None if isinstance(error, NoSession) else error)
    heading = _HEADINGS.get(error.status, error.status.phrase)
    return bare_page(
        "message.html",
        status_code=error.status,
        heading=heading,
        text=error.message,
        hint=error.hint,
        visitor=None,
        csrf="",
    )


def sign_in_page(request: Request, status: int = 200, refusal: ApiError | None = None) -> Response:
    """The form that signs in; `refusal` says why somebody is not, where that is news."""
    context: Parts = request.app.state.parts
    return bare_page(
        "sign_in.html",
        status_code=status,
        refusal=refusal,
        has_provider=context.identity_provider is not None,
        visitor=None,
        csrf="",
    )


def unreadable(error: RequestValidationError) -> Invalid:
    """What of a form cannot be taken; what was typed is not repeated."""
    fields = sorted({str(item["loc"][-1]) for item in error.errors()})
    return Invalid(f"This cannot be taken: {', '.join(fields)}.", hint="Go back and correct it.")


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
