"""SQL of API keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

_SHOWN = "id, kind, name, tenant_id, scopes, created_at, expires_at, revoked_at, last_used_at"


async def insert(
    connection: asyncpg.Connection,
    *,
    key_id: str,
    kind: str,
    name: str,
    tenant_id: UUID | None,
    scopes: Sequence[str],
    digest: bytes,
    agent_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> asyncpg.Record:
    return await connection.fetchrow(
        f"""insert into api_keys (id, kind, name, tenant_id, scopes, digest, agent_id, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8) returning {_SHOWN}""",
        key_id,
        kind,
        name,
        tenant_id,
        list(scopes),
        digest,
        agent_id,
        expires_at,
    )


async def put_operator(
    connection: asyncpg.Connection, *, key_id: str, name: str, scopes: Sequence[str], digest: bytes
) -> None:
    """Makes this the one valid key of that name; an earlier operator's key ends with the settings that held it."""
    await connection.execute(
        "update api_keys set revoked_at = now() where kind = 'admin' and name = $1 and id <> $2 and revoked_at is null",
        name,
        key_id,
    )
    await connection.execute(
        """insert into api_keys (id, kind, name, scopes, digest) values ($1, 'admin', $2, $3, $4)
           on conflict (id) do update set digest = excluded.digest, scopes = excluded.scopes, revoked_at = null""",
        key_id,
        name,
        list(scopes),
        digest,
    )


async def find_valid(connection: asyncpg.Connection, key_id: str) -> asyncpg.Record | None:
    """The key with its digest, unless it is revoked or has expired."""
    return await connection.fetchrow(
        """select id, kind, name, tenant_id, scopes, digest from api_keys
           where id = $1 and revoked_at is null and (expires_at is null or expires_at > now())""",
        key_id,
    )


async def touch(connection: asyncpg.Connection, key_id: str) -> None:
    """Notes the use, at most once a minute, and never waits for another request that does the same."""
    await connection.execute(
        """update api_keys set last_used_at = now() where id = (
             select id from api_keys where id = $1
             and (last_used_at is null or last_used_at < now() - interval '1 minute') for update skip locked)""",
        key_id,
    )


async def find(connection: asyncpg.Connection, key_id: str) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_SHOWN} from api_keys where id = $1", key_id)


async def list_all(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """Keys of one tenant, or all of them; newest first."""
    return list(
        await connection.fetch(
            f"""select {_SHOWN} from api_keys where $1::uuid is null or tenant_id = $1
            order by created_at desc, id""",
            tenant_id,
        )
    )


async def revoke(connection: asyncpg.Connection, key_id: str) -> None:
    await connection.execute("update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1", key_id)


async def revoke_cell_keys(connection: asyncpg.Connection, tenant_id: UUID) -> None:
    await connection.execute(
        "update api_keys set revoked_at = now() where tenant_id = $1 and kind = 'cell' and revoked_at is null",
        tenant_id,
    )


async def revoke_tenant_keys(connection: asyncpg.Connection, tenant_id: UUID) -> None:
    await connection.execute(
        "update api_keys set revoked_at = now() where tenant_id = $1 and revoked_at is null", tenant_id
    )


async def revoke_agent_keys(connection: asyncpg.Connection, agent_id: UUID) -> None:
    await connection.execute(
        "update api_keys set revoked_at = now() where agent_id = $1 and revoked_at is null", agent_id
    )


async def prefix_of_agent(connection: asyncpg.Connection, agent_id: UUID) -> str | None:
    """The visible part of the agent's valid key."""
    found: str | None = await connection.fetchval(
        """select 'ntro_agent_' || id from api_keys where agent_id = $1 and revoked_at is null
           order by created_at desc limit 1""",
        agent_id,
    )
    return found


async def organisation_id(connection: asyncpg.Connection) -> UUID:
    found: UUID = await connection.fetchval("select id from organisation")
    return found
