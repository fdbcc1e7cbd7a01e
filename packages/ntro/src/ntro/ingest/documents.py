"""Documents: bytes as they were submitted or produced, stored once per place and content."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID

from ntro.data import DataPlane, stable_id
from ntro.ingest.models import DocumentMetadata, SubmittedDocument

MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
OUTPUT_SOURCE = "output:"
_METADATA = (
    "id, entity_id, entity_slug, period, source, filename, content_type, size_bytes, sha256, uploaded_by, uploaded_at,"
    " task_id"
)


async def fetch_submitted_document_by_id(db: DataPlane, *, document_ref: str) -> SubmittedDocument | None:
    """The document with its bytes, `None` where there is none of that id.

    Raises:
        ValueError: `document_ref` is not a UUID.
    """
    query = f"select {_METADATA}, data_bytes from ingest.submitted_documents where id = $1"
    row = await db.fetchrow(query, _document_id(document_ref))
    return None if row is None else SubmittedDocument.model_validate(row)


async def fetch_document_metadata(db: DataPlane, *, document_ref: str) -> DocumentMetadata | None:
    """The document without its bytes, `None` where there is none of that id.

    Raises:
        ValueError: `document_ref` is not a UUID.
    """
    query = f"select {_METADATA} from ingest.submitted_documents where id = $1"
    row = await db.fetchrow(query, _document_id(document_ref))
    return None if row is None else DocumentMetadata.model_validate(row)


async def fetch_latest_submitted_document(
    db: DataPlane, *, entity_slug: str, source: str, period: str | None = None, task_id: str | None = None
) -> SubmittedDocument | None:
    """The document of `source` that was uploaded last, with its bytes; `period` and `task_id` narrow it."""
    row = await db.fetchrow(
        f"""select {_METADATA}, data_bytes from ingest.submitted_documents
            where entity_slug = $1 and source = $2
              and ($3::text is null or period = $3) and ($4::text is null or task_id = $4)
            order by uploaded_at desc, id limit 1""",
        entity_slug,
        source,
        period,
        task_id,
    )
    return None if row is None else SubmittedDocument.model_validate(row)


async def list_submitted_documents(
    db: DataPlane,
    *,
    entity_slug: str,
    period: str | None = None,
    source_prefix: str | None = None,
    task_id: str | None = None,
    limit: int = 100,
) -> list[DocumentMetadata]:
    """Documents of an entity without their bytes, newest first. `source_prefix` is taken literally."""
    rows = await db.fetch(
        f"""select {_METADATA} from ingest.submitted_documents
            where entity_slug = $1 and ($2::text is null or period = $2)
              and ($3::text is null or starts_with(source, $3)) and ($4::text is null or task_id = $4)
            order by uploaded_at desc, id limit $5""",
        entity_slug,
        period,
        source_prefix,
        task_id,
        limit,
    )
    return [DocumentMetadata.model_validate(row) for row in rows]


async def insert_submitted_document(
    db: DataPlane,
    *,
    entity_slug: str,
    period: str | None,
    source: str,
    filename: str,
    content_type: str,
    data_bytes: bytes,
    task_id: str | None,
    entity_id: UUID | str | None = None,
    uploaded_by: str | None = None,
) -> DocumentMetadata:
    """Stores a document and returns it without its bytes.

    The same bytes for the same entity, source and task are one document: storing them again returns the first.

    Raises:
        ValueError: the document is empty or larger than `MAX_DOCUMENT_BYTES`.
    """
    if not data_bytes:
        raise ValueError(f"{filename} is empty; a document has at least one byte.")
    if len(data_bytes) > MAX_DOCUMENT_BYTES:
        raise ValueError(f"{filename} has {len(data_bytes)} bytes; the limit is {MAX_DOCUMENT_BYTES}.")
    digest = await asyncio.to_thread(lambda: hashlib.sha256(data_bytes).hexdigest())
    row = await db.fetchrow(
        f"""insert into ingest.submitted_documents
                (id, entity_id, entity_slug, period, source, filename, content_type, size_bytes, sha256, data_bytes,
                 uploaded_by, task_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            on conflict do nothing returning {_METADATA}""",
        stable_id("document", entity_slug, source, task_id, digest),
        entity_id,
        entity_slug,
        period,
        source,
        filename,
        content_type,
        len(data_bytes),
        digest,
        data_bytes,
        uploaded_by,
        task_id,
    )
    if row is None:
        row = await _stored(db, entity_slug, source, task_id, digest)
    return DocumentMetadata.model_validate(row)


async def write_output_document(
    db: DataPlane,
    *,
    name: str,
    entity_slug: str,
    period: str | None,
    filename: str,
    content_type: str,
    data_bytes: bytes,
    task_id: str | None,
    entity_id: UUID | str | None = None,
) -> DocumentMetadata:
    """Stores a file that a run produced, as a document of source `output:<name>`.

    Raises:
        ValueError: `name` is empty or holds a colon, or the file is empty or too large.
    """
    if not name or ":" in name:
        raise ValueError(f"An output is named without a colon and not by an empty text; got {name!r}.")
    return await insert_submitted_document(
        db,
        entity_slug=entity_slug,
        period=period,
        source=f"{OUTPUT_SOURCE}{name}",
        filename=filename,
        content_type=content_type,
        data_bytes=data_bytes,
        task_id=task_id,
        entity_id=entity_id,
    )


async def _stored(db: DataPlane, entity_slug: str, source: str, task_id: str | None, digest: str) -> dict[str, Any]:
    row = await db.fetchrow(
        f"""select {_METADATA} from ingest.submitted_documents
            where coalesce(task_id, '') = coalesce($3, '') and entity_slug = $1 and source = $2 and sha256 = $4""",
        entity_slug,
        source,
        task_id,
        digest,
    )
    if row is None:
        raise RuntimeError(f"A document of source {source!r} was removed while the same one was being stored; retry.")
    return row


def _document_id(document_ref: str) -> UUID:
    try:
        return UUID(document_ref.removeprefix("doc:"))
    except ValueError:
        raise ValueError(f"{document_ref!r} is not a document reference; expected a UUID.") from None
