"""API keys: minted, shown once, revoked."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import asyncpg
from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from ntro.workspace.models import KeyCreate
from ntro_server.errors import ApiError
from ntro_workspace.api.context import Parts, PartsOf, Transaction
from ntro_workspace.console import registry_repository
from ntro_workspace.console.forms import body_of
from ntro_workspace.console.page_route import PageRoute
from ntro_workspace.console.rendering import page
from ntro_workspace.console.visitor import Keeper, KeepingSender, Visitor
from ntro_workspace.keys import service
from ntro_workspace.keys.api import owner_of
from ntro_workspace.keys.service import MintedKey
from ntro_workspace.tenants import repository as tenants

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "a year", "": "no end"}

router = APIRouter(include_in_schema=False, route_class=PageRoute)


class MintForm(BaseModel):
    """What the form asks for. A key of kind `user` is the visitor's own."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(max_length=200)] = ""
    kind: Literal["tenant", "workspace", "admin", "user"] = "tenant"
    tenant: Annotated[str, Field(max_length=100)] = ""
    may: Literal["all", "read"] = "all"
    days: Literal["30", "90", "365", ""] = "90"
    csrf: Annotated[str, Field(max_length=100)] = ""


@router.get("/settings/keys")
async def list_keys(
    connection: Transaction,
    context: PartsOf,
    visitor: Keeper,
    show: Annotated[str, Query(max_length=20)] = "active",
    revoked: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Keys without their secrets."""
    values = await _values(connection, context, visitor, show)
    return page("keys.html", visitor, **values, typed=MintForm(), minted=None, refusal=None, revoked=revoked)


@router.post("/settings/keys")
async def mint_key(
    connection: Transaction, context: PartsOf, visitor: KeepingSender, form: Annotated[MintForm, Form()]
) -> HTMLResponse:
    """A new key; its text is in this answer and nowhere else."""
    minted, refusal = None, None
    try:
        async with connection.transaction():
            minted = await _mint(connection, context, visitor, form)
    except ApiError as error:
        refusal = error
    values = await _values(connection, context, visitor, "active")
    typed = MintForm() if refusal is None else form
    status = 201 if refusal is None else refusal.status
    return page(
        "keys.html", visitor, status_code=status, **values, typed=typed, minted=minted, refusal=refusal, revoked=""
    )


@router.post("/settings/keys/{key_id}/revoke")
async def revoke_key(key_id: str, connection: Transaction, visitor: KeepingSender) -> Response:
    """Ends a key at once."""
    key = await service.revoke(connection, key_id, visitor.principal)
    return RedirectResponse(f"/settings/keys?revoked={key.id}", 303)


async def _mint(connection: asyncpg.Connection, context: Parts, visitor: Visitor, form: MintForm) -> MintedKey:
    own = visitor.principal.user_id
    wanted = body_of(
        KeyCreate,
        {
            "name": form.name,
            "kind": form.kind,
            "tenantId": (form.tenant or None) if form.kind == "tenant" else None,
            "userId": str(own) if form.kind == "user" and own else None,
            "scopes": ["read"] if form.may == "read" else None,
            "expiresAt": datetime.now(UTC) + timedelta(days=int(form.days)) if form.days else None,
        },
    )
    service.check_request(wanted, visitor.principal)
    tenant_id, user_id = await owner_of(connection, wanted, visitor.principal)
    return await service.mint(
        connection,
        context.pepper,
        kind=wanted.kind,
        name=wanted.name,
        tenant_id=tenant_id,
        user_id=user_id,
        scopes=wanted.scopes,
        expires_at=wanted.expiresAt,
    )


async def _values(connection: asyncpg.Connection, context: Parts, visitor: Visitor, show: str) -> dict[str, Any]:
    caller = visitor.principal
    section = show if show in registry_repository.KEY_SECTIONS else "active"
    await context.keyring.note_uses(connection)
    kinds = ["tenant"] + ([] if caller.tenant_id else ["workspace"])
    return {
        "place": "keys",
        "section": section,
        "keys": await registry_repository.keys(connection, caller.tenant_id, section),
        "counts": await registry_repository.key_counts(connection, caller.tenant_id),
        "tenants": await tenants.list_all(connection, tenant_id=caller.tenant_id, status=None),
        "kinds": kinds + (["admin"] if caller.kind == "admin" else []) + (["user"] if caller.user_id else []),
        "lifetimes": LIFETIMES,
    }
