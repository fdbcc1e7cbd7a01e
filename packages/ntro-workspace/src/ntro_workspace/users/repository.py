"""SQL of people, their sign-in codes, and sign-ins under way at an identity provider."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

_COLUMNS = "id, email, name, roles, tenant_id, disabled_at, created_at, updated_at"
_MUTABLE = frozenset({"name", "roles", "disabled_at"})


async def insert(
    connection: asyncpg.Connection, *, email: str, name: str, roles: Sequence[str], tenant_id: UUID | None
) -> asyncpg.Record | None:
    """The new person, or none where the address is taken."""
    return await connection.fetchrow(
        f"""insert into users (email, name, roles, tenant_id) values ($1, $2, $3, $4)
            on conflict do nothing returning {_COLUMNS}""",
        email,
        name,
        list(roles),
        tenant_id,
    )


async def find(connection: asyncpg.Connection, reference: str) -> asyncpg.Record | None:
    """The person of an id or an e-mail address."""
    return await connection.fetchrow(
        f"select {_COLUMNS} from users where id::text = lower($1) or lower(email) = lower($1)", reference
    )


async def list_all(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """Everybody, or who belongs to one tenant; by address."""
    return list(
        await connection.fetch(
            f"select {_COLUMNS} from users where $1::uuid is null or tenant_id = $1 order by lower(email), id",
            tenant_id,
        )
    )


async def update(connection: asyncpg.Connection, user_id: UUID, changes: dict[str, Any]) -> asyncpg.Record:
    """Sets the given columns."""
    assert changes.keys() <= _MUTABLE
    for column, value in changes.items():
        await connection.execute(f"update users set {column} = $2 where id = $1", user_id, value)
    return await connection.fetchrow(f"update users set updated_at = now() where id = $1 returning {_COLUMNS}", user_id)


async def put_code(
    connection: asyncpg.Connection, *, code_id: str, digest: bytes, user_id: UUID, expires_at: datetime
) -> None:
    await connection.execute("delete from sign_in_codes where expires_at < now()")
    await connection.execute(
        "insert into sign_in_codes (id, digest, user_id, expires_at) values ($1, $2, $3, $4)",
        code_id,
        digest,
        user_id,
        expires_at,
    )


async def use_code(connection: asyncpg.Connection, code_id: str, digest: bytes) -> UUID | None:
    """Uses a code up; none where it is unknown, used or too old. The row lock lets one of two users of it win."""
    found: UUID | None = await connection.fetchval(
        """update sign_in_codes set used_at = now()
           where id = $1 and digest = $2 and used_at is null and expires_at > now() returning user_id""",
        code_id,
        digest,
    )
    return found


async def put_oidc_sign_in(
    connection: asyncpg.Connection, *, state_digest: bytes, verifier: bytes, nonce: str, expires_at: datetime
) -> None:
    await connection.execute("delete from oidc_sign_ins where expires_at < now()")
    await connection.execute(
        "insert into oidc_sign_ins (state_digest, verifier, nonce, expires_at) values ($1, $2, $3, $4)",
        state_digest,
        verifier,
        nonce,
        expires_at,
    )


async def take_oidc_sign_in(connection: asyncpg.Connection, state_digest: bytes) -> asyncpg.Record | None:
    """Ends the sign-in of a state and answers it; none where there is none, or it took too long."""
    return await connection.fetchrow(
        """delete from oidc_sign_ins where state_digest = $1 and expires_at > now() returning verifier, nonce""",
        state_digest,
    )


async def find_by_identity(connection: asyncpg.Connection, issuer: str, subject: str) -> asyncpg.Record | None:
    return await connection.fetchrow(
        f"select {_COLUMNS} from users where issuer = $1 and subject = $2", issuer, subject
    )


async def bind_identity(
    connection: asyncpg.Connection, *, email: str, issuer: str, subject: str
) -> asyncpg.Record | None:
    """Binds the person of that address, who has signed in nowhere yet, to an identity."""
    return await connection.fetchrow(
        f"""update users set issuer = $2, subject = $3, updated_at = now()
            where lower(email) = lower($1) and issuer is null returning {_COLUMNS}""",
        email,
        issuer,
        subject,
    )
