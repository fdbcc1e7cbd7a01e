"""Signals that follow from something stored and have not reached their run yet."""

from dataclasses import dataclass
from typing import Any

import asyncpg


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """A signal that waits to be sent. `key` is the same whenever it is sent again."""

    id: int
    run_id: str
    signal: str
    payload: Any
    key: str
    attempts: int
    run_is_open: bool


async def store_signal(
    connection: asyncpg.Connection, *, run_id: str, signal: str, payload: dict[str, Any], key: str
) -> bool:
    """Keeps the signal for sending; false where one of this key is kept already."""
    stored = await connection.fetchval(
        """
        insert into system.signal_outbox (workflow_id, signal, payload, dedupe_key) values ($1, $2, $3, $4)
        on conflict (dedupe_key) do nothing returning id
        """,
        run_id,
        signal,
        payload,
        key,
    )
    return stored is not None


async def lock_next(connection: asyncpg.Connection, *, after: int, run_id: str | None) -> StoredSignal | None:
    """Locks the first signal after row `after` that is the oldest unsent one of its run, of `run_id` where given.

    A row that another process is sending is passed over, and so are the later ones of its run.
    """
    row = await connection.fetchrow(
        """
        select o.id, o.workflow_id as run_id, o.signal, o.payload, o.dedupe_key as key, o.attempts,
               not exists (select 1 from system.runs r
                           where r.workflow_id = o.workflow_id and r.status <> 'RUNNING') as run_is_open
        from system.signal_outbox o
        where o.sent_at is null and o.id > $1 and ($2::text is null or o.workflow_id = $2)
          and not exists (select 1 from system.signal_outbox p
                          where p.workflow_id = o.workflow_id and p.sent_at is null and p.id < o.id)
        order by o.id limit 1 for update of o skip locked
        """,
        after,
        run_id,
    )
    return StoredSignal(**row) if row else None


async def mark_sent(connection: asyncpg.Connection, signal_id: int) -> None:
    await connection.execute(
        "update system.signal_outbox set sent_at = now(), attempts = attempts + 1 where id = $1", signal_id
    )


async def mark_failed(connection: asyncpg.Connection, signal_id: int) -> None:
    await connection.execute("update system.signal_outbox set attempts = attempts + 1 where id = $1", signal_id)
