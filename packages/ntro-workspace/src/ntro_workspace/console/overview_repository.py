"""SQL of the overview: counts, and what is known of cells."""

from uuid import UUID

import asyncpg


async def counts_by_state(connection: asyncpg.Connection, tenant_id: UUID | None) -> dict[str, int]:
    """How many runs are in each state, of one tenant or of all."""
    rows = await connection.fetch(
        "select status, count(*) as count from tasks where $1::uuid is null or tenant_id = $1 group by status",
        tenant_id,
    )
    return {row["status"]: row["count"] for row in rows}


async def cells(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """Each tenant that is not ended with what tells how its cell is; by slug."""
    return list(
        await connection.fetch(
            """select tenants.id, slug, name, status, ui_url,
                 (select max(last_used_at) from api_keys where tenant_id = tenants.id and kind = 'cell')
                   as last_contact,
                 (select min(created_at) from command_outbox where tenant_id = tenants.id) as oldest_command,
                 (select count(*) from command_outbox where tenant_id = tenants.id) as commands,
                 (select min(created_at) from tasks where tenant_id = tenants.id and tasks.status = 'READY')
                   as oldest_queued,
                 (select count(*) from tasks where tenant_id = tenants.id
                    and tasks.status not in ('COMPLETED', 'FAILED')) as open_runs,
                 (select count(*) from entities where tenant_id = tenants.id) as entities,
                 (select count(*) from workflows where tenant_id = tenants.id) as workflows
               from tenants where ($1::uuid is null or id = $1) and status <> 'DECOMMISSIONED' order by slug""",
            tenant_id,
        )
    )
