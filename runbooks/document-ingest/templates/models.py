"""What document-ingest is given, what it reads and what it leaves behind."""

from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from ntro.events import ObservableResult
from ntro.types import Period


class DocumentIngestContext(BaseModel):
    """Which document of which entity and period, and how it is reviewed.

    `document_ref` names a document that is there already; without it the run waits for an upload.
    """

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    tenant_slug: str
    entity_slug: str
    entity_id: str | None = None
    task_id: str | None = None
    period: Period
    source: str = "document"
    schema_slug: str = Field(default="", validation_alias=AliasChoices("schema_slug", "schema"))
    title: str | None = None
    instructions: str | None = None
    accept: list[str] = []
    review: Literal["always", "when_issues"] = "always"
    document_ref: str | None = None
    timeout_hours: int = Field(default=24 * 31, gt=0)


class Submission(BaseModel):
    """A document that was submitted for this run."""

    model_config = ConfigDict(extra="ignore")

    document_ref: str
    filename: str = ""
    content_type: str = ""


class ReadInput(BaseModel):
    """Which bytes to read, as what."""

    tenant_slug: str
    document_ref: str
    schema_slug: str


class Reading(ObservableResult):
    """What was read, or why it was refused. Amounts are decimal strings."""

    class ObserverMeta:
        event_type = "document.parsed"

    refused_code: str | None = None
    refused_message: str | None = None
    filename: str = ""
    sha256: str = ""
    schema_slug: str = ""
    fields: dict[str, Any] = {}
    line_items: list[dict[str, Any]] = []
    summary: str = ""
    issues: list[dict[str, Any]] = []
    provenance: dict[str, Any] = {}


class CorrectInput(BaseModel):
    """Corrections by a person: `line_item_id` (empty for a field of the document), `field`, `new_value` each."""

    reading: Reading
    corrections: list[dict[str, Any]]


class CommitInput(BaseModel):
    """A reviewed reading to store."""

    context: DocumentIngestContext
    task_id: str
    document_ref: str
    reading: Reading
    corrections: list[dict[str, Any]]
    reviewed_by: str | None


class IngestedDocument(ObservableResult):
    """The outcome of a run: `committed` with its record, or `rejected`."""

    class ObserverMeta:
        event_type = "document.ingested"

    status: Literal["committed", "rejected"]
    source: str
    schema_slug: str
    document_ref: str | None = None
    record_id: str | None = None
    filename: str = ""
    sha256: str = ""
    issues: int = 0
    summary: str = ""
