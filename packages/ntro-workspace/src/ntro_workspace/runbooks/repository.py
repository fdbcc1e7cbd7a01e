"""SQL of artifacts, deployments and feedback."""

from typing import Any
from uuid import UUID

import asyncpg

_COLUMNS = """deployments.id, deployments.tenant_id, deployments.slug, version, sha256, workflow_class, manifest, state,
    result, deployments.created_at"""


async def put_artifact(connection: asyncpg.Connection, sha256: str, content: bytes) -> None:
    await connection.execute(
        "insert into artifacts (sha256, content) values ($1, $2) on conflict (sha256) do nothing", sha256, content
    )


async def artifact(connection: asyncpg.Connection, sha256: str) -> bytes | None:
    found: bytes | None = await connection.fetchval("select content from artifacts where sha256 = $1", sha256)
    return found


async def artifact_of_tenant(connection: asyncpg.Connection, sha256: str, tenant_id: UUID | None) -> bytes | None:
    """The bundle, where it was deployed for the tenant."""
    found: bytes | None = await connection.fetchval(
        """select content from artifacts where sha256 = $1 and exists (
             select 1 from deployments where deployments.sha256 = $1 and ($2::uuid is null or tenant_id = $2))""",
        sha256,
        tenant_id,
    )
    return found


async def insert_deployment(connection: asyncpg.Connection, values: dict[str, Any]) -> UUID:
    found: UUID = await connection.fetchval(
        """insert into deployments (tenant_id, slug, version, sha256, workflow_class, manifest)
           values ($1, $2, $3, $4, $5, $6) returning id""",
        values["tenant_id"],
        values["slug"],
        values["version"],
        values["sha256"],
        values["workflow_class"],
        values["manifest"],
    )
    return found


async def open_deployment(
    connection: asyncpg.Connection, *, tenant_id: UUID, slug: str, version: str, sha256: str
) -> UUID | None:
    """The same deployment, where it is still under way."""
    found: UUID | None = await connection.fetchval(
        """select id from deployments where tenant_id = $1 and slug = $2 and version = $3 and sha256 = $4
           and state = 'PENDING' limit 1""",
        tenant_id,
        slug,
        version,
        sha256,
    )
    return found


async def deployment(connection: asyncpg.Connection, deployment_id: UUID) -> asyncpg.Record:
    return await connection.fetchrow(
        f"""select {_COLUMNS}, tenants.slug as tenant_slug from deployments
            join tenants on tenants.id = deployments.tenant_id where deployments.id = $1""",
        deployment_id,
    )


async def open_deployments(connection: asyncpg.Connection) -> list[UUID]:
    rows = await connection.fetch("select id from deployments where state = 'PENDING' order by created_at")
    return [row["id"] for row in rows]


async def close_deployment(
    connection: asyncpg.Connection, deployment_id: UUID, *, state: str, result: dict[str, Any]
) -> None:
    await connection.execute(
        "update deployments set state = $2, result = $3, closed_at = now() where id = $1 and state = 'PENDING'",
        deployment_id,
        state,
        result,
    )


async def current(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """The latest good deployment of each runbook, in one tenant or over all; by slug."""
    return list(
        await connection.fetch(
            f"""select distinct on (slug) {_COLUMNS} from deployments
            where state = 'DEPLOYED' and ($1::uuid is null or tenant_id = $1)
            order by slug, created_at desc""",
            tenant_id,
        )
    )


async def versions(connection: asyncpg.Connection, tenant_id: UUID, slug: str) -> set[str]:
    """Versions that were deployed for the tenant, or are being deployed."""
    rows = await connection.fetch(
        "select distinct version from deployments where tenant_id = $1 and slug = $2 and state <> 'FAILED'",
        tenant_id,
        slug,
    )
    return {row["version"] for row in rows}


async def insert_feedback(
    connection: asyncpg.Connection, *, slug: str, feedback: str, task_id: str | None, key_id: str
) -> asyncpg.Record:
    return await connection.fetchrow(
        """insert into feedback (runbook_slug, feedback, task_id, key_id) values ($1, $2, $3, $4)
           returning id, runbook_slug, feedback, task_id, created_at""",
        slug,
        feedback,
        task_id,
        key_id,
    )


async def feedback(connection: asyncpg.Connection, slug: str, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """The newest thousand remarks on the runbook; of one tenant those that were made with its keys."""
    return list(
        await connection.fetch(
            """select f.id, f.runbook_slug, f.feedback, f.task_id, f.created_at from feedback f
               left join api_keys k on k.id = f.key_id
               where f.runbook_slug = $1 and ($2::uuid is null or k.tenant_id = $2)
               order by f.created_at desc, f.id limit 1000""",
            slug,
            tenant_id,
        )
    )
