"""SQL of API keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

_SHOWN = """id, kind, name, tenant_id, user_id, agent_id, rotated_from, scopes, created_at, expires_at, revoked_at,
    last_used_at"""


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
    user_id: UUID | None = None,
    rotated_from: str | None = None,
    session_of: str | None = None,
    expires_at: datetime | None = None,
) -> asyncpg.Record:
    return await connection.fetchrow(
        f"""insert into api_keys
              (id, kind, name, tenant_id, scopes, digest, agent_id, expires_at, user_id, rotated_from, session_of)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning {_SHOWN}""",
        key_id,
        kind,
        name,
        tenant_id,
        list(scopes),
        digest,
        agent_id,
        expires_at,
        user_id,
        rotated_from,
        session_of,
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
    """The key with its digest and its person's roles, unless key, person, or the key of a session has ended."""
    return await connection.fetchrow(
        """select api_keys.id, kind, api_keys.name, api_keys.tenant_id, scopes, digest, user_id,
                  agent_id, users.name as user_name, users.roles
           from api_keys left join users on users.id = user_id
           where api_keys.id = $1 and api_keys.revoked_at is null
             and (api_keys.expires_at is null or api_keys.expires_at > now())
             and users.disabled_at is null
             and (session_of is null or exists (
               select 1 from api_keys opener where opener.id = api_keys.session_of and opener.revoked_at is null
               and (opener.expires_at is null or opener.expires_at > now())))""",
        key_id,
    )


async def note_uses(connection: asyncpg.Connection, key_ids: list[str], moments: list[datetime]) -> None:
    """Notes when keys were last used. Rows that another process notes are waited for in one order."""
    await connection.execute(
        """with used as (
             select api_keys.id, moment from unnest($1::text[], $2::timestamptz[]) as given (id, moment)
             join api_keys using (id) order by id for update of api_keys)
           update api_keys set last_used_at = greatest(last_used_at, moment) from used where used.id = api_keys.id""",
        key_ids,
        moments,
    )


async def end_by(connection: asyncpg.Connection, key_id: str, moment: datetime) -> None:
    """Lets the key end at `moment`, or earlier where it would."""
    await connection.execute(
        "update api_keys set expires_at = least(expires_at, $2) where id = $1 and revoked_at is null", key_id, moment
    )


async def revoke_user_keys(connection: asyncpg.Connection, user_id: UUID) -> None:
    await connection.execute(
        "update api_keys set revoked_at = now() where user_id = $1 and revoked_at is null", user_id
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
