"""Who looks at the console, verified from the browser's session; what a form of theirs may change."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request

from ntro_server.errors import Forbidden, Unauthenticated
from ntro_workspace.api import limits
from ntro_workspace.api.context import PartsOf, Transaction
from ntro_workspace.audit import repository as audit
from ntro_workspace.console.sessions import PROGRAMS, SUFFIX, cookie_name, csrf_token, holds_csrf
from ntro_workspace.keys.types import Principal


class NoSession(Unauthenticated):
    """The browser never signed in, or signed out."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in browser. `csrf` is what its forms send back."""

    principal: Principal
    csrf: str

    @property
    def name(self) -> str:
        """The person, or the key that opened the session."""
        return self.principal.name.removesuffix(SUFFIX)

    def may(self, scope: str) -> bool:
        """Whether the key and the roles behind the session have `scope`: what a page offers."""
        return scope in self.principal.scopes


async def visitor(request: Request, connection: Transaction, context: PartsOf) -> Visitor:
    """Who asks.

    Raises:
        Unauthenticated: there is no session, or it has ended.
        Forbidden: another site made the browser ask, or the session may not read.
    """
    check_same_site(request)
    key = request.cookies.get(cookie_name(context.settings))
    if not key:
        raise NoSession("Sign in first.")
    try:
        principal = await context.keyring.authenticate(connection, f"Bearer {key}")
    except Unauthenticated as error:
        raise Unauthenticated("Your session has ended.", hint="Sign in again.") from error
    if principal.kind in PROGRAMS:
        raise Unauthenticated("The console is for people; this is the key of a program.")
    principal.require("read")
    limits.take(context.rates, principal.key_id)
    return Visitor(principal, csrf_token(context.pepper, key))


SignedIn = Annotated[Visitor, Depends(visitor, scope="function")]


async def sender(
    request: Request,
    connection: Transaction,
    context: PartsOf,
    found: SignedIn,
    csrf: Annotated[str, Form(max_length=100)] = "",
) -> Visitor:
    """Who sends a form; what follows is noted as their act.

    Raises:
        Forbidden: the form is not of a page of this session.
    """
    key = request.cookies.get(cookie_name(context.settings), "")
    if not holds_csrf(context.pepper, key, csrf):
        raise Forbidden(
            "The form is not of a page of this session.", code="csrf", hint="Load the page again, then send it."
        )
    await audit.act_as(connection, found.principal.subject, getattr(request.state, "request_id", None))
    return found


Sender = Annotated[Visitor, Depends(sender, scope="function")]


async def writer(found: Sender) -> Visitor:
    """Who sends a form and may change workflows."""
    found.principal.require("write")
    return found


async def keeper(found: SignedIn) -> Visitor:
    """Who may see keys and people."""
    found.principal.require("keys")
    return found


async def auditing(found: SignedIn) -> Visitor:
    """Who may see the trail of acts."""
    found.principal.require("audit")
    return found


async def keeping_sender(found: Sender) -> Visitor:
    """Who sends a form and may change keys and people."""
    found.principal.require("keys")
    return found


Writer = Annotated[Visitor, Depends(writer, scope="function")]
Keeper = Annotated[Visitor, Depends(keeper, scope="function")]
Auditing = Annotated[Visitor, Depends(auditing, scope="function")]
KeepingSender = Annotated[Visitor, Depends(keeping_sender, scope="function")]


def check_same_site(request: Request) -> None:
    """Raises `Forbidden` where a page of another site made the browser send this."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("The request comes from another site.")
