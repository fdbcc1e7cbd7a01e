"""People: entered by an administrator, signed in by a code or a provider, acting with keys of their own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from ntro.workspace.models import SignedIn, SignInCode, User, UserCreate, UserUpdate
from ntro_server.errors import Conflict, Forbidden, NotFound, Unauthenticated
from ntro_workspace.db.rows import iso, to_answer
from ntro_workspace.keys import format as key_format
from ntro_workspace.keys import repository as key_repository
from ntro_workspace.keys import service as keys
from ntro_workspace.keys.types import Principal
from ntro_workspace.users import repository

CODE_LIFETIME = timedelta(minutes=10)
SESSION_LIFETIME = timedelta(hours=12)


async def create(connection: asyncpg.Connection, body: UserCreate, tenant_id: UUID | None, caller: Principal) -> User:
    """A person.

    Raises:
        Forbidden: a key of one tenant enters somebody for another one, or for all.
        Conflict: the address is taken.
    """
    if caller.tenant_id is not None and tenant_id != caller.tenant_id:
        raise Forbidden("This key enters people of its own tenant.", hint="Name the tenant.")
    row = await repository.insert(connection, email=body.email, name=body.name, roles=body.roles, tenant_id=tenant_id)
    if row is None:
        raise Conflict("There is somebody with that address already.", hint="GET /v1/workspace/users lists them.")
    return to_user(row)


async def get(connection: asyncpg.Connection, reference: str, caller: Principal) -> asyncpg.Record:
    """The person of an id or an e-mail address.

    Raises:
        NotFound: there is nobody that the key may see.
    """
    row = await repository.find(connection, reference)
    if row is None or caller.tenant_id not in {None, row["tenant_id"]}:
        raise NotFound("There is nobody of that id or address.", hint="GET /v1/workspace/users lists people.")
    return row


async def update(connection: asyncpg.Connection, before: asyncpg.Record, body: UserUpdate, caller: Principal) -> User:
    """Changes what is given. Who is disabled loses every key at once.

    Raises:
        Forbidden: it is the caller, who cannot lock itself out.
    """
    if before["id"] == caller.user_id and (body.roles is not None or body.disabled):
        raise Forbidden("Nobody changes their own roles.", hint="Ask another administrator.")
    changes: dict[str, object] = {}
    if body.name is not None:
        changes["name"] = body.name
    if body.roles is not None:
        changes["roles"] = list(body.roles)
    if body.disabled is not None:
        changes["disabled_at"] = datetime.now(UTC) if body.disabled else None
    if body.disabled:
        await key_repository.revoke_user_keys(connection, before["id"])
    return to_user(await repository.update(connection, before["id"], changes))


async def find_enabled(connection: asyncpg.Connection, user_id: str) -> asyncpg.Record:
    """The person of an id.

    Raises:
        Unauthenticated: there is nobody of that id any more, or the person is disabled.
    """
    row = await repository.find(connection, user_id)
    if row is None or row["disabled_at"] is not None:
        raise Unauthenticated("This person is disabled.", hint="Ask an administrator.")
    return row


async def sign_in_code(connection: asyncpg.Connection, user: asyncpg.Record, pepper: bytes) -> SignInCode:
    """A code that signs the person in, once.

    Raises:
        Conflict: the person is disabled.
    """
    if user["disabled_at"] is not None:
        raise Conflict("This person is disabled.", hint="Enable the person first.")
    code_id, code = key_format.mint("code")
    expires_at = datetime.now(UTC) + CODE_LIFETIME
    await repository.put_code(
        connection,
        code_id=code_id,
        digest=key_format.digest(code, pepper),
        user_id=user["id"],
        expires_at=expires_at,
    )
    return SignInCode(code=code, expiresAt=iso(expires_at))


async def sign_in(connection: asyncpg.Connection, code: str, pepper: bytes) -> SignedIn:
    """Uses a code up.

    Raises:
        Unauthenticated: the code is unknown, was used, is too old, or its person is disabled.
    """
    parsed = key_format.parse(code)
    user_id = (
        None
        if parsed is None or parsed.kind != "code"
        else await repository.use_code(connection, parsed.id, key_format.digest(code, pepper))
    )
    user = None if user_id is None else await repository.find(connection, str(user_id))
    if user is None or user["disabled_at"] is not None:
        raise Unauthenticated("This code signs nobody in.", hint="Ask for a new one; each works once, for ten minutes.")
    return await begin_session(connection, user, pepper)


async def begin_session(connection: asyncpg.Connection, user: asyncpg.Record, pepper: bytes) -> SignedIn:
    """A key that acts as the person for some hours."""
    minted = await keys.mint(
        connection,
        pepper,
        kind="user",
        name=f"session of {user['email']}"[:200],
        tenant_id=user["tenant_id"],
        user_id=user["id"],
        expires_at=datetime.now(UTC) + SESSION_LIFETIME,
    )
    return SignedIn(apiKey=minted.text, expiresAt=iso(minted.row["expires_at"]), user=to_user(user))


def to_user(row: asyncpg.Record) -> User:
    return to_answer(User, row)
