"""The general ledger of the tenant: as Workspace has it, unless it was connected or disconnected here."""

from typing import Any
from uuid import UUID

import asyncpg


async def gl_config(connection: asyncpg.Connection, tenant_id: UUID) -> dict[str, Any] | None:
    """The `gl` part of the tenant's configuration; none where no ledger is configured or it was disconnected."""
    found: dict[str, Any] | None = await connection.fetchval(
        """
        select case when g.tenant_id is null then n.config -> 'gl' else g.config end
        from system.tenant n left join system.gl_connection g on g.tenant_id = n.id where n.id = $1
        """,
        tenant_id,
    )
    return found


async def store_gl_config(
    connection: asyncpg.Connection, tenant_id: UUID, config: dict[str, Any] | None, *, changed_by: str
) -> None:
    """Makes `config` the tenant's general ledger from now on; none disconnects."""
    await connection.execute(
        """
        insert into system.gl_connection (tenant_id, config, changed_by) values ($1, $2, $3)
        on conflict (tenant_id) do update set config = excluded.config, changed_by = excluded.changed_by,
            changed_at = now()
        """,
        tenant_id,
        config,
        changed_by,
    )
