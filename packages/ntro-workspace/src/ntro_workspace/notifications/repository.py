"""SQL of notifications."""

from datetime import datetime
from uuid import UUID

import asyncpg

from ntro_workspace.pages import Moment

_COLUMNS = "id, tenant_id, entity_id, task_id, run_id, type, step, at, read_at, created_at"
KEPT_DAYS = 90


async def insert(
    connection: asyncpg.Connection,
    *,
    tenant_id: UUID,
    entity_id: UUID | None,
    task_id: UUID | None,
    run_id: str | None,
    type_: str,
    step: str | None,
    at: datetime,
) -> UUID:
    """A new notification. An entity that is not the tenant's is left out."""
    found: UUID = await connection.fetchval(
        """insert into notifications (tenant_id, entity_id, task_id, run_id, type, step, at)
           values ($1, (select id from entities where id = $2 and tenant_id = $1), $3, $4, $5, $6, $7) returning id""",
        tenant_id,
        entity_id,
        task_id,
        run_id,
        type_,
        step,
        at,
    )
    return found


async def newest(
    connection: asyncpg.Connection, *, tenant_id: UUID | None, unread: bool, before: Moment | None, limit: int
) -> list[asyncpg.Record]:
    """Notifications of the last 90 days, newest first."""
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from notifications
                where created_at > now() - interval '{KEPT_DAYS} days'
                  and ($1::uuid is null or tenant_id = $1) and (not $2 or read_at is null)
                  and ($3::timestamptz is null or (created_at, id) < ($3, $4))
                order by created_at desc, id desc limit $5""",
            tenant_id,
            unread,
            None if before is None else before.at,
            None if before is None else before.id,
            limit,
        )
    )


async def find(connection: asyncpg.Connection, notification_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_COLUMNS} from notifications where id = $1", notification_id)


async def mark_read(connection: asyncpg.Connection, notification_id: UUID) -> asyncpg.Record:
    return await connection.fetchrow(
        f"update notifications set read_at = coalesce(read_at, now()) where id = $1 returning {_COLUMNS}",
        notification_id,
    )


async def forget_old(connection: asyncpg.Connection, tenant_id: UUID) -> None:
    await connection.execute(
        f"delete from notifications where tenant_id = $1 and created_at < now() - interval '{KEPT_DAYS} days'",
        tenant_id,
    )
