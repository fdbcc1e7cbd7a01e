"""Records that were submitted as data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to be kept. Numbers with a point in `data` are text."""

    id: UUID
    task_id: UUID
    entity_id: UUID
    entity_slug: str
    kind: str | None
    source_ref: dict[str, Any] | None
    data: dict[str, Any]


async def store_record(connection: asyncpg.Connection, record: NewRecord) -> datetime | None:
    """Keeps the record and returns when; none where one of its id is there already."""
    received: datetime | None = await connection.fetchval(
        """
        insert into ingest.submitted_records (id, entity_id, entity_slug, task_id, kind, source_ref, data)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing returning received_at
        """,
        record.id,
        record.entity_id,
        record.entity_slug,
        str(record.task_id),
        record.kind,
        record.source_ref,
        record.data,
    )
    return received


async def received_before(connection: asyncpg.Connection, record: NewRecord) -> datetime | None:
    """When this very record came; none where the id is that of another."""
    received: datetime | None = await connection.fetchval(
        """
        select received_at from ingest.submitted_records
        where id = $1 and entity_id = $2 and task_id = $3 and kind is not distinct from $4
          and source_ref is not distinct from $5::jsonb and data = $6::jsonb
        """,
        record.id,
        record.entity_id,
        str(record.task_id),
        record.kind,
        record.source_ref,
        record.data,
    )
    return received
