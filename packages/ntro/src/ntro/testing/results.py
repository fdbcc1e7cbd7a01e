"""What a run in the harness came to."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ntro.workflow.records import RunRecord


@dataclass(frozen=True, slots=True)
class StepEvent:
    """Something the driver did or saw. `timestamp_s` is in seconds since the run's start."""

    kind: Literal["submit_file", "review", "drill_down", "done", "error"]
    workflow_id: str
    detail: dict[str, Any] = field(default_factory=dict)
    timestamp_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RunResult:
    """The outcome of one scenario. `error` says what failed, with the step and the cause."""

    scenario: str
    workflow_id: str
    status: Literal["completed", "failed"]
    result: Any
    error: str | None
    events: list[StepEvent]
    duration_s: float
    failed_step: str | None = None
    records: dict[str, list[RunRecord]] = field(default_factory=dict)
    """Everything the runs recorded, by workflow id."""
    slug: str = ""
    """The runbook's slug."""
