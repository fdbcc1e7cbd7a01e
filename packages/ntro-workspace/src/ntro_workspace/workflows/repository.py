"""SQL of workflows (bindings) and capabilities."""

from typing import Any
from uuid import UUID

import asyncpg

_COLUMNS = """workflows.id, workflows.tenant_id, workflows.entity_id, runbook_slug, runbook_version, workflows.name,
    description, schedule, timezone, paused, overlap, default_config, workflows.created_at, workflows.updated_at,
    (select id from organisation) as org_id,
    jsonb_build_object('id', entities.id, 'name', entities.name, 'slug', entities.slug,
                       'tenantId', entities.tenant_id) as entity"""
_JOINED = "workflows join entities on entities.id = workflows.entity_id"
_MUTABLE = frozenset(
    {"name", "description", "schedule", "timezone", "runbook_version", "default_config", "paused", "overlap"}
)


async def insert(connection: asyncpg.Connection, values: dict[str, Any]) -> UUID | None:
    """The new binding's id, or none where the name is taken."""
    found: UUID | None = await connection.fetchval(
        """insert into workflows (tenant_id, entity_id, runbook_slug, runbook_version, name, description,
                                  schedule, timezone, default_config, overlap, id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($11, gen_random_uuid()))
           on conflict (name) do nothing returning id""",
        values["tenant_id"],
        values["entity_id"],
        values["runbook_slug"],
        values["runbook_version"],
        values["name"],
        values["description"],
        values["schedule"],
        values["timezone"],
        values["default_config"],
        values["overlap"],
        values["id"],
    )
    return found


async def name_taken(connection: asyncpg.Connection, name: str, but: UUID | None = None) -> bool:
    taken: bool = await connection.fetchval(
        "select exists (select 1 from workflows where name = $1 and ($2::uuid is null or id <> $2))", name, but
    )
    return taken


async def find(connection: asyncpg.Connection, workflow_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_COLUMNS} from {_JOINED} where workflows.id = $1", workflow_id)


async def lock(connection: asyncpg.Connection, workflow_id: UUID) -> asyncpg.Record:
    """The binding as it is now; it stays so until the transaction ends."""
    return await connection.fetchrow(
        f"select {_COLUMNS} from {_JOINED} where workflows.id = $1 for update of workflows", workflow_id
    )


async def find_by_name(connection: asyncpg.Connection, name: str) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_COLUMNS} from {_JOINED} where workflows.name = $1", name)


async def list_all(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """Bindings of one tenant or of all, by name."""
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from {_JOINED}
                where $1::uuid is null or workflows.tenant_id = $1 order by workflows.name""",
            tenant_id,
        )
    )


async def update(connection: asyncpg.Connection, workflow_id: UUID, changes: dict[str, Any]) -> None:
    """Sets the given columns."""
    assert changes.keys() <= _MUTABLE
    for column, value in changes.items():
        await connection.execute(f"update workflows set {column} = $2 where id = $1", workflow_id, value)
    await connection.execute("update workflows set updated_at = now() where id = $1", workflow_id)


async def insert_capability(
    connection: asyncpg.Connection, name: str, description: str | None, version: str | None
) -> asyncpg.Record:
    return await connection.fetchrow(
        """insert into capabilities (name, description, version) values ($1, $2, $3)
           returning id, name, description, version, created_at""",
        name,
        description,
        version,
    )


async def list_capabilities(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    return list(
        await connection.fetch("select id, name, description, version, created_at from capabilities order by name, id")
    )
