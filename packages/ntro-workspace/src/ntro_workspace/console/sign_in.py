"""The way into the console and out of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from ntro_server.errors import ApiError
from ntro_workspace.api import limits
from ntro_workspace.api.context import PartsOf, Transaction
from ntro_workspace.console import opening, sessions
from ntro_workspace.console.page_route import PageRoute, sign_in_page
from ntro_workspace.console.visitor import Sender, check_same_site
from ntro_workspace.keys import repository as keys

MAX_SECRET = 500


async def _limited(request: Request, context: PartsOf) -> None:
    """The way in is open to all, so it counts by address."""
    limits.take(context.sign_in_rates, "" if request.client is None else request.client.host)


router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/sign-in", dependencies=[Depends(_limited)])
async def show_sign_in(
    request: Request, context: PartsOf, token: Annotated[str | None, Query(max_length=MAX_SECRET)] = None
) -> Response:
    """Signs in whoever a link is for; without one, the form."""
    if token is None:
        return sign_in_page(request)
    try:
        async with context.database.transaction() as connection:
            key = await opening.by_link(connection, token, context.pepper)
    except ApiError as error:
        return sign_in_page(request, error.status, error)
    return sessions.welcome(context.settings, key)


@router.post("/sign-in", dependencies=[Depends(_limited)])
async def use_secret(
    request: Request, context: PartsOf, secret: Annotated[str, Form(max_length=MAX_SECRET)] = ""
) -> Response:
    """Signs in with a code or a key."""
    check_same_site(request)
    try:
        async with context.database.transaction() as connection:
            key = await opening.by_secret(connection, secret.strip(), context.pepper)
    except ApiError as error:
        return sign_in_page(request, error.status, error)
    return sessions.welcome(context.settings, key)


@router.post("/sign-out")
async def sign_out(connection: Transaction, context: PartsOf, visitor: Sender) -> Response:
    """Ends the session; its key is worth nothing afterwards."""
    await keys.revoke(connection, visitor.principal.key_id)
    response = RedirectResponse("/sign-in", 303)
    sessions.forget(response, context.settings)
    return response
