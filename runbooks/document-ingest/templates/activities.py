"""What document-ingest reads and stores."""

import asyncio
from typing import Any

from ntro.capabilities.documents import DocumentRefusedError, read_document
from ntro.data import get_data_plane
from ntro.ingest import fetch_submitted_document_by_id, insert_extracted_document
from ntro.workflow import WorkflowError, activity

from .adding_up import added_up
from .corrections import corrected
from .models import CommitInput, CorrectInput, IngestedDocument, Reading, ReadInput

__all__ = ["apply_corrections", "commit_document", "read_submission"]


@activity.defn(name="document_ingest.read_document")
async def read_submission(request: ReadInput) -> Reading:
    """Reads the stored bytes. A file that cannot be read comes back refused, with its reason."""
    db = await get_data_plane(request.tenant_slug)
    document = await fetch_submitted_document_by_id(db, document_ref=request.document_ref)
    if document is None:
        raise WorkflowError(
            f"Document {request.document_ref} is not in this tenant.", type="DocumentMissing", non_retryable=True
        )
    return await asyncio.to_thread(read, document.data_bytes, document.filename, request.schema_slug)


def read(content: bytes, filename: str, schema_slug: str) -> Reading:
    """The reading of `content`, or its refusal."""
    try:
        found = read_document(content, filename=filename, schema_slug=schema_slug or None).as_extraction()
    except DocumentRefusedError as refusal:
        return Reading(refused_code=refusal.code, refused_message=refusal.message, filename=filename)
    return Reading(
        filename=filename,
        sha256=found["provenance"]["sha256"],
        schema_slug=found["schema_slug"],
        fields=found["fields"],
        line_items=found["line_items"],
        summary=found["summary"],
        issues=found["issues"],
        provenance=found["provenance"],
    )


@activity.defn(name="document_ingest.apply_corrections")
async def apply_corrections(request: CorrectInput) -> Reading:
    """The reading with a person's corrections, added up again."""
    return added_up(corrected(request.reading, request.corrections))


@activity.defn(name="document_ingest.commit_document")
async def commit_document(request: CommitInput) -> IngestedDocument:
    """Stores the reviewed reading once, with its provenance and corrections."""
    context, reading = request.context, request.reading
    db = await get_data_plane(context.tenant_slug)
    record = await insert_extracted_document(
        db,
        entity_slug=context.entity_slug,
        period=context.period,
        source=context.source,
        document_ref=request.document_ref,
        schema_slug=reading.schema_slug,
        payload=payload_of(request),
        corrections=request.corrections,
        task_id=request.task_id,
    )
    return IngestedDocument(
        status="committed",
        source=context.source,
        schema_slug=reading.schema_slug,
        document_ref=request.document_ref,
        record_id=record.id,
        filename=reading.filename,
        sha256=reading.sha256,
        issues=len(reading.issues),
        summary=reading.summary,
    )


def payload_of(request: CommitInput) -> dict[str, Any]:
    """What is committed: the figures, what was open about them, and where they come from."""
    reading = request.reading
    return {
        "schema_slug": reading.schema_slug,
        "document_ref": request.document_ref,
        "fields": reading.fields,
        "line_items": reading.line_items,
        "confidence_scores": {},
        "summary": reading.summary,
        "issues": reading.issues,
        "provenance": reading.provenance | {"reviewed_by": request.reviewed_by},
    }
