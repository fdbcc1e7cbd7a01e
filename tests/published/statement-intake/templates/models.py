"""Models of the intake."""

from typing import Any

from pydantic import BaseModel

from ntro.capabilities.ai import ExtractionResult
from ntro.events import ObservableResult


class StatementIntakeContext(BaseModel):
    tenant_slug: str
    entity_slug: str
    period: str
    source: str
    schema_slug: str
    ai: dict[str, Any] | None = None
    field_enums: dict[str, list[dict[str, str]]] | None = None


class RawDocument(ObservableResult):
    document_ref: str
    filename: str
    plain_text: str = ""
    cells: list[list[str]] = []

    class ObserverMeta:
        event_type = "document.parsed"


class CorrectionEntry(BaseModel):
    line_item_id: str
    field: str
    old_value: Any
    new_value: Any


class CommitInput(BaseModel):
    context: StatementIntakeContext
    document: RawDocument
    extraction: ExtractionResult
    corrections: list[CorrectionEntry] = []


class Committed(ObservableResult):
    record_id: str
    audit_path: str

    class ObserverMeta:
        event_type = "document.ingested"
