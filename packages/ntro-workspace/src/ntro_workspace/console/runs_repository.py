"""SQL of runs as the console lists them: states, counts, times and names of the registry."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from ntro_workspace.pages import Moment

_COLUMNS = """tasks.id, tasks.status, tasks.runbook_slug, tasks.runbook_version, tasks.period, awaiting, open_gates,
    tasks.scheduled, failure_type, failure_step, tasks.created_at, tasks.updated_at, tasks.started_at, tasks.closed_at,
    entities.name as entity_name, tenants.slug as tenant_slug, tenants.ui_url, workflows.name as workflow_name,
    jsonb_array_length(tasks.steps) as step_count,
    (select count(*) from jsonb_array_elements(tasks.steps) step where step ->> 'status' = 'COMPLETED') as steps_done"""
_JOINED = """tasks join tenants on tenants.id = tasks.tenant_id join entities on entities.id = tasks.entity_id
    join workflows on workflows.id = tasks.workflow_id"""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a list of runs is narrowed to; none means no narrowing."""

    tenant_id: UUID | None = None
    entity_id: UUID | None = None
    workflow_id: UUID | None = None
    status: str | None = None
    period: str | None = None


async def newest(
    connection: asyncpg.Connection, wanted: RunFilter, *, before: Moment | None, limit: int
) -> list[asyncpg.Record]:
    """Runs, newest first, from a place in the list on."""
    where, values = _narrowed(wanted)
    if before is not None:
        where += f" and (tasks.created_at, tasks.id) < (${len(values) + 1}, ${len(values) + 2})"
        values += [before.at, before.id]
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from {_JOINED} where {where}
                order by tasks.created_at desc, tasks.id desc limit {limit:d}""",
            *values,
        )
    )


async def waiting_longest(connection: asyncpg.Connection, wanted: RunFilter, limit: int) -> list[asyncpg.Record]:
    """Runs whose state has lasted longest, first."""
    where, values = _narrowed(wanted)
    return list(
        await connection.fetch(
            f"""select {_COLUMNS} from {_JOINED} where {where}
                order by tasks.updated_at, tasks.id limit {limit:d}""",
            *values,
        )
    )


def _narrowed(wanted: RunFilter) -> tuple[str, list[object]]:
    """The condition of a filter and its values: what narrows nothing is left out, so that indexes are used."""
    given = {
        "tasks.tenant_id": wanted.tenant_id,
        "tasks.entity_id": wanted.entity_id,
        "tasks.workflow_id": wanted.workflow_id,
        "tasks.status": wanted.status,
        "tasks.period": wanted.period,
    }
    used = {column: value for column, value in given.items() if value is not None}
    return " and ".join(f"{column} = ${number}" for number, column in enumerate(used, 1)) or "true", list(used.values())
