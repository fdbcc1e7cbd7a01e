"""SQL of the files that sessions left. Bytes move in pieces, so that no process holds a file twice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from ntro.data import DataPlane
from ntro.types.actors import agent_actor
from ntro.workflow.agents.models import AgentOutputFile

_STORED = """
select d.id::text as document_ref, f.filename, f.content_type, f.size_bytes, d.source
from system.agent_files f join ingest.submitted_documents d on d.id = f.document_id
where f.agent_session_id = $1 and ($2::text is null or f.file_id = $2) order by f.stored_at, f.file_id
"""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that was downloaded and measured. `sha256` is of its bytes, in hexadecimal."""

    file_id: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FilePlace:
    """What files are stored for. `entity_id` is none where the cell does not know the task."""

    tag: str
    source: str
    task_id: str
    entity_slug: str
    entity_id: UUID | None
    uploaded_by: str


async def stored_files(db: DataPlane, tag: str, file_id: str | None = None) -> list[AgentOutputFile]:
    """The session's files that are stored, or the one of an id at the host."""
    return [AgentOutputFile(**row) for row in await db.fetch(_STORED, tag, file_id)]


async def place_of(db: DataPlane, tag: str, *, agent_id: str, task_id: str, entity_slug: str | None) -> FilePlace:
    """Where the files of a session belong: to the task's entity, unless another was named."""
    row = await db.fetchrow(
        """select e.id, e.slug from system.entities e left join system.tasks t on t.entity_id = e.id
           where case when $2::text is null then t.id::text = $1 else e.slug = $2 end limit 1""",
        task_id,
        entity_slug,
    )
    found = row or {"id": None, "slug": entity_slug or ""}
    source = f"agent_output:{agent_id}"
    return FilePlace(tag, source, task_id, found["slug"], found["id"], uploaded_by=agent_actor(agent_id))


async def store(db: DataPlane, place: FilePlace, file: ReceivedFile, pieces: AsyncIterator[bytes]) -> AgentOutputFile:
    """Stores the file as a document of the task, once, and notes which file of the session it is."""
    async with db.transaction() as bound:
        await _copy_pieces(bound, pieces)
        await bound.execute(
            """insert into ingest.submitted_documents
                   (entity_id, entity_slug, source, filename, content_type, size_bytes, sha256, uploaded_by, task_id,
                    data_bytes)
               select $1, $2, $3, $4, $5, $6, $7, $8, $9, string_agg(piece, ''::bytea order by position)
               from pg_temp.agent_pieces
               on conflict do nothing""",
            place.entity_id,
            place.entity_slug,
            place.source,
            file.filename,
            file.content_type,
            file.size_bytes,
            file.sha256,
            place.uploaded_by,
            place.task_id or None,
        )
        await bound.execute(
            """insert into system.agent_files
                   (agent_session_id, file_id, document_id, filename, content_type, size_bytes)
               select $1, $2, id, $3, $4, $5 from ingest.submitted_documents
               where coalesce(task_id, '') = $6 and entity_slug = $7 and source = $8 and sha256 = $9
               on conflict do nothing""",
            place.tag,
            file.file_id,
            file.filename,
            file.content_type,
            file.size_bytes,
            place.task_id,
            place.entity_slug,
            place.source,
            file.sha256,
        )
        return (await stored_files(bound, place.tag, file.file_id))[0]


async def _copy_pieces(db: DataPlane, pieces: AsyncIterator[bytes]) -> None:
    await db.execute("create temporary table if not exists agent_pieces (position integer, piece bytea)")
    await db.execute("truncate pg_temp.agent_pieces")
    position = 0
    async for piece in pieces:
        await db.execute("insert into pg_temp.agent_pieces values ($1, $2)", position, piece)
        position += 1
