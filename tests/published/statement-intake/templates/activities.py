"""Activities of the intake, decorated by the engine."""

import json
from typing import Any

from temporalio import activity

from ntro.capabilities import ai, files, storage
from ntro.capabilities.trace import http_reasoning_sink_for_task
from ntro.data import get_data_plane
from ntro.ingest import fetch_submitted_document_by_id, insert_extracted_document
from ntro.workflow import WorkflowError

from .models import Committed, CommitInput, RawDocument, StatementIntakeContext


@activity.defn(name="statement_intake.parse")
async def parse_document(ctx: StatementIntakeContext, document_ref: str) -> RawDocument:
    db = await get_data_plane(ctx.tenant_slug)
    document = await fetch_submitted_document_by_id(db, document_ref=document_ref)
    if document is None:
        raise WorkflowError(f"there is no document {document_ref}", type="DocumentMissing", non_retryable=True)
    grid = await files.parse(content=document.data_bytes, format="pdf")
    return RawDocument(
        document_ref=document_ref, filename=document.filename, plain_text=grid.plain_text, cells=grid.cells
    )


@activity.defn(name="statement_intake.extract")
async def extract_fields(ctx: StatementIntakeContext, document: RawDocument) -> ai.ExtractionResult:
    ai.use_config(ctx.ai)
    sink = http_reasoning_sink_for_task(
        activity.info().workflow_id.split(":")[0], "statement_intake.extract", source_label=document.filename
    )
    return await ai.extract(
        content=document.plain_text,
        schema_slug=ctx.schema_slug,
        structured_context={"cells": document.cells},
        field_enums=ctx.field_enums,
        trace=sink,
    )


@activity.defn(name="statement_intake.commit")
async def commit_document(given: CommitInput) -> Committed:
    ctx = given.context
    payload: dict[str, Any] = {
        "schema_slug": ctx.schema_slug,
        "document_ref": given.document.document_ref,
        "fields": given.extraction.fields,
        "line_items": given.extraction.line_items,
        "confidence_scores": given.extraction.confidence_scores,
        "summary": given.extraction.summary,
    }
    db = await get_data_plane(ctx.tenant_slug)
    record = await insert_extracted_document(
        db,
        entity_slug=ctx.entity_slug,
        period=ctx.period,
        source=ctx.source,
        document_ref=given.document.document_ref,
        schema_slug=ctx.schema_slug,
        payload=payload,
        corrections=[entry.model_dump() for entry in given.corrections],
        task_id=activity.info().workflow_id.split(":")[0],
    )
    path = f"periods/{ctx.entity_slug}/{ctx.period}/extractions/{ctx.source}/{record.id}.json"
    await storage.write(path=path, content=json.dumps(payload, default=str).encode(), content_type="application/json")
    return Committed(record_id=record.id, audit_path=path)
