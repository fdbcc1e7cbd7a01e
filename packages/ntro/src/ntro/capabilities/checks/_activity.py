"""The activity behind every check."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from temporalio import activity

from ntro.capabilities.checks.evaluators import Finding, evaluator_of, type_of
from ntro.capabilities.checks.models import QualityCheckItem, QualityCheckSpec
from ntro.types.validation import in_words

CHECK_ACTIVITY = "run_quality_check"


@activity.defn(name=CHECK_ACTIVITY)
async def run_quality_check(
    spec: QualityCheckSpec,
    submitted: dict[str, Any],
    baseline: dict[str, Any] | None,
    ai_config: dict[str, Any] | None = None,
) -> QualityCheckItem:
    """Run one check. It never raises for what it finds: an evaluator that is missing or raises is a failed check.

    Args:
        spec: what is asked.
        submitted: the values that are checked.
        baseline: the same values of an earlier period; none and empty mean that there is none.
        ai_config: the provider of the model that answers checks of kind `llm`.
    """
    finding = await _find(spec, submitted, baseline or None, ai_config)
    return QualityCheckItem(
        id=spec.id,
        title=spec.title,
        status=finding.status,
        detail=finding.detail,
        data=finding.data,
        source=spec.source,
        confidence=None if finding.status == "skipped" else finding.confidence,
    )


async def _find(
    spec: QualityCheckSpec,
    submitted: Mapping[str, Any],
    baseline: Mapping[str, Any] | None,
    ai_config: Mapping[str, Any] | None,
) -> Finding:
    if spec.requires_baseline and baseline is None:
        return Finding("skipped", "There is no earlier period to compare with.")
    if spec.evaluator == "code":
        return await asyncio.to_thread(_by_code, spec.id, submitted, baseline)
    if spec.evaluator == "types":
        return _by_type(spec, submitted)
    from ntro.capabilities.checks._model import find_by_model  # noqa: PLC0415 - loaded by checks that ask a model

    return await find_by_model(spec, submitted, baseline, ai_config)


def _by_code(check_id: str, submitted: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> Finding:
    evaluator = evaluator_of(check_id)
    if evaluator is None:
        return Finding("fail", f"No code is registered for the check {check_id}: call register_evaluator.")
    try:
        return evaluator(submitted, baseline)
    except Exception as error:  # noqa: BLE001 - whatever a check raises is its outcome, for the reviewer to read
        return Finding("fail", str(error) or type(error).__name__)


def _by_type(spec: QualityCheckSpec, submitted: Mapping[str, Any]) -> Finding:
    model = type_of(spec.id)
    if model is None:
        return Finding("fail", f"No type is registered for the check {spec.id}: call register_type.")
    value = submitted if spec.source is None else submitted.get(spec.source, submitted)
    try:
        model.model_validate(value)
    except ValidationError as error:
        return Finding("fail", in_words(error))
    return Finding("pass", f"It is a valid {model.__name__}.")
