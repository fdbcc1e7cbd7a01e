"""How an ingest went, in counts and reasons that a page can show."""

from typing import Literal

from pydantic import BaseModel, Field


class IngestIssueSummary(BaseModel):
    """Why rows were not accepted, and how many."""

    reason: str = Field(min_length=1)
    count: int = Field(default=0, ge=0)


class IngestProgressSnapshot(BaseModel):
    """How far a set of uploads has come towards `target_rows`."""

    accepted_rows: int = Field(default=0, ge=0)
    target_rows: int = Field(default=0, ge=0)


class IngestOutcome(BaseModel):
    """The result of reading one source."""

    source_ref: str | None = None
    parsed_rows: int = Field(default=0, ge=0)
    accepted_rows: int = Field(default=0, ge=0)
    rejected_rows: int = Field(default=0, ge=0)
    status: Literal["success", "partial", "empty", "failed"] = "success"
    message: str | None = None
    reasons: list[IngestIssueSummary] = Field(default_factory=list)
    progress: IngestProgressSnapshot | None = None

    @classmethod
    def from_counts(
        cls,
        *,
        parsed_rows: int,
        accepted_rows: int,
        message: str | None = None,
        source_ref: str | None = None,
        reasons: list[IngestIssueSummary] | None = None,
        target_rows: int | None = None,
    ) -> "IngestOutcome":
        """The outcome that the counts mean: `empty` where nothing of something was accepted, `partial` where some was.

        Negative counts are taken as none; `progress` is set with `target_rows` only.
        """
        parsed, accepted = max(parsed_rows, 0), max(accepted_rows, 0)
        rejected = max(parsed - accepted, 0)
        status: Literal["success", "partial", "empty"] = "success"
        if rejected:
            status = "partial" if accepted else "empty"
        progress = None
        if target_rows is not None:
            progress = IngestProgressSnapshot(accepted_rows=accepted, target_rows=max(target_rows, 0))
        return cls(
            source_ref=source_ref,
            parsed_rows=parsed,
            accepted_rows=accepted,
            rejected_rows=rejected,
            status=status,
            message=message,
            reasons=reasons or [],
            progress=progress,
        )
