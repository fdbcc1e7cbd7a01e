"""`/me` and `/workspace/keys`."""

from uuid import UUID

import asyncpg
from fastapi import APIRouter

from ntro.workspace.models import Identity, Key, KeyCreate, KeyCreated, KeyRotate, Page
from ntro_workspace.api.context import Caller, PartsOf, Transaction
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.keys import repository, service
from ntro_workspace.keys.types import SCOPES_OF_KIND, SPEAK_FOR_USERS, Principal
from ntro_workspace.tenants import service as tenants
from ntro_workspace.users import service as users

router = APIRouter(tags=["identity"])


@router.get("/me")
async def who_am_i(connection: Transaction, caller: Caller) -> Identity:
    """Who the key belongs to."""
    email = f"{caller.key_id.lower()}@keys.invalid"
    if caller.user_id is not None:
        email = (await users.get(connection, str(caller.user_id), caller))["email"]
    return Identity(
        id=caller.key_id if caller.user_id is None else str(caller.user_id),
        email=email,
        name=caller.name,
        orgId=str(await repository.organisation_id(connection)),
        roles=list(caller.roles) or [caller.kind],
        kind=caller.kind,
        scopes=[scope for scope in SCOPES_OF_KIND[caller.kind] if scope in caller.scopes],
        tenantId=None if caller.tenant_id is None else str(caller.tenant_id),
    )


@router.post("/workspace/keys", status_code=201)
async def mint_key(body: KeyCreate, connection: Transaction, caller: Caller, context: PartsOf) -> KeyCreated:
    """A new key; its text is in this answer and nowhere else."""
    caller.require("keys")
    service.check_request(body, caller)
    tenant_id, user_id = await owner_of(connection, body, caller)
    minted = await service.mint(
        connection,
        context.pepper,
        kind=body.kind,
        name=body.name,
        tenant_id=tenant_id,
        user_id=user_id,
        scopes=body.scopes,
        expires_at=body.expiresAt,
    )
    return service.to_created(minted)


@router.get("/workspace/keys")
async def list_keys(connection: Transaction, caller: Caller, context: PartsOf, wanted: Paged) -> list[Key] | Page[Key]:
    """Keys without their secrets, newest first."""
    caller.require("keys")
    await context.keyring.note_uses(connection)
    return paged(await service.list_keys(connection, caller), wanted)


@router.post("/workspace/keys/{key_id}/rotate", status_code=201)
async def rotate_key(
    key_id: str, connection: Transaction, caller: Caller, context: PartsOf, body: KeyRotate | None = None
) -> KeyCreated:
    """A new key like this one, which goes on working for the overlap, a day where none is named."""
    caller.require("keys")
    before = await service.find(connection, key_id, caller)
    if before["user_id"] not in {None, caller.user_id}:
        caller.require(SPEAK_FOR_USERS)
    return service.to_created(await service.rotate(connection, context.pepper, before, body or KeyRotate()))


@router.delete("/workspace/keys/{key_id}")
async def revoke_key(key_id: str, connection: Transaction, caller: Caller) -> Key:
    """Revokes a key at once."""
    caller.require("keys")
    return await service.revoke(connection, key_id, caller)


async def owner_of(
    connection: asyncpg.Connection, body: KeyCreate, caller: Principal
) -> tuple[UUID | None, UUID | None]:
    """Tenant and person of a new key. Who makes a key for somebody else could act as that person."""
    if body.userId is not None:
        person = await users.get(connection, body.userId, caller)
        if person["id"] != caller.user_id:
            caller.require(SPEAK_FOR_USERS)
        return person["tenant_id"], person["id"]
    if body.tenantId is None:
        return None, None
    return (await tenants.resolve(connection, body.tenantId, caller))["id"], None
