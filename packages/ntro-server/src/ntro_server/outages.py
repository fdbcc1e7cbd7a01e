"""An outage of the database, told as one: not the caller's mistake, and over soon."""

from http import HTTPStatus

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from ntro_server.errors import Unavailable, error_body

OUTAGES: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    ConnectionError,
    TimeoutError,
)
_log = structlog.get_logger(__name__)


def install_outage_handlers(app: FastAPI) -> None:
    """Makes lost connections to PostgreSQL leave as 503."""
    for outage in OUTAGES:
        app.add_exception_handler(outage, _outage)


async def _outage(request: Request, error: Exception) -> JSONResponse:
    _log.error("the database does not answer", path=request.url.path, error_type=type(error).__name__, exc_info=error)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    body = error_body(
        status,
        Unavailable.code,
        "The database does not answer.",
        hint="Try again in a moment.",
        request_id=getattr(request.state, "request_id", None),
    )
    return JSONResponse(body, status)
