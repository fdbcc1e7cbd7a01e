"""Opening and ending a browser session."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from ntro.workspace.tokens import Purpose
from ntro_server.errors import Unauthenticated
from ntro_tenant.api.authentication import (
    CellDependency,
    check_same_site,
    current_session,
    session_keeper,
    token_claims,
)
from ntro_tenant.core.known_people import remember
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.db import sessions_repository
from ntro_tenant.ui.page_route import PageRoute

router = APIRouter(tags=["sign-in"], route_class=PageRoute)

# The page navigates by itself: a redirect from a link in a mail would count as cross-site and lose the strict cookie.
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signed in</title>
<meta http-equiv="refresh" content="0; url=/"></head><body><p>Signed in. <a href="/">Go on</a></p></body></html>"""


@router.get("/sign-in", response_class=HTMLResponse)
async def sign_in(request: Request, cell: CellDependency, token: Annotated[str, Query(max_length=4096)]) -> Response:
    """Opens a session of twelve hours for the token of a sign-in link, which works once."""
    claims = token_claims(cell.settings, token, Purpose.SIGN_IN)
    response = HTMLResponse(_PAGE, headers={"Referrer-Policy": "no-referrer"})
    async with cell.transaction() as connection:
        if not await sessions_repository.use_once(connection, claims.jti, claims.expires_at):
            raise Unauthenticated("The sign-in link was used before.", hint="Ask for a fresh one.")
        session = session_keeper(request).begin(response, claims.subject, claims.name, claims.roles)
        await remember(connection, session.person)
        await append_event(
            connection,
            type="person.signed_in",
            source="api",
            actor=claims.subject,
            payload={"roles": sorted(claims.roles)},
            at=datetime.now(UTC),
        )
    return response


@router.post("/sign-out", status_code=204)
async def sign_out(request: Request, cell: CellDependency) -> Response:
    """Ends the browser's session; its cookie is worth nothing afterwards. Without a session nothing happens."""
    response = Response(status_code=204)
    session = await current_session(request, cell)
    if session is not None:
        check_same_site(request, session)
        async with cell.transaction() as connection:
            await sessions_repository.use_once(connection, session.id, session.person.expires_at)
    session_keeper(request).end(response)
    return response
