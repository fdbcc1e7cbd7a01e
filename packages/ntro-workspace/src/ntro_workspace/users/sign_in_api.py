"""`/sign-in` and `/sign-out`: the doors that need no key, and the one that ends it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from ntro.workspace.models import SignedIn, SignInRequest
from ntro_server.errors import Forbidden, NotFound
from ntro_workspace.api import limits
from ntro_workspace.api.context import Caller, Parts, PartsOf, Transaction, bearer
from ntro_workspace.console import sessions
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.keys import repository as keys
from ntro_workspace.users import service, sign_in
from ntro_workspace.users.oidc import IdentityProvider


async def _limited(request: Request, context: PartsOf) -> None:
    """These doors are open to all, so they count by address."""
    limits.take(context.sign_in_rates, "" if request.client is None else request.client.host)


router = APIRouter(tags=["people"], dependencies=[Depends(_limited)], route_class=PageRoute)
Parameter = Annotated[str, Query(min_length=1, max_length=4000)]


@router.post("/sign-in", status_code=201)
async def use_sign_in_code(body: SignInRequest, connection: Transaction, context: PartsOf) -> SignedIn:
    """Signs a person in with a code."""
    return await service.sign_in(connection, body.code, context.pepper)


@router.get("/sign-in/oidc", status_code=303, response_class=RedirectResponse)
async def begin_oidc_sign_in(context: PartsOf) -> RedirectResponse:
    """Sends a browser to the identity provider."""
    challenge = await _provider(context).begin()
    async with context.database.transaction() as connection:
        await sign_in.remember(connection, challenge, context.vault)
    return RedirectResponse(challenge.url, 303)


@router.get("/sign-in/oidc/callback", response_model=SignedIn)
async def end_oidc_sign_in(
    request: Request, state: Parameter, context: PartsOf, code: Parameter
) -> SignedIn | Response:
    """Where the identity provider sends the browser back to; a browser goes on to the console."""
    provider = _provider(context)
    async with context.database.transaction() as connection:
        verifier, nonce = await sign_in.recall(connection, state, context.vault)
    identity = await provider.complete(code, verifier, nonce)
    async with context.database.transaction() as connection:
        signed_in = await sign_in.welcome(connection, identity, context.pepper)
    if "text/html" in request.headers.get("accept", ""):
        return sessions.welcome(context.settings, signed_in.apiKey)
    return signed_in


@router.post("/sign-out", status_code=204, dependencies=[Depends(bearer)])
async def sign_out(connection: Transaction, caller: Caller) -> None:
    """Ends the person's key that signs this call."""
    if caller.kind != "user":
        raise Forbidden("This key is no person's session.", hint="Revoke it: DELETE /v1/workspace/keys/ID.")
    await keys.revoke(connection, caller.key_id)


def _provider(context: Parts) -> IdentityProvider:
    if context.identity_provider is None:
        raise NotFound("No identity provider is set up here.", hint="Sign in with a code, or set oidc in the settings.")
    return context.identity_provider
