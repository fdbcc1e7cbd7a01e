"""Errors leave a FastAPI application in the one envelope, whoever raised them."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ntro_server.errors import ApiError, error_body

_log = structlog.get_logger(__name__)


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
