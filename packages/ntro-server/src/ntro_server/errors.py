"""One error envelope for every door of every server.

The body carries the members of the older clients (`statusCode`, `message`, `error`) and those of RFC 9457
(`type`, `title`, `status`, `detail`), with `code` (stable), `hint` and `requestId`. `message` is one string without
square brackets: an older command line reads brackets as markup.
"""

from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_log = structlog.get_logger(__name__)


class ApiError(Exception):
    """An answer that is an error; subclasses fix `status` and their usual `code`.

    The message says what and where, `hint` what to do next.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    code: str = "internal_error"

    def __init__(
        self, message: str, *, hint: str | None = None, extra: dict[str, Any] | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.hint = hint
        self.extra = extra or {}


class BadRequest(ApiError):
    status = HTTPStatus.BAD_REQUEST
    code = "bad_request"


class Unauthenticated(ApiError):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"


class Forbidden(ApiError):
    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFound(ApiError):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class Conflict(ApiError):
    status = HTTPStatus.CONFLICT
    code = "conflict"


class PayloadTooLarge(ApiError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "payload_too_large"


class UnsupportedContent(ApiError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_content"


class Invalid(ApiError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"


class TooManyRequests(ApiError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"


class Unavailable(ApiError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"


def error_body(
    status: int,
    code: str,
    message: str,
    *,
    hint: str | None = None,
    request_id: str | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """The envelope as a dict. Square brackets in `message` become round ones."""
    text = message.replace("[", "(").replace("]", ")")
    title = HTTPStatus(status).phrase
    body = {
        "statusCode": status,
        "message": text,
        "error": title,
        "type": f"urn:ntro:error:{code}",
        "title": title,
    }
    body |= {"status": status, "detail": text, "code": code, "hint": hint, "requestId": request_id}
    return body | extra


def install_error_handlers(app: FastAPI) -> None:
    """Makes every error of `app`, expected or not, leave in the envelope."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def _respond(
    request: Request, status: int, code: str, message: str, hint: str | None = None, **extra: Any
) -> JSONResponse:
    request_id = getattr(request.state, "request_id", None)
    body = error_body(status, code, message, hint=hint, request_id=request_id, **extra)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, status, headers)


async def _api_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return _respond(request, error.status, error.code, error.message, error.hint, **error.extra)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    if any(item["type"] == "json_invalid" for item in problems):
        return _respond(request, HTTPStatus.BAD_REQUEST, "bad_json", "The body is not valid JSON.")
    text = "; ".join(f"{_where(item['loc'])}: {item['msg']}" for item in problems[:5])
    return _respond(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", f"The request is not valid: {text}.")


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    message = (
        f"There is no {request.method} {request.url.path} here."
        if error.status_code == HTTPStatus.NOT_FOUND
        else str(error.detail)
    )
    return _respond(request, error.status_code, code, message)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error(
        "unexpected error",
        path=request.url.path,
        method=request.method,
        error_type=type(error).__name__,
        exc_info=error,
    )
    return _respond(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        "Something went wrong on the server.",
        "Quote the requestId to your operator.",
    )


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location if part != "body") or "body"
