"""People and their roles."""

from typing import Annotated, Any
from urllib.parse import urlencode

import asyncpg
from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from ntro.workspace.models import SignInLink, UserCreate, UserUpdate
from ntro_server.errors import ApiError
from ntro_workspace.api.context import PartsOf, Transaction
from ntro_workspace.console import opening
from ntro_workspace.console.forms import body_of
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.visitor import Keeper, KeepingSender, Visitor
from ntro_workspace.keys.types import SCOPES_OF_ROLE
from ntro_workspace.tenants import repository as tenant_repository
from ntro_workspace.tenants import service as tenants
from ntro_workspace.users import repository, service

_DONE = {"entered": "is entered", "changed": "is changed", "disabled": "is disabled", "enabled": "is enabled again"}

router = APIRouter(include_in_schema=False, route_class=PageRoute)


class PersonForm(BaseModel):
    """What the form for a new person asks for."""

    model_config = ConfigDict(frozen=True)

    email: Annotated[str, Field(max_length=320)] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    roles: Annotated[list[str], Field(max_length=5)] = []
    tenant: Annotated[str, Field(max_length=100)] = ""
    csrf: Annotated[str, Field(max_length=100)] = ""


class RolesForm(BaseModel):
    """What the form for a person's roles asks for."""

    model_config = ConfigDict(frozen=True)

    roles: Annotated[list[str], Field(max_length=5)] = []
    csrf: Annotated[str, Field(max_length=100)] = ""


@router.get("/settings/people")
async def list_people(
    connection: Transaction,
    visitor: Keeper,
    done: Annotated[str, Query(max_length=20)] = "",
    who: Annotated[str, Query(max_length=320)] = "",
) -> HTMLResponse:
    """Everybody, by address."""
    said = f"{who} {_DONE[done]}." if done in _DONE else None
    return await _shown(connection, visitor, typed=PersonForm(), said=said)


@router.post("/settings/people")
async def enter_person(
    connection: Transaction, visitor: KeepingSender, form: Annotated[PersonForm, Form()]
) -> Response:
    """Enters a person."""
    try:
        async with connection.transaction():
            entered = await _enter(connection, visitor, form)
    except ApiError as error:
        return await _shown(connection, visitor, typed=form, refusal=error)
    return _back("entered", entered)


@router.post("/settings/people/{user}/roles")
async def change_roles(
    user: str, connection: Transaction, visitor: KeepingSender, form: Annotated[RolesForm, Form()]
) -> Response:
    """Gives a person other roles; their keys may what these allow from now on."""
    return await _update(connection, visitor, user, {"roles": form.roles}, "changed")


@router.post("/settings/people/{user}/disable")
async def disable_person(user: str, connection: Transaction, visitor: KeepingSender) -> Response:
    """Ends every key of a person at once."""
    return await _update(connection, visitor, user, {"disabled": True}, "disabled")


@router.post("/settings/people/{user}/enable")
async def enable_person(user: str, connection: Transaction, visitor: KeepingSender) -> Response:
    """Lets a person sign in again."""
    return await _update(connection, visitor, user, {"disabled": False}, "enabled")


@router.post("/settings/people/{user}/sign-in-link")
async def give_link(user: str, connection: Transaction, context: PartsOf, visitor: KeepingSender) -> HTMLResponse:
    """A link that signs the person in, once; shown in this answer and nowhere else."""
    caller = visitor.principal
    person = await service.get(connection, user, caller)
    await service.find_enabled(connection, str(person["id"]))
    link = await opening.link(connection, caller, person, pepper=context.pepper, public_url=context.settings.public_url)
    return await _shown(connection, visitor, typed=PersonForm(), link=link, said=f"Link for {person['email']}.")


async def _enter(connection: asyncpg.Connection, visitor: Visitor, form: PersonForm) -> str:
    caller = visitor.principal
    body = body_of(UserCreate, {"email": form.email, "name": form.name, "roles": form.roles})
    tenant_id = caller.tenant_id
    if form.tenant:
        tenant_id = (await tenants.resolve(connection, form.tenant, caller))["id"]
    return (await service.create(connection, body, tenant_id, caller)).email


async def _update(
    connection: asyncpg.Connection, visitor: Visitor, user: str, changes: dict[str, object], done: str
) -> Response:
    person = await service.get(connection, user, visitor.principal)
    await service.update(connection, person, body_of(UserUpdate, changes), visitor.principal)
    return _back(done, person["email"])


def _back(done: str, who: str) -> Response:
    return RedirectResponse(f"/settings/people?{urlencode({'done': done, 'who': who})}", 303)


async def _shown(
    connection: asyncpg.Connection,
    visitor: Visitor,
    *,
    typed: PersonForm,
    refusal: ApiError | None = None,
    said: str | None = None,
    link: SignInLink | None = None,
) -> HTMLResponse:
    tenant_id = visitor.principal.tenant_id
    owners = await tenant_repository.list_all(connection, tenant_id=tenant_id, status=None)
    values: dict[str, Any] = {
        "people": await repository.list_all(connection, tenant_id),
        "tenants": owners,
        "slugs": {row["id"]: row["slug"] for row in owners},
        "roles": SCOPES_OF_ROLE,
        "typed": typed,
        "refusal": refusal,
        "said": said,
        "link": link,
    }
    status = 200 if refusal is None else refusal.status
    return page("people.html", visitor, status_code=status, place="people", **values)
