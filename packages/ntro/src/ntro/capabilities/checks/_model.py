"""Checks that a model answers. An answer that is not of the shape asked for is a failed check, with the reason."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ntro.capabilities.ai.answers import read_answer
from ntro.capabilities.ai.cache import cache_key, cached, keep
from ntro.capabilities.ai.errors import (
    AIError,
    AINotConfiguredError,
    ProviderNotAvailableError,
    UnreadableAnswerError,
)
from ntro.capabilities.ai.providers.building import build_provider
from ntro.capabilities.ai.settings import AIConfig, config_of, resolve
from ntro.capabilities.checks._prompt import CHECK_PROMPT_VERSION, check_prompt
from ntro.capabilities.checks.evaluators import Finding
from ntro.capabilities.checks.models import QualityCheckSpec
from ntro.types.validation import in_words

MAX_TOKENS = 1_024
SECONDS = 60.0
Values = Mapping[str, Any]


class Judgement(BaseModel):
    """The answer that is asked for. No other status is taken, `running` least of all."""

    model_config = ConfigDict(extra="ignore")

    status: Literal["pass", "warn", "fail"]
    detail: str = ""
    data: dict[str, Any] = Field(default_factory=dict)
    confidence: float | None = Field(default=None, ge=0, le=1)


async def find_by_model(
    spec: QualityCheckSpec, submitted: Values, baseline: Values | None, ai_config: Values | None
) -> Finding:
    """What the tenant's model finds; skipped where no model can be asked at all."""
    try:
        chosen = config_of(ai_config) or resolve()
        model = chosen.models.for_capability("judgement", chosen.provider)
        build_provider(chosen)
    except ValidationError:
        named = (ai_config or {}).get("provider")
        return Finding("skipped", f"There is no AI provider {str(named)[:80]!r}.", confidence=None)
    except (AINotConfiguredError, ProviderNotAvailableError) as error:
        return Finding("skipped", str(error), confidence=None)
    try:
        return _finding(await _judgement(spec, submitted, baseline, chosen, model))
    except AIError as error:
        return Finding("fail", str(error), confidence=None)


async def _judgement(
    spec: QualityCheckSpec, submitted: Values, baseline: Values | None, chosen: AIConfig, model: str
) -> Judgement:
    key = cache_key(
        provider=chosen.provider,
        model=model,
        prompt_version=CHECK_PROMPT_VERSION,
        spec_id=spec.id,
        prompt=spec.prompt,
        submitted=submitted,
        baseline=baseline,
    )
    known = await cached("check", key, days=chosen.cache_days)
    if known is not None:
        return Judgement.model_validate(known)
    answer = await build_provider(chosen).complete(
        prompt=check_prompt(spec, submitted, baseline), model=model, max_tokens=MAX_TOKENS, timeout=SECONDS
    )
    judgement = _judgement_of(answer.text)
    await keep(
        "check",
        key,
        name=spec.id,
        provider=chosen.provider,
        model=model,
        prompt_version=CHECK_PROMPT_VERSION,
        result=judgement.model_dump(mode="json"),
    )
    return judgement


def _judgement_of(text: str) -> Judgement:
    try:
        return Judgement.model_validate(read_answer(text))
    except ValidationError as error:
        raise UnreadableAnswerError(f"The model's answer is no judgement: {in_words(error)}.") from error


def _finding(judgement: Judgement) -> Finding:
    return Finding(judgement.status, judgement.detail, judgement.data, judgement.confidence)
