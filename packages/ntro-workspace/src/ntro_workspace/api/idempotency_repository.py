"""SQL of kept answers."""

from dataclasses import dataclass
from datetime import timedelta

import asyncpg


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an earlier request; no status while it is under way."""

    request_hash: bytes
    status: int | None
    answer: bytes | None


async def begin(
    connection: asyncpg.Connection, scope: bytes, key: str, request_hash: bytes, *, owner: str, is_under_way: bool
) -> Known | None:
    """Claims the key for a request that `owner` answers, or answers what is known of the earlier one.

    An answer ends when its time is over. A request that never finished ends at once where its process was `owner`
    itself and it is not `is_under_way` there: the process was killed, or could not reach the database. That of
    another process, which may have died, ends after two minutes.
    """
    await connection.execute(
        """delete from idempotency_keys where expires_at < now()
           or (scope = $1 and key = $2 and status is null
               and (created_at < now() - interval '2 minutes' or (owner = $3 and not $4)))""",
        scope,
        key,
        owner,
        is_under_way,
    )
    claimed = await connection.fetchval(
        """insert into idempotency_keys (scope, key, request_hash, owner) values ($1, $2, $3, $4)
           on conflict (scope, key) do nothing returning true""",
        scope,
        key,
        request_hash,
        owner,
    )
    if claimed:
        return None
    row = await connection.fetchrow(
        "select request_hash, status, answer from idempotency_keys where scope = $1 and key = $2", scope, key
    )
    if row is None:
        return Known(request_hash, None, None)
    return Known(row["request_hash"], row["status"], row["answer"])


async def finish(
    connection: asyncpg.Connection, scope: bytes, key: str, status: int, answer: bytes, kept: timedelta
) -> None:
    await connection.execute(
        """update idempotency_keys set status = $3, answer = $4, expires_at = now() + $5
           where scope = $1 and key = $2""",
        scope,
        key,
        status,
        answer,
        kept,
    )


async def forget(connection: asyncpg.Connection, scope: bytes, key: str) -> None:
    await connection.execute("delete from idempotency_keys where scope = $1 and key = $2", scope, key)
