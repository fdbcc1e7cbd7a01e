"""Submissions as records and typed rows of the subledger: a file's rows, or those of an event."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ntro.capabilities.documents import DocumentRefusedError
from ntro.capabilities.documents.records import read_records, written
from ntro.data import DataPlane
from ntro.ingest import (
    IngestIssueSummary,
    IngestOutcome,
    SubmittedDocument,
    fetch_submitted_document_by_id,
    insert_submitted_record,
)
from ntro.subledger import SubledgerHandle
from ntro.workflow import WorkflowError

from .ledger import earlier_expenses
from .models import Ingested, IngestInput
from .rows import IncomingRow, flag_duplicates, is_header, rows_of, typed

MAX_ROWS = 1000
KIND = "expense"


async def take_in(db: DataPlane, handle: SubledgerHandle, request: IngestInput) -> Ingested:
    """Keeps the rows of a submission, each with its record: valid ones as PENDING, others as NEEDS_ATTENTION.

    Raises:
        DocumentRefusedError: the file has no rows of expenses, or too many.
    """
    if request.submission.document_ref is not None:
        rows = await file_rows(db, request, request.submission.document_ref)
    else:
        rows = await event_rows(db, request)
    amounts = [row.fields["amount_gross"] for row in rows if "amount_gross" in row.fields]
    own = [row.event_id for row in rows]
    earlier = await earlier_expenses(db, request.context, amounts=amounts, but=own)
    flagged = flag_duplicates(rows, earlier)
    row_ids = [await keep(handle, row, request.context.period) for row in flagged]
    return Ingested(row_ids=row_ids, outcome=outcome_of(request, flagged))


async def file_rows(db: DataPlane, request: IngestInput, document_ref: UUID) -> list[IncomingRow]:
    """The rows of a stored file, each kept as a record of its own."""
    context = request.context
    document = await fetch_submitted_document_by_id(db, document_ref=str(document_ref))
    if document is None or document.entity_slug != context.entity_slug:
        raise WorkflowError(
            f"Document {document_ref} is not one of {context.entity_slug}.", type="DocumentMissing", non_retryable=True
        )
    records = await asyncio.to_thread(read, document)
    rows = []
    for number, values in records:
        source_ref = {
            "kind": "expense_tabular_row",
            "document_ref": document.id,
            "file_name": document.filename,
            "row_index": number,
            "source": context.source,
        }
        raw = {name: written(value) for name, value in values.items()}
        event_id = await keep_record(db, request, event_id=None, source_ref=source_ref, data=raw)
        rows.append(typed(event_id, raw, values, context))
    return rows


def read(document: SubmittedDocument) -> list[tuple[int, Mapping[str, Any]]]:
    """The rows of the file with their numbers, from 1."""
    records = read_records(document.data_bytes, filename=document.filename, is_header=is_header, limit=MAX_ROWS)
    return [(record.number, record.values) for record in records]


async def event_rows(db: DataPlane, request: IngestInput) -> list[IncomingRow]:
    """The rows of an event, which is kept as it came."""
    submission = request.submission
    data = rows_of(submission.data)
    if len(data) > MAX_ROWS:
        raise DocumentRefusedError("too_large", f"the event has {len(data)} rows, the limit is {MAX_ROWS}; split it")
    kept = submission.data if isinstance(submission.data, dict) else {"rows": submission.data}
    event_id = await keep_record(db, request, event_id=submission.event_id, source_ref=submission.source_ref, data=kept)
    return [typed(event_id, row, row, request.context) for row in data]


async def keep_record(
    db: DataPlane,
    request: IngestInput,
    *,
    event_id: UUID | None,
    source_ref: dict[str, Any] | None,
    data: dict[str, Any],
) -> UUID:
    """Keeps what was submitted, once, and returns its id."""
    record = await insert_submitted_record(
        db,
        id=str(event_id) if event_id else None,
        entity_slug=request.context.entity_slug,
        entity_id=request.context.entity_id,
        task_id=str(request.task_id),
        kind=request.submission.kind or KIND,
        source_ref=source_ref,
        data=data,
    )
    return UUID(record.id)


async def keep(handle: SubledgerHandle, row: IncomingRow, period: str) -> UUID:
    """Keeps a row in the subledger and returns its id."""
    if row.errors:
        return await handle.insert_needs_attention(
            period=period,
            raw_payload=row.raw,
            validation_errors=list(row.errors),
            source_ref=row.source_ref,
            type_specific_fields=row.fields | {"event_id": row.event_id},
        )
    kept = handle.row(
        period=period, event_id=row.event_id, source_ref=row.source_ref, raw_payload=row.raw, **row.fields
    )
    await handle.insert(kept)
    return kept.id


def outcome_of(request: IngestInput, rows: Sequence[IncomingRow]) -> IngestOutcome:
    """The counts, and how often which error came."""
    wrong = [row for row in rows if row.errors]
    reasons: dict[str, int] = {}
    for row in wrong:
        for error in row.errors:
            reason = f"{error['field']} {error['code']}"
            reasons[reason] = reasons.get(reason, 0) + 1
    submission = request.submission
    return IngestOutcome.from_counts(
        parsed_rows=len(rows),
        accepted_rows=len(rows) - len(wrong),
        source_ref=f"doc:{submission.document_ref}" if submission.document_ref else f"event:{submission.event_id}",
        message=f"{len(rows)} rows, {len(wrong)} of them need attention" if rows else "There are no rows.",
        reasons=[IngestIssueSummary(reason=reason, count=count) for reason, count in reasons.items()],
    )
