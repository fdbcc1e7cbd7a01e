"""Tokens and sessions that must not be used again."""

from datetime import datetime
from uuid import UUID

import asyncpg


async def use_once(connection: asyncpg.Connection, token_id: UUID, expires_at: datetime) -> bool:
    """Marks the token as used and forgets those that have expired; false where it was used before."""
    await connection.execute("delete from system.used_tokens where expires_at < now()")
    used = await connection.fetchval(
        "insert into system.used_tokens (jti, expires_at) values ($1, $2) on conflict do nothing returning jti",
        token_id,
        expires_at,
    )
    return used is not None


async def is_used(connection: asyncpg.Connection, token_id: UUID) -> bool:
    found: bool = await connection.fetchval("select exists (select 1 from system.used_tokens where jti = $1)", token_id)
    return found
