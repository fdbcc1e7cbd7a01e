"""SQL of tenants."""

from typing import Any
from uuid import UUID

import asyncpg

_COLUMNS = """tenants.id, name, slug, data_platform, data_platform_config_id, status, config, url, ui_url, relay,
    sealing_public_key, created_at, updated_at,
    (select count(*) from entities where tenant_id = tenants.id) as entity_count"""


async def insert(
    connection: asyncpg.Connection,
    *,
    name: str,
    slug: str,
    data_platform: str,
    platform_id: UUID | None,
    config: dict[str, Any],
) -> UUID | None:
    """The new tenant's id, or none where the slug is taken."""
    found: UUID | None = await connection.fetchval(
        """insert into tenants (name, slug, data_platform, data_platform_config_id, config)
           values ($1, $2, $3, $4, $5) on conflict (slug) do nothing returning id""",
        name,
        slug,
        data_platform,
        platform_id,
        config,
    )
    return found


async def find(connection: asyncpg.Connection, tenant_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_COLUMNS} from tenants where id = $1", tenant_id)


async def lock(connection: asyncpg.Connection, tenant_id: UUID) -> asyncpg.Record:
    """The tenant as it is now; it stays so until the transaction ends."""
    return await connection.fetchrow(f"select {_COLUMNS} from tenants where id = $1 for update", tenant_id)


async def find_by_slug(connection: asyncpg.Connection, slug: str) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_COLUMNS} from tenants where slug = $1", slug)


async def list_all(
    connection: asyncpg.Connection, *, tenant_id: UUID | None, status: str | None
) -> list[asyncpg.Record]:
    """Every tenant, or the one a key belongs to; by slug."""
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from tenants
            where ($1::uuid is null or id = $1) and ($2::text is null or status = $2) order by slug""",
            tenant_id,
            status,
        )
    )


async def list_living(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    """Every tenant that still has, or is to get, a cell."""
    return list(
        await connection.fetch(
            """select id as tenant_id, slug, name, status, url, ui_url from tenants
           where status <> 'DECOMMISSIONED' order by created_at, slug"""
        )
    )


async def set_config(connection: asyncpg.Connection, tenant_id: UUID, config: dict[str, Any]) -> None:
    await connection.execute("update tenants set config = $2, updated_at = now() where id = $1", tenant_id, config)


async def set_relay(connection: asyncpg.Connection, tenant_id: UUID, relay: bool) -> None:
    await connection.execute("update tenants set relay = $2, updated_at = now() where id = $1", tenant_id, relay)


async def set_status(connection: asyncpg.Connection, tenant_id: UUID, status: str) -> None:
    await connection.execute("update tenants set status = $2, updated_at = now() where id = $1", tenant_id, status)


async def provision(
    connection: asyncpg.Connection,
    tenant_id: UUID,
    *,
    status: str,
    url: str | None,
    ui_url: str | None,
    sealing_public_key: str | None,
) -> None:
    """What is not given stays as it is."""
    await connection.execute(
        """update tenants set status = $2, url = coalesce($3, url), ui_url = coalesce($4, ui_url),
             sealing_public_key = coalesce($5, sealing_public_key), updated_at = now() where id = $1""",
        tenant_id,
        status,
        url,
        ui_url,
        sealing_public_key,
    )
