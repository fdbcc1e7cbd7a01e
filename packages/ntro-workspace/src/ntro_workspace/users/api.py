"""`/workspace/users`."""

from fastapi import APIRouter

from ntro.workspace.models import Page, SignInCode, User, UserCreate, UserUpdate
from ntro_workspace.api.context import Caller, PartsOf, Transaction
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.keys.types import SPEAK_FOR_USERS
from ntro_workspace.tenants import service as tenants
from ntro_workspace.users import repository, service

router = APIRouter(prefix="/workspace/users", tags=["people"])


@router.post("", status_code=201)
async def create_user(body: UserCreate, connection: Transaction, caller: Caller) -> User:
    """Enters a person."""
    caller.require("keys")
    tenant_id = None
    if body.tenantId is not None:
        tenant_id = (await tenants.resolve(connection, body.tenantId, caller))["id"]
    return await service.create(connection, body, tenant_id, caller)


@router.get("")
async def list_users(connection: Transaction, caller: Caller, wanted: Paged) -> list[User] | Page[User]:
    """People by address."""
    caller.require("keys")
    return paged([service.to_user(row) for row in await repository.list_all(connection, caller.tenant_id)], wanted)


@router.get("/{user}")
async def get_user(user: str, connection: Transaction, caller: Caller) -> User:
    """The person of an id or e-mail address."""
    caller.require("keys")
    return service.to_user(await service.get(connection, user, caller))


@router.patch("/{user}")
async def update_user(user: str, body: UserUpdate, connection: Transaction, caller: Caller) -> User:
    """Changes name or roles; disables and enables."""
    caller.require("keys")
    return await service.update(connection, await service.get(connection, user, caller), body, caller)


@router.post("/{user}/sign-in-code", status_code=201)
async def create_sign_in_code(user: str, connection: Transaction, caller: Caller, context: PartsOf) -> SignInCode:
    """A code that signs the person in, once. Who may make one could be that person."""
    caller.require(SPEAK_FOR_USERS)
    return await service.sign_in_code(connection, await service.get(connection, user, caller), context.pepper)
