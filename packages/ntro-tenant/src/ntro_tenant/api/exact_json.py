"""JSON bodies without loss: numbers with a point are `Decimal`, and what cannot be stored is refused here."""

import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from http import HTTPStatus
from typing import Any, NoReturn

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from ntro_server.errors import PayloadTooLarge

MAX_DEPTH = 32
_MAX_EXPONENT = 40


class ExactRequest(Request):
    """A request whose JSON is read exactly."""

    async def body(self) -> bytes:
        """The whole body.

        Raises:
            HTTPException: 413 where it is larger than the server's limit.
        """
        try:
            return await super().body()
        except PayloadTooLarge as error:
            raise HTTPException(error.status, error.message) from error

    async def json(self) -> Any:
        """The body's value.

        Raises:
            HTTPException: 422 where it nests too deep or holds a number or character that cannot be stored.
        """
        try:
            value = json.loads(await self.body(), parse_float=_number, parse_constant=_constant)
            _check(value, MAX_DEPTH)
        except (RecursionError, UnicodeDecodeError) as error:
            raise _refusal("is nested too deep or is not UTF-8") from error
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            raise _refusal("holds a number that is too large") from error
        return value


class ExactRoute(APIRoute):
    """A route whose body is an `ExactRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, given an exact request."""
        handler = super().get_route_handler()

        async def exact(request: Request) -> Response:
            return await handler(ExactRequest(request.scope, request.receive))

        return exact


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > _MAX_EXPONENT:
        raise _refusal("holds a number that is too large")
    return number


def _constant(name: str) -> NoReturn:
    raise _refusal(f"holds {name}, which is no number of JSON")


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise _refusal("is nested too deep")
    match value:
        case str():
            if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
                raise _refusal("holds a character that cannot be stored")
        case dict():
            for key, item in value.items():
                _check(key, depth)
                _check(item, depth - 1)
        case list():
            for item in value:
                _check(item, depth - 1)


def _refusal(what: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"The body {what}.")
