"""Documents of a task: taken in once, told to the run that waits for them, given back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from ntro_server.errors import NotFound
from ntro_tenant.core.handing_over import tell_run
from ntro_tenant.core.people import Person
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.submissions import Slot, choose_slot
from ntro_tenant.core.tasks import find_task
from ntro_tenant.core.uploads import Upload
from ntro_tenant.core.views import DocumentView, TaskRow
from ntro_tenant.db import documents_repository, gates_repository, tasks_repository
from ntro_tenant.db.documents_repository import NewDocument

UNASSIGNED = "unassigned"
"""The source of a document that nothing waited for and that named none."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An upload that was checked, and what was said of it."""

    upload: Upload
    filename: str
    content_type: str
    source: str | None = None
    gate_id: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """`created` is false where the same bytes were there; `run_id` is the run that is told, if one waits."""

    document: DocumentView
    created: bool
    run_id: str | None


async def submit_document(
    connection: asyncpg.Connection, reference: TaskReference, person: Person, submission: Submission, tenant_slug: str
) -> Submitted:
    """Stores the document, records it, and keeps the signal for the run that waits for it; the caller commits.

    Raises:
        NotFound: there is no such task or run.
        Conflict: the gate that was named takes no such document, or several places do.
    """
    task = await find_task(connection, reference)
    gates = await gates_repository.open_gates(connection, reference.task_id, reference.run_id)
    slot = choose_slot(gates, source=submission.source, gate_id=submission.gate_id)
    source = slot.source if slot else submission.source or UNASSIGNED
    new = _new_document(task, person, submission, source)
    stored = await documents_repository.store_document(connection, new, submission.upload.pieces())
    document = stored or await _stored_before(connection, new)
    if slot is None:
        slot = await _slot_opened_since(connection, reference, source)
    if slot is not None:
        await tell_run(connection, slot, document, tenant_slug=tenant_slug, entity_slug=task.entity_slug)
    if stored is not None:
        await _record(connection, reference, person, document)
    return Submitted(document, stored is not None, slot.run_id if slot else None)


async def list_documents(
    connection: asyncpg.Connection, reference: TaskReference, *, source: str | None = None, limit: int = 20
) -> list[DocumentView]:
    """The task's documents, newest first.

    Raises:
        NotFound: there is no such task or run.
    """
    await find_task(connection, reference)
    return await documents_repository.documents_of_task(connection, reference.task_id, source=source, limit=limit)


async def find_document(connection: asyncpg.Connection, reference: TaskReference, document_id: UUID) -> DocumentView:
    """One document of the task.

    Raises:
        NotFound: the task does not exist or has no such document.
    """
    await find_task(connection, reference)
    found = await documents_repository.document_of_task(connection, reference.task_id, document_id)
    if found is None:
        raise NotFound(f"Task {reference.task_id} has no document {document_id}.")
    return found


async def document_bytes(pool: asyncpg.Pool, reference: TaskReference, document: DocumentView) -> AsyncIterator[bytes]:
    """The document's bytes in pieces. A connection is held for each piece only: readers may be slow."""
    for offset in range(0, document.size_bytes, documents_repository.PIECE_BYTES):
        async with pool.acquire() as connection:
            piece = await documents_repository.document_piece(connection, reference.task_id, document.id, offset)
        yield piece


def _new_document(task: TaskRow, person: Person, submission: Submission, source: str) -> NewDocument:
    return NewDocument(
        task_id=task.id,
        entity_id=task.entity_id,
        entity_slug=task.entity_slug,
        period=task.period,
        source=source,
        filename=submission.filename,
        content_type=submission.content_type,
        size_bytes=submission.upload.size,
        sha256=submission.upload.sha256,
        uploaded_by=person.subject,
    )


async def _slot_opened_since(connection: asyncpg.Connection, reference: TaskReference, source: str) -> Slot | None:
    """The place that opened while the document was being stored. With the row locked, a later one looks for itself."""
    await tasks_repository.lock_task(connection, reference.task_id)
    gates = await gates_repository.open_gates(connection, reference.task_id, reference.run_id)
    return choose_slot(gates, source=source, gate_id=None)


async def _stored_before(connection: asyncpg.Connection, new: NewDocument) -> DocumentView:
    found = await documents_repository.same_document(connection, new.task_id, new.entity_slug, new.source, new.sha256)
    assert found is not None, "the row that the insert met is there"
    return found


async def _record(
    connection: asyncpg.Connection, reference: TaskReference, person: Person, document: DocumentView
) -> None:
    await append_event(
        connection,
        task_id=reference.task_id,
        workflow_id=reference.run_id,
        type="document.uploaded",
        source="api",
        actor=person.subject,
        payload={
            "document_id": str(document.id),
            "source": document.source,
            "filename": document.filename,
            "content_type": document.content_type,
            "size_bytes": document.size_bytes,
            "sha256": document.sha256,
        },
        at=datetime.now(UTC),
    )
