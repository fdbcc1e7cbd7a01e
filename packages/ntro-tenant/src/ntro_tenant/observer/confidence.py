"""The rule of low confidence: a reader or a model says itself how sure it is. Pure."""

from decimal import Decimal, InvalidOperation
from typing import Any

from ntro_tenant.observer.observations import Happening, Observation

RULE = "low_confidence"
SURE = Decimal("0.80")
"""From here on a value counts as sure; from 0 to 1."""

MAX_NAMED = 10


def low_confidence(event: Happening) -> Observation | None:
    """The values of a runbook's event that were read with a confidence below 0.80."""
    scores = event.said.get("confidence_scores")
    given = dict(scores) if isinstance(scores, dict) else {}
    if "confidence" in event.said:
        given["confidence"] = event.said["confidence"]
    low = {name: score for name, value in given.items() if (score := _score(value)) is not None and score < SURE}
    if not low:
        return None
    named = sorted(low.items(), key=lambda item: (item[1], item[0]))[:MAX_NAMED]
    names = ", ".join(f"{name} {score}" for name, score in named)
    return Observation(
        rule=RULE,
        key=str(event.seq),
        message=f"Read with low confidence: {names}",
        evidence={"scores": {name: str(score) for name, score in named}, "below": str(SURE), "count": len(low)},
    )


def _score(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        score = Decimal(value)
    except InvalidOperation:
        return None
    return score if score.is_finite() and 0 <= score <= 1 else None
