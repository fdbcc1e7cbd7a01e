"""Records that were submitted as data."""

from typing import Any
from uuid import UUID

from ntro.data import DataPlane, stable_id
from ntro.ingest.models import SubmittedRecord

_COLUMNS = "id, entity_id, entity_slug, task_id, kind, source_ref, data, received_at"


async def insert_submitted_record(
    db: DataPlane,
    *,
    id: str | None,  # noqa: A002  # the contract's name
    entity_slug: str,
    task_id: str | None,
    kind: str | None,
    source_ref: dict[str, Any] | None,
    data: dict[str, Any],
    entity_id: UUID | str | None = None,
) -> SubmittedRecord:
    """Stores a record; without `id` one is made. A record of an id that is stored already is returned as it is.

    Raises:
        ValueError: the id belongs to a record of another entity or task.
    """
    row_id = UUID(id) if id else stable_id("record", entity_slug, task_id, kind, source_ref)
    row = await db.fetchrow(
        f"""insert into ingest.submitted_records (id, entity_id, entity_slug, task_id, kind, source_ref, data)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing returning {_COLUMNS}""",
        row_id,
        entity_id,
        entity_slug,
        task_id,
        kind,
        source_ref,
        data,
    )
    if row is None:
        row = await db.fetchrow(
            f"select {_COLUMNS} from ingest.submitted_records where id = $1 and entity_slug = $2"
            " and task_id is not distinct from $3",
            row_id,
            entity_slug,
            task_id,
        )
    if row is None:
        raise ValueError(f"Record {row_id} belongs to another entity or task; submit it under its own id.")
    return SubmittedRecord.model_validate(row)


async def list_submitted_records(
    db: DataPlane, *, entity_slug: str, task_id: str | None = None, kind: str | None = None, limit: int = 1000
) -> list[SubmittedRecord]:
    """Records of an entity in the order in which they came; `task_id` and `kind` narrow them."""
    rows = await db.fetch(
        f"""select {_COLUMNS} from ingest.submitted_records
            where entity_slug = $1 and ($2::text is null or task_id = $2) and ($3::text is null or kind = $3)
            order by received_at, id limit $4""",
        entity_slug,
        task_id,
        kind,
        limit,
    )
    return [SubmittedRecord.model_validate(row) for row in rows]
