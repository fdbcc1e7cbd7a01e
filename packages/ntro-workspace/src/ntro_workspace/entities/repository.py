"""SQL of entities."""

from typing import Any
from uuid import UUID

import asyncpg

_COLUMNS = """id, tenant_id, name, slug, type, jurisdiction, currency, schema, config,
    normalised_name, created_at, updated_at"""


async def insert(
    connection: asyncpg.Connection, *, tenant_id: UUID, normalised_name: str, values: dict[str, Any]
) -> asyncpg.Record | None:
    """The new entity, or none where the slug is taken in the tenant."""
    return await connection.fetchrow(
        f"""insert into entities
              (tenant_id, normalised_name, name, slug, type, jurisdiction, currency, schema, config)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (tenant_id, slug) do nothing returning {_COLUMNS}""",
        tenant_id,
        normalised_name,
        values["name"],
        values["slug"],
        values["type"],
        values["jurisdiction"],
        values["currency"],
        values["schema"],
        values["config"],
    )


async def find(connection: asyncpg.Connection, tenant_id: UUID, entity_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(
        f"select {_COLUMNS} from entities where tenant_id = $1 and id = $2", tenant_id, entity_id
    )


async def lock(connection: asyncpg.Connection, tenant_id: UUID, entity_id: UUID) -> asyncpg.Record:
    """The entity as it is now; it stays so until the transaction ends."""
    return await connection.fetchrow(
        f"select {_COLUMNS} from entities where tenant_id = $1 and id = $2 for update", tenant_id, entity_id
    )


async def find_by_slug(connection: asyncpg.Connection, tenant_id: UUID, slug: str) -> asyncpg.Record | None:
    return await connection.fetchrow(
        f"select {_COLUMNS} from entities where tenant_id = $1 and slug = $2", tenant_id, slug
    )


async def find_anywhere(connection: asyncpg.Connection, reference: str, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """Entities with that id or slug, of one tenant or of all."""
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from entities
            where (id::text = lower($1) or slug = $1) and ($2::uuid is null or tenant_id = $2)
            order by (id::text = lower($1)) desc, created_at limit 2""",
            reference,
            tenant_id,
        )
    )


async def list_all(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """Entities of one tenant or of all, by slug."""
    return list(
        await connection.fetch(
            f"select {_COLUMNS} from entities where $1::uuid is null or tenant_id = $1 order by slug, tenant_id",
            tenant_id,
        )
    )


async def same_name(
    connection: asyncpg.Connection, tenant_id: UUID, normalised_name: str, but: UUID
) -> list[asyncpg.Record]:
    return list(
        await connection.fetch(
            """select id, name, slug from entities
           where tenant_id = $1 and normalised_name = $2 and id <> $3 order by slug limit 5""",
            tenant_id,
            normalised_name,
            but,
        )
    )


async def set_config(
    connection: asyncpg.Connection, tenant_id: UUID, entity_id: UUID, config: dict[str, Any]
) -> asyncpg.Record:
    return await connection.fetchrow(
        f"""update entities set config = $3, updated_at = now()
            where tenant_id = $1 and id = $2 returning {_COLUMNS}""",
        tenant_id,
        entity_id,
        config,
    )
