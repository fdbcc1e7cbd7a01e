"""SQL of workflow definitions, their versions and the deployments of those."""

from typing import Any
from uuid import UUID

import asyncpg

_DEFINITION = """workflow_definitions.id, tenant_id, name, slug as runbook_slug, description, schedule, timezone,
    created_at, updated_at, (select id from organisation) as org_id,
    (select version from workflow_versions where workflow_id = workflow_definitions.id
     order by created_at desc limit 1) as latest_version"""
_VERSION = "id, workflow_id, version, slug, sha256, created_at"


async def insert(connection: asyncpg.Connection, values: dict[str, Any]) -> UUID | None:
    """The new definition's id, or none where its name, or the slug made of it, is taken."""
    found: UUID | None = await connection.fetchval(
        """insert into workflow_definitions (tenant_id, name, slug, description, schedule, timezone)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id""",
        values["tenant_id"],
        values["name"],
        values["slug"],
        values["description"],
        values["schedule"],
        values["timezone"],
    )
    return found


async def find(connection: asyncpg.Connection, definition_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_DEFINITION} from workflow_definitions where id = $1", definition_id)


async def find_by_name(connection: asyncpg.Connection, name: str) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_DEFINITION} from workflow_definitions where name = $1", name)


async def put_version(connection: asyncpg.Connection, definition_id: UUID, slug: str, sha256: str) -> asyncpg.Record:
    """The version with these files: the one there is, or the next."""
    await connection.execute("select 1 from workflow_definitions where id = $1 for update", definition_id)
    await connection.execute(
        """insert into workflow_versions (workflow_id, version, slug, sha256)
           select $1, (count(*) + 1)::text, $2, $3 from workflow_versions where workflow_id = $1
           on conflict (workflow_id, sha256) do nothing""",
        definition_id,
        slug,
        sha256,
    )
    return await connection.fetchrow(
        f"select {_VERSION} from workflow_versions where workflow_id = $1 and sha256 = $2", definition_id, sha256
    )


async def version(connection: asyncpg.Connection, definition_id: UUID, version_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(
        f"select {_VERSION} from workflow_versions where workflow_id = $1 and id = $2", definition_id, version_id
    )


async def insert_deployment(
    connection: asyncpg.Connection, deployment_id: UUID, version: asyncpg.Record, entity_id: UUID | None
) -> None:
    await connection.execute(
        """insert into version_deployments (deployment_id, workflow_id, version_id, entity_id)
           values ($1, $2, $3, $4) on conflict (deployment_id) do nothing""",
        deployment_id,
        version["workflow_id"],
        version["id"],
        entity_id,
    )


async def deployment(connection: asyncpg.Connection, deployment_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(
        """select deployments.id, workflow_id, version_id, tenant_id, entity_id, state, result, created_at
           from version_deployments join deployments on deployments.id = deployment_id where deployment_id = $1""",
        deployment_id,
    )
