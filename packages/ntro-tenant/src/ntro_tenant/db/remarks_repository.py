"""Observations that a model was not asked about yet."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from ntro_tenant.observer.observations import OBSERVATION


@dataclass(frozen=True, slots=True)
class Noted:
    """An observation as it stands in the log."""

    seq: int
    task_id: UUID
    run_id: str | None
    payload: dict[str, Any]


async def remarked(connection: asyncpg.Connection) -> int:
    """The number of the last event that was looked at for remarks."""
    found: int = await connection.fetchval("select remarked from system.observer")
    return found


async def next_observation(connection: asyncpg.Connection, *, after: int) -> Noted | None:
    """The first observation of a rule after the number."""
    row = await connection.fetchrow(
        """
        select seq, task_id, workflow_id as run_id, payload from system.events
        where seq > $1 and type = $2 and payload ->> 'rule' <> 'remark' order by seq limit 1
        """,
        after,
        OBSERVATION,
    )
    return Noted(**row) if row else None


async def claim(connection: asyncpg.Connection, *, seq: int, after: int) -> bool:
    """Takes the observation for this process; false where another took it."""
    return bool(
        await connection.fetchval(
            "update system.observer set remarked = $1 where remarked = $2 returning true", seq, after
        )
    )
