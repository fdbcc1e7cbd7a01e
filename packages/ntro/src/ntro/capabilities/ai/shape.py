"""An extraction from an answer: the shape is checked, rows get ids, confidences are put in range."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ntro.capabilities.ai.answers import read_answer
from ntro.capabilities.ai.errors import UnreadableAnswerError
from ntro.capabilities.ai.models import ExtractionIssue, ExtractionResult
from ntro.types.validation import in_words

MAX_LINE_ITEMS = 20_000
_PARTS = frozenset({"fields", "line_items", "confidence_scores", "summary"})


class _Answer(BaseModel):
    """What the prompt asks for; more keys are ignored, other shapes are not."""

    model_config = ConfigDict(extra="ignore")

    fields: dict[str, Any] = {}
    line_items: list[dict[str, Any]] = Field(default=[], max_length=MAX_LINE_ITEMS)
    confidence_scores: dict[str, Any] = {}
    summary: str = ""


def extraction_of(text: str, schema_slug: str) -> ExtractionResult:
    """The extraction that an answer holds. A list of objects alone is its line items.

    Raises:
        UnreadableAnswerError: the answer is not what was asked for.
    """
    value = read_answer(text)
    if isinstance(value, list):
        value = {"line_items": value}
    if not isinstance(value, dict) or not _PARTS & value.keys():
        raise UnreadableAnswerError(f"The model's answer has none of {', '.join(sorted(_PARTS))}.")
    try:
        answer = _Answer.model_validate({name: part for name, part in value.items() if part is not None})
    except ValidationError as error:
        raise UnreadableAnswerError(f"The model's answer is not of the shape asked for: {in_words(error)}.") from error
    issues: list[ExtractionIssue] = []
    return ExtractionResult(
        schema_slug=schema_slug,
        fields=answer.fields,
        line_items=_with_ids(answer.line_items, issues),
        confidence_scores=_scores(answer.confidence_scores, issues),
        summary=answer.summary,
        issues=issues,
    )


def _with_ids(items: list[dict[str, Any]], issues: list[ExtractionIssue]) -> list[dict[str, Any]]:
    """The rows, each with an id by which a correction finds it: the model's own where it is unique, else its place."""
    given = [str(item["id"]) if item.get("id") not in {None, ""} else "" for item in map(_hashable_id, items)]
    rows: list[dict[str, Any]] = []
    for number, (item, own) in enumerate(zip(items, given, strict=True), 1):
        is_unique = bool(own) and given.count(own) == 1
        if own and not is_unique:
            issues.append(_issue("duplicate_id", f"line_items.{number - 1}.id", "another row has the same id", own))
        rows.append({**item, "id": own if is_unique else _id_of_place(number, given)})
    return rows


def _hashable_id(item: dict[str, Any]) -> dict[str, Any]:
    return {"id": own} if isinstance(own := item.get("id"), str | int) else {}


def _id_of_place(number: int, taken: list[str]) -> str:
    name = f"line-{number}"
    while name in taken:
        name = f"{name}-row"
    return name


def _scores(given: dict[str, Any], issues: list[ExtractionIssue]) -> dict[str, float]:
    """The scores by field; nested ones by dotted path. One that is no number from 0 to 1 counts as no confidence."""
    scores: dict[str, float] = {}
    for name, value in _flat(given, "").items():
        score = _score(value)
        if score is None:
            issues.append(_issue("confidence", f"confidence_scores.{name}", "it is no number from 0 to 1", value))
        scores[name] = score or 0.0
    return scores


def _flat(given: dict[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in given.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat


def _score(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        score = float(value)
    except (ValueError, OverflowError):
        return None
    return score if 0 <= score <= 1 else None


def _issue(code: str, path: str, message: str, value: Any) -> ExtractionIssue:
    return ExtractionIssue(code=code, path=path, message=message, value=value)
