"""Events of the audit log that hold corrections, with the run and the gate that they belong to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

_EVENTS = """
select e.seq, e.type, e.actor, e.at, e.payload, e.task_id, e.workflow_id as run_id, r.slug as runbook_slug,
       r.runbook_version, t.period, n.slug as entity_slug, g.id as gate_id, g.step_id, g.payload_hash,
       g.payload as shown
from system.events e
join system.runs r on r.workflow_id = e.workflow_id
join system.tasks t on t.id = e.task_id
join system.entities n on n.id = t.entity_id
left join system.gates g on g.id = e.payload ->> 'gate_id'
where (e.type in ('row.action', 'ledger.row_edited', 'ledger.row_rejected')
       or (e.type = 'gate.closed' and e.payload #> '{decision,corrections}' <> '[]'::jsonb))
  and e.seq >= $1 and ($2::text is null or r.slug = $2) and ($3::timestamptz is null or e.at >= $3)
order by e.seq limit $4
"""


@dataclass(frozen=True, slots=True)
class CorrectingEvent:
    """An event by which a person corrected something. `shown` is what the gate showed when it was decided."""

    seq: int
    type: str
    actor: str | None
    at: datetime
    payload: dict[str, Any]
    task_id: UUID
    run_id: str
    runbook_slug: str
    runbook_version: str | None
    period: str | None
    entity_slug: str
    gate_id: str | None
    step_id: str | None
    payload_hash: str | None
    shown: Any


async def reading_agents(connection: asyncpg.Connection) -> Any:
    """What the tenant's config says of agents that read its corrections, as it was written."""
    return await connection.fetchval("select config #> '{corrections,agents}' from system.tenant limit 1")


async def correcting_events(
    connection: asyncpg.Connection, *, first: int, runbook: str | None, since: datetime | None, limit: int
) -> list[CorrectingEvent]:
    """The events from number `first` on, of the runbook and from the time on where they are given, oldest first."""
    rows = await connection.fetch(_EVENTS, first, runbook, since, limit)
    return [CorrectingEvent(**row) for row in rows]
