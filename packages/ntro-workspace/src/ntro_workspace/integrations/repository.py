"""SQL of data platforms and e-mail integrations."""

from typing import Any
from uuid import UUID

import asyncpg

_PLATFORM = "id, name, provider, ownership, region, config, created_at, updated_at"
_EMAIL = "id, tenant_id, provider, address, created_at"


async def insert_platform(
    connection: asyncpg.Connection, *, platform_id: UUID, name: str, provider: str, ownership: str, region: str | None
) -> None:
    await connection.execute(
        "insert into data_platforms (id, name, provider, ownership, region) values ($1, $2, $3, $4, $5)",
        platform_id,
        name,
        provider,
        ownership,
        region,
    )


async def set_platform_config(
    connection: asyncpg.Connection, platform_id: UUID, config: dict[str, Any], secrets: str | None
) -> None:
    await connection.execute(
        "update data_platforms set config = $2, secrets = $3 where id = $1", platform_id, config, secrets
    )


async def find_platform(connection: asyncpg.Connection, platform_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_PLATFORM} from data_platforms where id = $1", platform_id)


async def list_platforms(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """All platforms, or the one that a tenant is bound to."""
    return list(
        await connection.fetch(
            f"""select {_PLATFORM} from data_platforms
            where $1::uuid is null or id = (select data_platform_config_id from tenants where tenants.id = $1)
            order by name, id""",
            tenant_id,
        )
    )


async def tenants_of_platform(
    connection: asyncpg.Connection, platform_id: UUID, tenant_id: UUID | None
) -> list[asyncpg.Record]:
    return list(
        await connection.fetch(
            """select id, name, slug, status from tenants
           where data_platform_config_id = $1 and ($2::uuid is null or id = $2) order by slug""",
            platform_id,
            tenant_id,
        )
    )


async def insert_email(
    connection: asyncpg.Connection, *, tenant_id: UUID, provider: str, address: str | None
) -> asyncpg.Record:
    return await connection.fetchrow(
        f"insert into email_integrations (tenant_id, provider, address) values ($1, $2, $3) returning {_EMAIL}",
        tenant_id,
        provider,
        address,
    )


async def list_emails(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    return list(
        await connection.fetch(
            f"select {_EMAIL} from email_integrations where $1::uuid is null or tenant_id = $1 order by created_at, id",
            tenant_id,
        )
    )


async def lock_platform(connection: asyncpg.Connection, platform_id: UUID) -> asyncpg.Record:
    """The platform as it is now; it stays so until the transaction ends."""
    return await connection.fetchrow(f"select {_PLATFORM} from data_platforms where id = $1 for update", platform_id)


async def update_platform(
    connection: asyncpg.Connection, platform_id: UUID, *, name: str | None, region: str | None
) -> None:
    """What is not given stays as it is."""
    await connection.execute(
        """update data_platforms set name = coalesce($2, name), region = coalesce($3, region), updated_at = now()
           where id = $1""",
        platform_id,
        name,
        region,
    )


async def kept_secrets(connection: asyncpg.Connection, platform_id: UUID) -> str | None:
    """The secrets that Workspace still keeps under its own key."""
    found: str | None = await connection.fetchval(
        "select secrets from data_platforms where id = $1 for update", platform_id
    )
    return found


async def forget_secrets(connection: asyncpg.Connection, platform_id: UUID) -> None:
    await connection.execute("update data_platforms set secrets = null where id = $1", platform_id)


async def bound_cells(connection: asyncpg.Connection, platform_id: UUID) -> list[asyncpg.Record]:
    """Living tenants bound to the platform, with the keys of their cells."""
    return list(
        await connection.fetch(
            """select id, sealing_public_key from tenants
               where data_platform_config_id = $1 and status not in ('DEPROVISIONING', 'DECOMMISSIONED') order by id""",
            platform_id,
        )
    )


async def put_sealed(connection: asyncpg.Connection, platform_id: UUID, tenant_id: UUID, sealed: str) -> None:
    await connection.execute(
        """insert into data_platform_secrets (platform_id, tenant_id, sealed) values ($1, $2, $3)
           on conflict (platform_id, tenant_id) do update set sealed = excluded.sealed, created_at = now()""",
        platform_id,
        tenant_id,
        sealed,
    )


async def active_cell(
    connection: asyncpg.Connection, platform_id: UUID, tenant_id: UUID | None
) -> asyncpg.Record | None:
    """An active tenant bound to the platform, with the secrets sealed to its cell; best one that has them."""
    return await connection.fetchrow(
        """select tenants.slug, sealed from tenants
           left join data_platform_secrets on platform_id = $1 and tenant_id = tenants.id
           where data_platform_config_id = $1 and status = 'ACTIVE' and ($2::uuid is null or tenants.id = $2)
           order by sealed is null, tenants.slug limit 1""",
        platform_id,
        tenant_id,
    )
