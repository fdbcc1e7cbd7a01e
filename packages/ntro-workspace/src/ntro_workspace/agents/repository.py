"""SQL of agents and their versions."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from ntro.workspace.models import AgentCreate, AgentVersionCreate

_COLUMNS = """id, tenant_id, name, description, kind, external_ref, credentials_ref, capability_manifest, created_at,
    updated_at"""


async def insert(connection: asyncpg.Connection, tenant_id: UUID, body: AgentCreate) -> asyncpg.Record | None:
    """The new agent, or none where the name is taken in the tenant."""
    return await connection.fetchrow(
        f"""insert into agents (tenant_id, name, description, kind, external_ref, credentials_ref, capability_manifest)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, name) do nothing returning {_COLUMNS}""",
        tenant_id,
        body.name,
        body.description,
        *body.reference,
        body.credentialsRef,
        None if body.capabilityManifest is None else body.capabilityManifest.settings,
    )


async def find(connection: asyncpg.Connection, agent_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow(f"select {_COLUMNS} from agents where id = $1", agent_id)


async def list_all(
    connection: asyncpg.Connection, tenant_id: UUID | None, hidden: Sequence[str]
) -> list[asyncpg.Record]:
    """Agents of one tenant or of all by name, but for those of hidden kinds."""
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from agents
                where ($1::uuid is null or tenant_id = $1) and kind <> all($2::text[]) order by name, id""",
            tenant_id,
            list(hidden),
        )
    )


async def delete(connection: asyncpg.Connection, agent_id: UUID) -> None:
    await connection.execute("delete from agents where id = $1", agent_id)


async def has_valid_key(connection: asyncpg.Connection, agent_id: UUID, key_id: str, tenant_id: UUID) -> bool:
    """Whether the key is one of the agent's, the agent one of the tenant's, and neither has ended."""
    found: bool = await connection.fetchval(
        """select exists (
             select 1 from api_keys join agents on agents.id = api_keys.agent_id
             where agents.id = $1 and agents.tenant_id = $3 and api_keys.id = $2
               and revoked_at is null and (expires_at is null or expires_at > now()))""",
        agent_id,
        key_id,
        tenant_id,
    )
    return found


async def insert_version(connection: asyncpg.Connection, agent_id: UUID, body: AgentVersionCreate) -> asyncpg.Record:
    """The next version; the agent's row lock keeps the numbers without a gap."""
    await connection.execute("update agents set updated_at = now() where id = $1", agent_id)
    return await connection.fetchrow(
        """insert into agent_versions (agent_id, version, artifact_url, changelog)
           values ($1, (select coalesce(max(version), 0) + 1 from agent_versions where agent_id = $1), $2, $3)
           returning id, agent_id, version, artifact_url, changelog, created_at""",
        agent_id,
        body.artifactUrl,
        body.changelog,
    )


async def list_versions(connection: asyncpg.Connection, agent_id: UUID) -> list[asyncpg.Record]:
    return list(
        await connection.fetch(
            """select id, agent_id, version, artifact_url, changelog, created_at from agent_versions
           where agent_id = $1 order by version""",
            agent_id,
        )
    )
