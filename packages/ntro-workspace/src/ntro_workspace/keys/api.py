"""`/me` and `/workspace/keys`."""

from fastapi import APIRouter

from ntro.workspace.models import Identity, Key, KeyCreate, KeyCreated
from ntro_workspace.api.context import Caller, PartsOf, Transaction
from ntro_workspace.keys import repository, service
from ntro_workspace.keys.types import SCOPES_OF_KIND
from ntro_workspace.tenants import service as tenants

router = APIRouter(tags=["identity"])


@router.get("/me")
async def who_am_i(connection: Transaction, caller: Caller) -> Identity:
    """Who the key belongs to."""
    return Identity(
        id=caller.key_id,
        email=f"{caller.key_id.lower()}@keys.invalid",
        name=caller.name,
        orgId=str(await repository.organisation_id(connection)),
        roles=[caller.kind],
        kind=caller.kind,
        scopes=[scope for scope in SCOPES_OF_KIND[caller.kind] if scope in caller.scopes],
        tenantId=None if caller.tenant_id is None else str(caller.tenant_id),
    )


@router.post("/workspace/keys", status_code=201)
async def mint_key(body: KeyCreate, connection: Transaction, caller: Caller, context: PartsOf) -> KeyCreated:
    """A new key; its text is in this answer and nowhere else."""
    caller.require("keys")
    service.check_request(body, caller)
    tenant_id = None
    if body.tenantId is not None:
        tenant_id = (await tenants.resolve(connection, body.tenantId, caller, writing=True))["id"]
    minted = await service.mint(
        connection,
        context.pepper,
        kind=body.kind,
        name=body.name,
        tenant_id=tenant_id,
        scopes=body.scopes,
        expires_at=body.expiresAt,
    )
    return service.to_created(minted)


@router.get("/workspace/keys")
async def list_keys(connection: Transaction, caller: Caller) -> list[Key]:
    """Keys without their secrets, newest first."""
    caller.require("keys")
    return await service.list_keys(connection, caller)


@router.delete("/workspace/keys/{key_id}")
async def revoke_key(key_id: str, connection: Transaction, caller: Caller) -> Key:
    """Revokes a key at once."""
    caller.require("keys")
    return await service.revoke(connection, key_id, caller)
