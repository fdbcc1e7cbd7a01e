"""Who sends a form that works without a script: its hidden field carries what scripts send as a header."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from ntro_server.errors import BadRequest, Unauthenticated
from ntro_tenant.api.authentication import CellDependency, check_same_site, current_session, decider, writer
from ntro_tenant.core.people import AGENT_ROLE, Person

CSRF_FIELD = "csrf_token"
MAX_FIELDS = 10
MAX_FIELD_BYTES = 32 * 1024


async def form_decider(request: Request, cell: CellDependency) -> AsyncIterator[Person]:
    """Who sent the form, when that is a person who may decide. The form is read by then, and closed afterwards.

    Raises:
        Unauthenticated: nobody is signed in.
        Forbidden: the form comes from elsewhere, or the role of the person only reads.
        BadRequest: the form cannot be read.
    """
    session = await current_session(request, cell)
    if session is None or AGENT_ROLE in session.person.roles:
        raise Unauthenticated("Sign in first.", hint="Open a fresh sign-in link; each works once.")
    async with _form_of(request) as form:
        given = form.get(CSRF_FIELD)
        check_same_site(request, session, given=given if isinstance(given, str) else None)
        yield decider(await writer(session.person, cell))


@asynccontextmanager
async def _form_of(request: Request) -> AsyncIterator[FormData]:
    """The form; what reads it again gets the same one."""
    try:
        form = await request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    except (UnicodeDecodeError, LookupError) as error:
        raise BadRequest("The form cannot be read.") from error
    try:
        yield form
    finally:
        await form.close()


FormDecider = Annotated[Person, Depends(form_decider)]
