"""SQL of the command outbox."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg


async def put(
    connection: asyncpg.Connection, *, tenant_id: UUID, command: str, key: str, value: dict[str, Any]
) -> None:
    await connection.execute(
        "insert into command_outbox (tenant_id, command, key, input) values ($1, $2, $3, $4)",
        tenant_id,
        command,
        key,
        value,
    )


async def drop_unsent(connection: asyncpg.Connection, *, tenant_id: UUID, command: str, key: str | None = None) -> None:
    """Removes what a newer command replaces."""
    await connection.execute(
        "delete from command_outbox where tenant_id = $1 and command = $2 and ($3::text is null or key = $3)",
        tenant_id,
        command,
        key,
    )


async def due(connection: asyncpg.Connection, limit: int) -> list[asyncpg.Record]:
    """The oldest commands of tenants with a cell that may be tried now, with the slug of their tenant."""
    return list(
        await connection.fetch(
            """select command_outbox.id, command, key, input, attempts, tenants.slug as tenant_slug
           from command_outbox join tenants on tenants.id = tenant_id
           where tenants.status = 'ACTIVE' and next_attempt_at <= now() order by command_outbox.id limit $1""",
            limit,
        )
    )


async def seconds_to_next(connection: asyncpg.Connection) -> float | None:
    """How long until the next command may be tried; none where nothing waits."""
    found = await connection.fetchval(
        """select extract(epoch from min(next_attempt_at) - now()) from command_outbox
           join tenants on tenants.id = tenant_id where tenants.status = 'ACTIVE'"""
    )
    return None if found is None else float(found)


async def done(connection: asyncpg.Connection, command_id: int) -> None:
    await connection.execute("delete from command_outbox where id = $1", command_id)


async def postpone(connection: asyncpg.Connection, command_id: int, delay: timedelta) -> None:
    await connection.execute(
        "update command_outbox set attempts = attempts + 1, next_attempt_at = now() + $2 where id = $1",
        command_id,
        delay,
    )


async def registry_rows(
    connection: asyncpg.Connection, tenant_id: UUID
) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    """All entities and all workflows of a tenant, ordered."""
    entities = await connection.fetch(
        """select id, slug, name, type, jurisdiction, currency, config from entities
           where tenant_id = $1 order by slug""",
        tenant_id,
    )
    workflows = await connection.fetch(
        """select id, name, runbook_slug, runbook_version, entity_id, schedule, timezone, default_config
           from workflows where tenant_id = $1 order by name""",
        tenant_id,
    )
    return entities, workflows


async def next_revision(connection: asyncpg.Connection, tenant_id: UUID) -> asyncpg.Record:
    """Counts the registry's revision up; the row lock orders concurrent changes of one tenant."""
    return await connection.fetchrow(
        """update tenants set revision = revision + 1 where id = $1
           returning id, name, slug, status, config, revision""",
        tenant_id,
    )


async def tenant_head(connection: asyncpg.Connection, tenant_id: UUID) -> asyncpg.Record:
    return await connection.fetchrow("select id, name, config, revision from tenants where id = $1", tenant_id)
