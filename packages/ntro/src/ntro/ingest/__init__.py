"""What comes in: submitted documents, what was read from them, submitted records, and how an ingest went."""

from ntro.ingest.documents import (
    MAX_DOCUMENT_BYTES,
    fetch_document_metadata,
    fetch_latest_submitted_document,
    fetch_submitted_document_by_id,
    insert_submitted_document,
    list_submitted_documents,
    write_output_document,
)
from ntro.ingest.extractions import fetch_extracted_documents, insert_extracted_document
from ntro.ingest.models import DocumentMetadata, ExtractedDocument, SubmittedDocument, SubmittedRecord
from ntro.ingest.outcome import IngestIssueSummary, IngestOutcome, IngestProgressSnapshot
from ntro.ingest.records import insert_submitted_record, list_submitted_records

# The public pages call the same function by this name.
insert_extracted_record = insert_extracted_document

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "DocumentMetadata",
    "ExtractedDocument",
    "IngestIssueSummary",
    "IngestOutcome",
    "IngestProgressSnapshot",
    "SubmittedDocument",
    "SubmittedRecord",
    "fetch_document_metadata",
    "fetch_extracted_documents",
    "fetch_latest_submitted_document",
    "fetch_submitted_document_by_id",
    "insert_extracted_document",
    "insert_extracted_record",
    "insert_submitted_document",
    "insert_submitted_record",
    "list_submitted_documents",
    "list_submitted_records",
    "write_output_document",
]
