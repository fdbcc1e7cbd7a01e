"""SQL of what the console shows of runbooks, workflows, agents and keys."""

from uuid import UUID

import asyncpg


async def deployments(connection: asyncpg.Connection, tenant_id: UUID | None, slug: str) -> list[asyncpg.Record]:
    """Deployments of a runbook, newest first; why one failed stays unread."""
    return list(
        await connection.fetch(
            """select deployments.version, deployments.sha256, deployments.state, deployments.created_at,
                 deployments.closed_at, tenants.slug as tenant_slug, tenants.name as tenant_name,
                 deployments.id = (
                   select id from deployments latest where latest.tenant_id = deployments.tenant_id
                   and latest.slug = deployments.slug and latest.state = 'DEPLOYED'
                   order by latest.created_at desc limit 1) as is_latest
               from deployments join tenants on tenants.id = deployments.tenant_id
               where deployments.slug = $2 and ($1::uuid is null or deployments.tenant_id = $1)
               order by deployments.created_at desc, deployments.id limit 200""",
            tenant_id,
            slug,
        )
    )


async def tenants_of_runbooks(connection: asyncpg.Connection, tenant_id: UUID | None) -> dict[str, int]:
    """For how many tenants each runbook is deployed."""
    rows = await connection.fetch(
        """select slug, count(distinct tenant_id) as count from deployments
           where state = 'DEPLOYED' and ($1::uuid is null or tenant_id = $1) group by slug""",
        tenant_id,
    )
    return {row["slug"]: row["count"] for row in rows}


async def workflows_of_runbook(
    connection: asyncpg.Connection, tenant_id: UUID | None, slug: str
) -> list[asyncpg.Record]:
    """Bindings of a runbook, by name."""
    return list(
        await connection.fetch(
            """select workflows.name, runbook_version, entities.name as entity_name, tenants.slug as tenant_slug
               from workflows join entities on entities.id = workflows.entity_id
               join tenants on tenants.id = workflows.tenant_id
               where runbook_slug = $2 and ($1::uuid is null or workflows.tenant_id = $1)
               order by workflows.name limit 200""",
            tenant_id,
            slug,
        )
    )


async def workflows(
    connection: asyncpg.Connection, tenant_id: UUID | None, *, scheduled: bool, after: str, limit: int
) -> list[asyncpg.Record]:
    """Bindings by name, after a name; with `scheduled` those with a schedule alone."""
    return list(
        await connection.fetch(
            """select workflows.id, workflows.name, workflows.runbook_slug, workflows.runbook_version, schedule,
                 timezone, paused, overlap, entities.name as entity_name, tenants.slug as tenant_slug,
                 tenants.status as tenant_status, latest.status as last_status, latest.created_at as last_run
               from workflows join entities on entities.id = workflows.entity_id
               join tenants on tenants.id = workflows.tenant_id
               left join lateral (select status, created_at from tasks where workflow_id = workflows.id
                                  order by created_at desc limit 1) latest on true
               where ($1::uuid is null or workflows.tenant_id = $1) and (not $2 or schedule is not null)
                 and workflows.name > $3
               order by workflows.name limit $4""",
            tenant_id,
            scheduled,
            after,
            limit,
        )
    )


async def agents(connection: asyncpg.Connection, tenant_id: UUID | None) -> list[asyncpg.Record]:
    """Agents with their newest version and valid key, by tenant and name."""
    return list(
        await connection.fetch(
            """select agents.id, agents.name, agents.kind, agents.external_ref, agents.created_at,
                 tenants.slug as tenant_slug, live.id as key_id, live.last_used_at,
                 (select max(version) from agent_versions where agent_id = agents.id) as version
               from agents join tenants on tenants.id = agents.tenant_id
               left join lateral (
                 select id, last_used_at from api_keys where agent_id = agents.id and revoked_at is null
                 and (expires_at is null or expires_at > now()) order by created_at desc limit 1) live on true
               where $1::uuid is null or agents.tenant_id = $1 order by tenants.slug, agents.name, agents.id""",
            tenant_id,
        )
    )


_ENDED = "(revoked_at is not null or coalesce(expires_at <= now(), false))"
_SESSION = "(session_of is not null or (kind = 'user' and api_keys.name like 'session of %'))"
_KEYS = {
    "active": f"not {_ENDED} and not {_SESSION}",
    "sessions": f"not {_ENDED} and {_SESSION}",
    "ended": _ENDED,
}
KEY_SECTIONS = tuple(_KEYS)
MAX_KEYS = 500


async def keys(connection: asyncpg.Connection, tenant_id: UUID | None, section: str) -> list[asyncpg.Record]:
    """Keys of a section, newest first, at most 500, with whom they belong to."""
    return list(
        await connection.fetch(
            f"""select api_keys.id, kind, api_keys.name, scopes, api_keys.created_at, expires_at, revoked_at,
                  last_used_at, tenants.slug as tenant_slug, users.name as user_name
                from api_keys left join tenants on tenants.id = api_keys.tenant_id
                left join users on users.id = api_keys.user_id
                where ($1::uuid is null or api_keys.tenant_id = $1) and {_KEYS[section]}
                order by api_keys.created_at desc, api_keys.id limit {MAX_KEYS:d}""",
            tenant_id,
        )
    )


async def key_counts(connection: asyncpg.Connection, tenant_id: UUID | None) -> dict[str, int]:
    """How many keys each section has."""
    columns = ", ".join(f"count(*) filter (where {condition}) as {name}" for name, condition in _KEYS.items())
    row = await connection.fetchrow(
        f"select {columns} from api_keys where $1::uuid is null or tenant_id = $1", tenant_id
    )
    return dict(row)


async def names_of_actors(connection: asyncpg.Connection, actors: list[str]) -> dict[str, str]:
    """Names behind `key:<id>`, `user:<id>` and `agent:<id>`, where they are still known."""
    rows = await connection.fetch(
        """select 'key:' || id as actor, name from api_keys where 'key:' || id = any($1)
           union all select 'user:' || id, name from users where 'user:' || id = any($1)
           union all select 'agent:' || id, name from agents where 'agent:' || id = any($1)""",
        actors,
    )
    return {row["actor"]: row["name"] for row in rows}
