"""What a tenant says of its gates: in its config, and in that of an entity, which comes first."""

from typing import Any
from uuid import UUID

import asyncpg


async def gate_rules(connection: asyncpg.Connection, task_id: UUID) -> tuple[Any, Any]:
    """The member `gates` of the tenant's config and of the config of the task's entity, as they were written."""
    row = await connection.fetchrow(
        """
        select n.config -> 'gates' as tenant, e.config -> 'gates' as entity
        from system.tasks t join system.entities e on e.id = t.entity_id cross join system.tenant n where t.id = $1
        """,
        task_id,
    )
    return (row["tenant"], row["entity"]) if row else (None, None)


async def slugs_of_runs(connection: asyncpg.Connection, run_ids: list[str]) -> dict[str, str]:
    """The runbook of each run."""
    rows = await connection.fetch(
        "select workflow_id, slug from system.runs where workflow_id = any($1::text[])", run_ids
    )
    return {row["workflow_id"]: row["slug"] for row in rows}
