"""Keys: authenticating a caller, minting and revoking."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from ntro.workspace.models import Key, KeyCreate, KeyCreated, KeyRotate
from ntro_server.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from ntro_workspace.db.rows import to_answer
from ntro_workspace.keys import format as key_format
from ntro_workspace.keys import repository
from ntro_workspace.keys.types import GIVEN_ON_PURPOSE, SCOPES_OF_KIND, SCOPES_OF_ROLE, SPEAK_FOR_USERS, Principal

OPERATOR = "operator"
_HINT = "Send Authorization: Bearer with a valid API key; mint one with POST /v1/workspace/keys."


@dataclass(frozen=True, slots=True)
class MintedKey:
    """A key just made: its row and its text, which exists nowhere else."""

    row: asyncpg.Record
    text: str


async def register_operator(
    connection: asyncpg.Connection, text: str, pepper: bytes, *, speaks_for_users: bool = False
) -> None:
    """Registers the operator's key of the settings; its text may have any form."""
    scopes = _usual_scopes("admin") + ((SPEAK_FOR_USERS,) if speaks_for_users else ())
    await repository.put_operator(
        connection,
        key_id=_id_of(text),
        name=OPERATOR,
        scopes=scopes,
        digest=key_format.digest(text, pepper),
    )


async def authenticate(connection: asyncpg.Connection, header: str | None, pepper: bytes) -> Principal:
    """The principal of an `Authorization` header.

    Raises:
        Unauthenticated: there is no bearer key, or it is malformed, unknown, revoked or expired.
    """
    scheme, _, text = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthenticated("An API key is needed.", hint=_HINT)
    text = text.strip()
    row = await repository.find_valid(connection, _id_of(text))
    given = key_format.digest(text, pepper)
    if row is None or not hmac.compare_digest(bytes(row["digest"]), given):
        raise Unauthenticated("The API key is not valid.", hint=_HINT)
    return principal_of(row)


async def mint(
    connection: asyncpg.Connection,
    pepper: bytes,
    *,
    kind: str,
    name: str,
    tenant_id: UUID | None,
    scopes: Sequence[str] | None = None,
    agent_id: UUID | None = None,
    user_id: UUID | None = None,
    rotated_from: str | None = None,
    session_of: str | None = None,
    expires_at: datetime | None = None,
) -> MintedKey:
    """A new key of `kind` with the given scopes, or with all its kind usually has."""
    wanted = _usual_scopes(kind) if scopes is None else [scope for scope in SCOPES_OF_KIND[kind] if scope in scopes]
    key_id, text = key_format.mint(kind)
    row = await repository.insert(
        connection,
        key_id=key_id,
        kind=kind,
        name=name,
        tenant_id=tenant_id,
        scopes=wanted,
        digest=key_format.digest(text, pepper),
        agent_id=agent_id,
        user_id=user_id,
        rotated_from=rotated_from,
        session_of=session_of,
        expires_at=expires_at,
    )
    return MintedKey(row, text)


def check_request(body: KeyCreate, principal: Principal) -> None:
    """Raises unless `body` asks for a key that makes sense and that `principal` may give."""
    _check_sense(body)
    if body.kind in {"admin", "workspace"}:
        principal.require_workspace()
    if body.kind == "admin" and principal.kind != "admin":
        raise Forbidden("Only an admin key makes admin keys.")
    for scope in sorted(GIVEN_ON_PURPOSE & set(body.scopes or ())):
        principal.require(scope)


def _check_sense(body: KeyCreate) -> None:
    if body.kind == "agent":
        raise Invalid("The key of an agent is made with the agent.", hint="POST /v1/workspace/registry/agents")
    if body.kind in {"tenant", "cell"} and body.tenantId is None:
        raise Invalid(f"tenantId: a key of kind {body.kind} belongs to one tenant.", hint="Name the tenant.")
    if body.kind in {"admin", "workspace"} and body.tenantId is not None:
        raise Invalid(f"tenantId: a key of kind {body.kind} belongs to no tenant.", hint="Leave tenantId out.")
    if (body.kind == "user") != (body.userId is not None):
        raise Invalid("userId: a key of kind user belongs to a person, others do not.", hint="Name the person.")
    if body.kind == "user" and body.tenantId is not None:
        raise Invalid("tenantId: a person's key serves the tenants of the person.", hint="Leave tenantId out.")
    if body.expiresAt is not None and body.expiresAt <= datetime.now(UTC):
        raise Invalid("expiresAt: this time has passed.", hint="Name a later time.")
    if foreign := sorted(set(body.scopes or ()) - set(SCOPES_OF_KIND[body.kind])):
        raise Invalid(f"scopes: a key of kind {body.kind} cannot have {', '.join(foreign)}.")


async def list_keys(connection: asyncpg.Connection, principal: Principal) -> list[Key]:
    return [to_key(row) for row in await repository.list_all(connection, principal.tenant_id)]


async def revoke(connection: asyncpg.Connection, key_id: str, principal: Principal) -> Key:
    """Revokes a key; a revoked one stays revoked since its first time.

    Raises:
        NotFound: there is no such key.
        Forbidden: it is the key of this call.
    """
    row = await find(connection, key_id, principal)
    if row["id"] == principal.key_id:
        raise Forbidden("A key cannot revoke itself.", hint="Use another key with the scope keys.")
    await repository.revoke(connection, key_id)
    row = await repository.find(connection, key_id)
    assert row is not None
    return to_key(row)


async def rotate(connection: asyncpg.Connection, pepper: bytes, before: asyncpg.Record, body: KeyRotate) -> MintedKey:
    """A new key in the place of `before`, which goes on working for the overlap.

    Raises:
        Conflict: the key is revoked, or it is the operator's, which the settings of the server name.
        Forbidden: it is a cell's, which its host renews.
    """
    if before["revoked_at"] is not None:
        raise Conflict("The key is revoked.", hint="Mint a new one.")
    if before["id"] == OPERATOR or before["kind"] == "cell":
        raise Forbidden("This key is renewed by whoever hosts it.", hint="Change it in the settings of its server.")
    minted = await mint(
        connection,
        pepper,
        kind=before["kind"],
        name=before["name"],
        tenant_id=before["tenant_id"],
        scopes=before["scopes"],
        agent_id=before["agent_id"],
        user_id=before["user_id"],
        rotated_from=before["id"],
        expires_at=body.expiresAt,
    )
    await repository.end_by(connection, before["id"], datetime.now(UTC) + timedelta(seconds=body.overlapSeconds))
    return minted


async def find(connection: asyncpg.Connection, key_id: str, principal: Principal) -> asyncpg.Record:
    """The key of an id.

    Raises:
        NotFound: there is none that `principal` may touch.
    """
    row = await repository.find(connection, key_id)
    if row is None:
        raise NotFound("There is no such key.", hint="GET /v1/workspace/keys lists them.")
    if row["tenant_id"] is not None:
        principal.check_tenant(row["tenant_id"], what="key")
    elif principal.tenant_id is not None:
        raise NotFound("There is no such key.", hint="GET /v1/workspace/keys lists them.")
    return row


def to_key(row: asyncpg.Record) -> Key:
    return to_answer(Key, row, prefix=key_format.prefix(row["kind"], row["id"]))


def to_created(minted: MintedKey) -> KeyCreated:
    row = minted.row
    return to_answer(KeyCreated, row, prefix=key_format.prefix(row["kind"], row["id"]), apiKey=minted.text)


def principal_of(row: asyncpg.Record) -> Principal:
    """Who a valid key stands for. A person's key may do what both the key and the person's roles of today allow."""
    scopes, roles = frozenset(row["scopes"]), tuple(row["roles"] or ())
    if row["user_id"] is None:
        # An agent's key may what agents may today, whatever was stored with it.
        own = scopes if row["agent_id"] is None else scopes & frozenset(SCOPES_OF_KIND["agent"])
        return Principal(row["id"], row["kind"], row["name"], row["tenant_id"], own, agent_id=row["agent_id"])
    allowed = {scope for role in roles for scope in SCOPES_OF_ROLE[role]}
    return Principal(
        row["id"], row["kind"], row["user_name"], row["tenant_id"], scopes & allowed, row["user_id"], roles
    )


def _usual_scopes(kind: str) -> tuple[str, ...]:
    return tuple(scope for scope in SCOPES_OF_KIND[kind] if scope not in GIVEN_ON_PURPOSE)


def _id_of(text: str) -> str:
    parsed = key_format.parse(text)
    return OPERATOR if parsed is None else parsed.id
