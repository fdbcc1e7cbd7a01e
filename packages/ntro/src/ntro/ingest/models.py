"""Rows of the `ingest` schema as runbooks see them. Ids and times are text, so that they travel in payloads."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _text_of_id(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _iso_of_time(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


IdText = Annotated[str, BeforeValidator(_text_of_id)]
"""A UUID as text."""

TimeText = Annotated[str, BeforeValidator(_iso_of_time)]
"""A UTC time in ISO 8601."""


class _IngestRow(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: IdText
    entity_id: IdText | None = None
    entity_slug: str


class DocumentMetadata(_IngestRow):
    """A submitted document without its bytes. `sha256` is of the bytes, in hexadecimal."""

    period: str | None = None
    source: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    uploaded_by: str | None = None
    uploaded_at: TimeText | None = None
    task_id: str | None = None


class SubmittedDocument(DocumentMetadata):
    """A submitted document with its bytes. Never returned from an activity: bytes stay out of payloads."""

    data_bytes: bytes = Field(repr=False)


class ExtractedDocument(_IngestRow):
    """What was read from a document, with the corrections made to it and where each value came from."""

    period: str
    source: str
    document_ref: str
    schema_slug: str
    payload: dict[str, Any]
    corrections: list[dict[str, Any]] = Field(default_factory=list)
    provenance: dict[str, Any] = Field(default_factory=dict)
    task_id: str | None = None
    created_at: TimeText | None = None


class SubmittedRecord(_IngestRow):
    """A record that was submitted as data, by an agent or a form."""

    task_id: str | None = None
    kind: str | None = None
    source_ref: dict[str, Any] | None = None
    data: dict[str, Any]
    received_at: TimeText | None = None
