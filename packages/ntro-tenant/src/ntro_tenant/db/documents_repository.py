"""Submitted documents: rows and bytes. Bytes move in pieces, so that no process holds a document twice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from ntro_tenant.core.views import DocumentView

PIECE_BYTES = 4 * 1024 * 1024

_COLUMNS = "id, filename, source, content_type, size_bytes, sha256, uploaded_at, uploaded_by"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be stored for a task."""

    task_id: UUID
    entity_id: UUID
    entity_slug: str
    period: str | None
    source: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    uploaded_by: str


async def store_document(
    connection: asyncpg.Connection, document: NewDocument, pieces: AsyncIterator[bytes]
) -> DocumentView | None:
    """Stores the document; none where the same bytes are there already for this task and source."""
    await connection.execute(
        "create temporary table if not exists pieces (position integer, piece bytea) on commit delete rows"
    )
    await connection.copy_records_to_table(
        "pieces", records=_numbered(pieces), columns=["position", "piece"], schema_name="pg_temp"
    )
    row = await connection.fetchrow(
        f"""
        insert into ingest.submitted_documents
            (task_id, entity_id, entity_slug, period, source, filename, content_type, size_bytes, sha256,
             uploaded_by, data_bytes)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
               (select coalesce(string_agg(piece, ''::bytea order by position), ''::bytea) from pg_temp.pieces)
        on conflict do nothing returning {_COLUMNS}
        """,
        str(document.task_id),
        document.entity_id,
        document.entity_slug,
        document.period,
        document.source,
        document.filename,
        document.content_type,
        document.size_bytes,
        document.sha256,
        document.uploaded_by,
    )
    return DocumentView(**row) if row else None


async def untold_document(connection: asyncpg.Connection, task_id: UUID, source: str) -> DocumentView | None:
    """The oldest document of the task and source that no run of the task was told of."""
    row = await connection.fetchrow(
        f"""
        select {_COLUMNS} from ingest.submitted_documents d
        where d.task_id = $1 and d.source = $2
          and not exists (select 1 from system.signal_outbox o where o.payload ->> 'document_ref' = d.id::text)
        order by d.uploaded_at, d.id limit 1
        """,
        str(task_id),
        source,
    )
    return DocumentView(**row) if row else None


async def same_document(
    connection: asyncpg.Connection, task_id: UUID, entity_slug: str, source: str, sha256: str
) -> DocumentView | None:
    row = await connection.fetchrow(
        f"""
        select {_COLUMNS} from ingest.submitted_documents
        where task_id = $1 and entity_slug = $2 and source = $3 and sha256 = $4
        """,
        str(task_id),
        entity_slug,
        source,
        sha256,
    )
    return DocumentView(**row) if row else None


async def documents_of_task(
    connection: asyncpg.Connection, task_id: UUID, *, source: str | None, limit: int
) -> list[DocumentView]:
    """The task's documents, newest first."""
    rows = await connection.fetch(
        f"""
        select {_COLUMNS} from ingest.submitted_documents
        where task_id = $1 and ($2::text is null or source = $2) order by uploaded_at desc, id limit $3
        """,
        str(task_id),
        source,
        limit,
    )
    return [DocumentView(**row) for row in rows]


async def document_of_task(connection: asyncpg.Connection, task_id: UUID, document_id: UUID) -> DocumentView | None:
    row = await connection.fetchrow(
        f"select {_COLUMNS} from ingest.submitted_documents where task_id = $1 and id = $2", str(task_id), document_id
    )
    return DocumentView(**row) if row else None


async def document_piece(connection: asyncpg.Connection, task_id: UUID, document_id: UUID, offset: int) -> bytes:
    """At most four MiB of the document's bytes from `offset`; empty behind its end."""
    piece: bytes | None = await connection.fetchval(
        """
        select substring(data_bytes from $3::integer + 1 for $4::integer) from ingest.submitted_documents
        where task_id = $1 and id = $2
        """,
        str(task_id),
        document_id,
        offset,
        PIECE_BYTES,
    )
    return piece or b""


async def _numbered(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    position = 0
    async for piece in pieces:
        yield position, piece
        position += 1
