"""What the observer reads, and its place in the log. Its observations go into the log like everything else."""

from datetime import datetime
from typing import Any

import asyncpg

from ntro_tenant.observer.deadlines import Awaited
from ntro_tenant.observer.duplicates import INVOICES, Submitted
from ntro_tenant.observer.observations import OBSERVATION, SOURCE, Happening

MAX_EARLIER = 500
"""How many earlier events of an entity are looked through for the same invoice."""

MAX_RUNS = 50
"""How many earlier runs say what is usual."""

_HAPPENING = """
select e.seq, e.task_id, e.workflow_id as run_id, e.type, e.source, e.payload, e.at, t.entity_id, t.period,
       coalesce(r.slug, t.runbook_slug) as runbook_slug
from system.events e
join system.tasks t on t.id = e.task_id
left join system.runs r on r.workflow_id = e.workflow_id
"""
_WORKED = """
select greatest(0, extract(epoch from s.completed_at - s.started_at - coalesce((
           select sum(coalesce(g.closed_at, s.completed_at) - g.opened_at) from system.gates g
           where g.task_id = r.task_id and ((g.workflow_id = s.workflow_id and g.step_id = s.step_id)
               or starts_with(g.workflow_id, s.workflow_id || ':' || s.step_id || ':'))), interval '0')) * 1000)::bigint
from system.steps s join system.runs r on r.workflow_id = s.workflow_id
where s.status = 'completed' and s.visits = 1
"""


async def locked_place(connection: asyncpg.Connection) -> int:
    """The number of the last event that was observed; nobody else observes until the transaction ends."""
    found: int = await connection.fetchval("select observed from system.observer for update")
    return found


async def set_place(connection: asyncpg.Connection, seq: int) -> None:
    await connection.execute("update system.observer set observed = $1", seq)


async def last_event(connection: asyncpg.Connection, *, after: int, limit: int) -> int | None:
    """The number of the `limit`th event after `after`, or of the last where there are fewer."""
    found: int | None = await connection.fetchval(
        "select max(seq) from (select seq from system.events where seq > $1 order by seq limit $2) batch", after, limit
    )
    return found


async def happenings(connection: asyncpg.Connection, *, after: int, up_to: int) -> list[Happening]:
    """The events of tasks between two numbers, the latter included, oldest first; the observer's own are left out."""
    rows = await connection.fetch(
        _HAPPENING + "where e.seq > $1 and e.seq <= $2 and e.source <> $3 order by e.seq", after, up_to, SOURCE
    )
    return [Happening(**row) for row in rows]


async def tenant_config(connection: asyncpg.Connection) -> Any:
    """The tenant's config, as Workspace last told it."""
    return await connection.fetchval("select config from system.tenant limit 1")


async def event_of_earlier_period(connection: asyncpg.Connection, event: Happening) -> Happening | None:
    """The latest event of the same kind, runbook and entity of the nearest period before."""
    row = await connection.fetchrow(
        _HAPPENING
        + """
        where e.type = $1 and e.source = 'runbook' and e.seq < $2 and t.entity_id = $3 and t.period < $4
          and coalesce(r.slug, t.runbook_slug) = $5
        order by t.period desc, e.seq desc limit 1
        """,
        event.type,
        event.seq,
        event.entity_id,
        event.period,
        event.runbook_slug,
    )
    return Happening(**row) if row else None


async def earlier_readings(connection: asyncpg.Connection, event: Happening) -> list[Happening]:
    """The newest readings of documents of the entity before the event."""
    rows = await connection.fetch(
        _HAPPENING
        + """
        where e.type = any($1::text[]) and e.source = 'runbook' and e.seq < $2 and t.entity_id = $3
        order by e.seq desc limit $4
        """,
        list(INVOICES),
        event.seq,
        event.entity_id,
        MAX_EARLIER,
    )
    return [Happening(**row) for row in rows]


async def earlier_submissions(connection: asyncpg.Connection, *, sha256: str, document_id: str) -> list[Submitted]:
    """Documents of the same bytes that were submitted before this one, the first of them first."""
    rows = await connection.fetch(
        """
        select d.id, d.task_id, d.source, d.filename, d.uploaded_at
        from ingest.submitted_documents d
        join ingest.submitted_documents own on own.id::text = $2
        where d.sha256 = $1 and d.id <> own.id and d.uploaded_at <= own.uploaded_at
        order by d.uploaded_at, d.id limit 10
        """,
        sha256,
        document_id,
    )
    return [Submitted(**row) for row in rows]


async def worked(connection: asyncpg.Connection, *, run_id: str, step_id: str) -> int | None:
    """How long a completed step worked, in milliseconds; none where it was visited more than once.

    The time that gates of the step, and of the runs that it started, were open is left out.
    """
    found: int | None = await connection.fetchval(
        _WORKED + "and s.workflow_id = $1 and s.step_id = $2", run_id, step_id
    )
    return found


async def worked_before(
    connection: asyncpg.Connection, *, runbook: str, step_id: str, run_id: str, until: datetime
) -> list[int]:
    """How long the step worked in the newest other runs that completed it before, in milliseconds."""
    rows = await connection.fetch(
        _WORKED
        + """
        and r.slug = $1 and s.step_id = $2 and s.workflow_id <> $3 and s.completed_at < $4
        order by s.completed_at desc limit $5
        """,
        runbook,
        step_id,
        run_id,
        until,
        MAX_RUNS,
    )
    return [row[0] for row in rows]


async def awaited_documents(connection: asyncpg.Connection) -> list[Awaited]:
    """Open gates for documents that have a deadline and were not noted yet."""
    rows = await connection.fetch(
        """
        select g.id as gate_id, g.task_id, g.workflow_id as run_id, g.step_id, g.args ->> 'source' as source, g.reason,
               g.opened_at, g.deadline
        from system.gates g
        where g.status = 'open' and g.kind in ('submit_file', 'submit_files') and g.deadline is not null
          and not exists (select from system.events e where e.record_key = $1 || ':missing_document:' || g.id)
        order by g.deadline, g.id
        """,
        OBSERVATION,
    )
    return [Awaited(**row) for row in rows]
