"""Values that the schema allows and PostgreSQL cannot take: input errors, not server errors."""

import asyncpg
from asyncpg.exceptions._base import DataError as ClientDataError  # the one class asyncpg raises and does not export
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from ntro_server.errors import error_body


def install_input_errors(app: FastAPI) -> None:
    """Answers such values with 422; in a path they name nothing."""
    app.add_exception_handler(asyncpg.DataError, _unstorable)
    app.add_exception_handler(ClientDataError, _unstorable)


async def _unstorable(request: Request, _error: Exception) -> JSONResponse:
    request_id = getattr(request.state, "request_id", None)
    if "\x00" in request.url.path or "%00" in request.url.path:
        body = error_body(404, "not_found", "There is no such thing here.", request_id=request_id)
        return JSONResponse(body, 404)
    body = error_body(422, "invalid", "The request holds a value that cannot be stored.", request_id=request_id)
    return JSONResponse(body, 422)
