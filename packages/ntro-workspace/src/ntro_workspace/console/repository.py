"""SQL of the links that open the console."""

from datetime import datetime
from uuid import UUID

import asyncpg


async def put_link(
    connection: asyncpg.Connection,
    *,
    link_id: str,
    digest: bytes,
    key_id: str | None,
    user_id: UUID | None,
    expires_at: datetime,
) -> None:
    """Keeps a link, for a key or a person; links that have expired are dropped on the way."""
    await connection.execute("delete from console_links where expires_at < now()")
    await connection.execute(
        "insert into console_links (id, digest, key_id, user_id, expires_at) values ($1, $2, $3, $4, $5)",
        link_id,
        digest,
        key_id,
        user_id,
        expires_at,
    )


async def take_link(connection: asyncpg.Connection, link_id: str, digest: bytes) -> asyncpg.Record | None:
    """Uses a link up; none where it is unknown, used or too old. Of two users of it one wins."""
    return await connection.fetchrow(
        """delete from console_links where id = $1 and digest = $2 and expires_at > now()
           returning key_id, user_id""",
        link_id,
        digest,
    )


async def opener_of(connection: asyncpg.Connection, key_id: str) -> str:
    """The key behind a session, or the key itself where it is none."""
    found: str = await connection.fetchval("select coalesce(session_of, id) from api_keys where id = $1", key_id)
    return found
