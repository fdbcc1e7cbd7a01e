"""What a model found in a document."""

from typing import Any

from pydantic import BaseModel, Field

from ntro.events import ObservableResult


class ExtractionIssue(BaseModel):
    """Something a person should look at.

    Args:
        code: `not_in_enum`, `repaired_enum`, `confidence` or `duplicate_id`.
        path: the place, such as `fields.currency` or `line_items.3.category`; items count from 0.
        message: what is wrong.
        value: what the model wrote there.
    """

    code: str
    path: str
    message: str
    value: Any = None


class ExtractionResult(ObservableResult):
    """An extraction. Numbers with a point are decimal text, as the model wrote them; whole numbers are `int`.

    Args:
        schema_slug: what was asked for.
        fields: figures of the document.
        line_items: its rows, each with an `id` that is unique among them.
        confidence_scores: from 0 to 1, by field.
        summary: in one or two sentences.
        raw_response: where it comes from: `provider`, `model`, `prompt_version`, `prompt_sha256`, `answer` (the text as
            it came), `stop_reason`, `usage`, `response` (what else the provider said) and `cached`.
        issues: what a person should look at.
    """

    class ObserverMeta:
        """The event that an extraction is."""

        event_type = "extraction.completed"

    schema_slug: str = ""
    fields: dict[str, Any] = Field(default_factory=dict)
    line_items: list[dict[str, Any]] = Field(default_factory=list)
    confidence_scores: dict[str, float] = Field(default_factory=dict)
    summary: str = ""
    raw_response: dict[str, Any] = Field(default_factory=dict)
    issues: list[ExtractionIssue] = Field(default_factory=list)

    @property
    def average_confidence(self) -> float:
        """The mean of the confidence scores; 0 where there are none."""
        scores = self.confidence_scores.values()
        return sum(scores) / len(scores) if scores else 0.0
