"""SQL of the trail of administrative acts. Triggers write it; here it is read, and told who acts."""

from uuid import UUID

import asyncpg


async def act_as(connection: asyncpg.Connection, actor: str, request_id: str | None) -> None:
    """Says who is behind what this transaction changes."""
    await connection.execute(
        "select set_config('ntro.actor', $1, true), set_config('ntro.request_id', $2, true)", actor, request_id or ""
    )


async def note(
    connection: asyncpg.Connection, *, actor: str, action: str, object_type: str, object_id: str, tenant_id: UUID | None
) -> None:
    """Notes an act that changes no row."""
    await connection.execute(
        """insert into administrative_acts (actor, action, object_type, object_id, tenant_id, request_id)
           values ($1, $2, $3, $4, $5, nullif(current_setting('ntro.request_id', true), ''))""",
        actor,
        action,
        object_type,
        object_id,
        tenant_id,
    )


async def newest(
    connection: asyncpg.Connection, *, tenant_id: UUID | None, before: int | None, limit: int
) -> list[asyncpg.Record]:
    """Acts, newest first: of one tenant or of all, before an id or from the newest on."""
    return list(
        await connection.fetch(
            """select id, at, actor, request_id, action, object_type, object_id, tenant_id, changed
               from administrative_acts
               where ($1::uuid is null or tenant_id = $1) and ($2::bigint is null or id < $2)
               order by id desc limit $3""",
            tenant_id,
            before,
            limit,
        )
    )
