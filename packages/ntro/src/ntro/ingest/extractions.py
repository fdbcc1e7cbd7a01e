"""What was read from documents, as it was reviewed and committed."""

from typing import Any
from uuid import UUID

from ntro.data import DataPlane, stable_id
from ntro.ingest.models import ExtractedDocument

_COLUMNS = (
    "id, entity_id, entity_slug, period, source, document_ref, schema_slug, payload, corrections, provenance, task_id,"
    " created_at"
)


async def insert_extracted_document(
    db: DataPlane,
    *,
    entity_slug: str,
    period: str,
    source: str,
    document_ref: str,
    schema_slug: str,
    payload: dict[str, Any],
    corrections: list[dict[str, Any]],
    task_id: str | None,
    entity_id: UUID | str | None = None,
    provenance: dict[str, Any] | None = None,
) -> ExtractedDocument:
    """Stores what was read from a document. `payload` may hold decimals, dates and ids; they are kept as text.

    A retry of the same activity returns the row that its first attempt stored.
    """
    row_id = stable_id("extraction", entity_slug, period, source, document_ref, schema_slug)
    row = await db.fetchrow(
        f"""insert into ingest.extracted_payloads
                (id, entity_id, entity_slug, period, source, document_ref, schema_slug, payload, corrections,
                 provenance, task_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (id) do nothing returning {_COLUMNS}""",
        row_id,
        entity_id,
        entity_slug,
        period,
        source,
        document_ref,
        schema_slug,
        payload,
        corrections,
        provenance or {},
        task_id,
    )
    if row is None:
        row = await db.fetchrow(f"select {_COLUMNS} from ingest.extracted_payloads where id = $1", row_id)
    return ExtractedDocument.model_validate(row)


async def fetch_extracted_documents(
    db: DataPlane,
    *,
    entity_slug: str,
    source: str | None = None,
    period: str | None = None,
    task_id: str | None = None,
    limit: int = 100,
) -> list[ExtractedDocument]:
    """Extractions of an entity, newest first; `source`, `period` and `task_id` narrow them."""
    rows = await db.fetch(
        f"""select {_COLUMNS} from ingest.extracted_payloads
            where entity_slug = $1 and ($2::text is null or source = $2)
              and ($3::text is null or period = $3) and ($4::text is null or task_id = $4)
            order by created_at desc, id limit $5""",
        entity_slug,
        source,
        period,
        task_id,
        limit,
    )
    return [ExtractedDocument.model_validate(row) for row in rows]
