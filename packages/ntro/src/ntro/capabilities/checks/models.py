"""What a check asks, what came of it, and what came of several."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CheckStatus = Literal["running", "pass", "warn", "fail", "skipped"]
EvaluatorKind = Literal["llm", "code", "types"]

_SEVERITY: tuple[CheckStatus, ...] = ("skipped", "pass", "warn", "fail", "running")
_COUNTED: tuple[tuple[CheckStatus, str, str], ...] = (
    ("fail", "failed", "failed"),
    ("warn", "warning", "warnings"),
    ("pass", "passing", "passing"),
    ("skipped", "skipped", "skipped"),
)


class QualityCheckSpec(BaseModel):
    """One check.

    Args:
        id: names the registered evaluator or type, and the outcome.
        title: what people read.
        prompt: what a model is asked.
        requires_baseline: whether it compares with an earlier period and is skipped without one.
        source: the document or value that it is about.
        evaluator: who answers: a model, registered code, or a registered pydantic model that the value must fit.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1)
    title: str
    prompt: str = ""
    requires_baseline: bool = False
    source: str | None = None
    evaluator: EvaluatorKind = "llm"


class QualityCheckItem(BaseModel):
    """The outcome of one check. Amounts in `data` are decimal text; `confidence` is from 0 to 1."""

    id: str
    title: str
    status: CheckStatus
    detail: str = ""
    data: dict[str, Any] = {}
    source: str | None = None
    confidence: float | None = None
    feedback: str | None = None


class QualityChecksResult(BaseModel):
    """The outcome of all checks of a gate."""

    status: CheckStatus
    summary: str
    skipped_reason: str | None = None
    items: list[QualityCheckItem] = []

    @classmethod
    def of(cls, items: Iterable[QualityCheckItem]) -> "QualityChecksResult":
        """The result that `items` add up to; where none was done, with the reason of the first."""
        found = list(items)
        status = worst_of(found)
        reason = next((item.detail for item in found if item.detail), None) if status == "skipped" else None
        return cls(status=status, summary=_summary(found), skipped_reason=reason, items=found)


def worst_of(items: Iterable[QualityCheckItem]) -> CheckStatus:
    """The worst status of the checks that were done; `skipped` where none was, `running` until all have ended."""
    return max((item.status for item in items), key=_SEVERITY.index, default="skipped")


def _summary(items: list[QualityCheckItem]) -> str:
    """Such as `1 failed, 2 warnings, 3 passing`; parts that are zero are left out."""
    parts = []
    for status, one, more in _COUNTED:
        count = sum(item.status == status for item in items)
        if count:
            parts.append(f"{count} {one if count == 1 else more}")
    return ", ".join(parts) or "no checks"
