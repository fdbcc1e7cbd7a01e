"""Who calls: an access token of Workspace, or a browser's session. What each may do."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from ntro.workspace.tokens import Purpose, TokenClaims, TokenError, verify
from ntro_server.errors import Forbidden, Unauthenticated
from ntro_tenant.api.agent_doors import check_agent, is_agent
from ntro_tenant.api.sessions import Session, SessionKeeper
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.known_people import remember
from ntro_tenant.core.people import AGENT_ROLE, Person
from ntro_tenant.db import sessions_repository
from ntro_tenant.settings import CellSettings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
_HINT = "Use an access token of Workspace, or a fresh sign-in link."
bearer = HTTPBearer(auto_error=False, scheme_name="accessToken", description="Access token signed by Workspace.")
cookie = APIKeyCookie(
    name="ntro_session", auto_error=False, scheme_name="session", description="Browser session; name ends in _<tenant>."
)


def opened_cell(request: Request) -> Cell:
    """The cell that the application serves."""
    cell: Cell = request.app.state.cell
    return cell


CellDependency = Annotated[Cell, Depends(opened_cell)]


async def current_person(
    request: Request,
    cell: CellDependency,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    _session: Annotated[str | None, Security(cookie)],
) -> Person:
    """Who calls.

    Raises:
        Unauthenticated: neither a valid token nor a valid session came with the request.
        Forbidden: the request of a session comes from elsewhere, or is a write without its CSRF token; or an agent
            calls at a door that is not for agents.
        NotFound: an agent calls for a task that it does not work on.
    """
    if credentials is not None:
        claims = token_claims(cell.settings, credentials.credentials, Purpose.ACCESS)
        agent_id = await check_agent(request, cell, claims) if is_agent(claims) else None
        return Person(claims.subject, claims.name, frozenset(claims.roles), claims.expires_at, agent_id)
    session = await current_session(request, cell)
    if session is None or AGENT_ROLE in session.person.roles:
        raise Unauthenticated("Sign in first.", hint=_HINT)
    check_same_site(request, session)
    return session.person


async def writer(person: Annotated[Person, Depends(current_person)], cell: CellDependency) -> Person:
    """Who calls, when that person may change something. Whatever is done, who did it is remembered by name."""
    if not person.may_write:
        raise Forbidden("Your role reads only.", hint="Ask someone with a role that may write.")
    async with cell.pool.acquire() as connection:
        await remember(connection, person)
    return person


def decider(person: Annotated[Person, Depends(writer)]) -> Person:
    """Who calls, when that is a person who may decide gates."""
    if not person.may_decide:
        raise Forbidden("Gates are decided by people, not by agents.", hint="Leave the decision to a reviewer.")
    return person


Reader = Annotated[Person, Depends(current_person)]
Writer = Annotated[Person, Depends(writer)]
Decider = Annotated[Person, Depends(decider)]


def token_claims(settings: CellSettings, token: str, purpose: Purpose) -> TokenClaims:
    """The claims of a token.

    Raises:
        Unauthenticated: it is not a valid token for this tenant and purpose.
    """
    try:
        return verify(token, settings.workspace_public_key, tenant_id=settings.tenant_id, purpose=purpose)
    except TokenError as error:
        raise Unauthenticated(str(error), hint=_HINT) from error


async def current_session(request: Request, cell: Cell) -> Session | None:
    """The browser session of the request, unless it was signed out."""
    keeper = session_keeper(request)
    session = keeper.read(request.cookies.get(keeper.session_cookie))
    if session is None:
        return None
    async with cell.pool.acquire() as connection:
        return None if await sessions_repository.is_used(connection, session.id) else session


def session_keeper(request: Request) -> SessionKeeper:
    """Issues and reads the application's cookies."""
    keeper: SessionKeeper = request.app.state.sessions
    return keeper


def check_same_site(request: Request, session: Session, *, given: str | None = None) -> None:
    """Refuses what another site made the browser of `session` send.

    Args:
        request: what the browser sent.
        session: the browser's session.
        given: the CSRF token of a form that was sent without a script; else it is in the header.

    Raises:
        Forbidden: the origin is another one, or a write came without the session's CSRF token.
    """
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("The request comes from another site.")
    keeper = session_keeper(request)
    if request.method not in SAFE_METHODS and not keeper.holds_csrf(
        session, cookie=request.cookies.get(keeper.csrf_cookie), given=given or request.headers.get(CSRF_HEADER)
    ):
        raise Forbidden(
            "The request lacks the session's CSRF token.",
            code="csrf",
            hint=f"Send the value of the cookie {keeper.csrf_cookie} in the header X-CSRF-Token.",
        )
