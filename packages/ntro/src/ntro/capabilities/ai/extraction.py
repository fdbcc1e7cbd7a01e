"""Extracts fields and rows from text with a model."""

import hashlib
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ntro.capabilities.ai.cache import cache_key, cached, keep
from ntro.capabilities.ai.enums import FieldEnums, enforce, options_of
from ntro.capabilities.ai.models import ExtractionResult
from ntro.capabilities.ai.prompts import EXTRACTION_PROMPT_VERSION, extraction_prompt
from ntro.capabilities.ai.providers.building import build_provider
from ntro.capabilities.ai.providers.protocol import AIProvider, CompletionResponse, StreamingProvider
from ntro.capabilities.ai.settings import resolve
from ntro.capabilities.ai.shape import extraction_of
from ntro.capabilities.trace import TraceSink, resolve_trace_sink

MAX_TOKENS = 8_192
MAX_SECONDS = 1_800.0
"""Longest time for an answer; inside an activity, less where the activity may not take as long."""
MAX_CONTENT_CHARACTERS = 2_000_000
_SECONDS_TO_SPARE = 5.0


async def extract(
    *,
    content: str,
    schema_slug: str,
    structured_context: Mapping[str, Any] | None = None,
    instructions: str = "",
    field_enums: FieldEnums | None = None,
    trace: TraceSink | None = None,
    use_cache: bool = True,
) -> ExtractionResult:
    """What a model finds in `content`.

    The same question to the same model is answered from the tenant's cache. An answer that is cut off, or is not the
    JSON asked for, is an error and is never kept.

    Args:
        content: the document's text.
        schema_slug: what to extract, such as `bank-statement`.
        structured_context: what else is known of the document, such as `{"cell_grid": cells}`.
        instructions: what the runbook asks for beyond the schema.
        field_enums: dotted path to the values that a field may have, see `enums`; they are enforced on the answer.
        trace: shows the answer while it is written, else the current sink, else nobody.
        use_cache: whether an earlier answer will do; a new one is kept in any case.

    Raises:
        ValueError: the content is too long, or a field's values are not given right.
        AINotConfiguredError: no provider is configured.
        ProviderError: the provider refused or did not answer.
        AnswerError: the answer cannot be used.
    """
    if len(content) > MAX_CONTENT_CHARACTERS:
        raise ValueError(f"a document has at most {MAX_CONTENT_CHARACTERS} characters, this one has {len(content)}")
    enums = dict(field_enums or {})
    options_of(enums)
    chosen = resolve()
    model = chosen.models.for_capability("extraction", chosen.provider)
    key = cache_key(
        provider=chosen.provider,
        model=model,
        prompt_version=EXTRACTION_PROMPT_VERSION,
        schema_slug=schema_slug,
        content=content,
        structured_context=structured_context,
        instructions=instructions,
        field_enums=enums,
    )
    known = await cached("extract", key, days=chosen.cache_days) if use_cache else None
    if known is not None:
        found = ExtractionResult.model_validate(known)
        return found.model_copy(update={"raw_response": found.raw_response | {"cached": True}})
    prompt = extraction_prompt(
        content=content,
        schema_slug=schema_slug,
        structured_context=structured_context,
        instructions=instructions,
        field_enums=enums,
    )
    answer = await _ask(build_provider(chosen), prompt, model, resolve_trace_sink(trace))
    result = enforce(extraction_of(answer.text, schema_slug), enums)
    result.raw_response = _provenance(chosen.provider, model, prompt, answer)
    await keep(
        "extract",
        key,
        name=schema_slug,
        provider=chosen.provider,
        model=model,
        prompt_version=EXTRACTION_PROMPT_VERSION,
        result=result.model_dump(mode="json"),
    )
    return result


async def _ask(provider: AIProvider, prompt: str, model: str, sink: TraceSink | None) -> CompletionResponse:
    seconds = _seconds_left()
    if sink is None or not isinstance(provider, StreamingProvider):
        return await provider.complete(prompt=prompt, model=model, max_tokens=MAX_TOKENS, timeout=seconds)
    written = 0

    async def show(text: str) -> None:
        nonlocal written
        written += len(text)
        _heartbeat(written)
        await sink.emit_delta(text)

    await sink.begin()
    try:
        return await provider.complete_stream(
            prompt=prompt, model=model, max_tokens=MAX_TOKENS, on_text=show, timeout=seconds
        )
    finally:
        await sink.finish()


def _provenance(provider: str, model: str, prompt: str, answer: CompletionResponse) -> dict[str, Any]:
    """Where an extraction comes from, so that it can be judged and repeated long after."""
    return {
        "provider": provider,
        "model": model,
        "prompt_version": EXTRACTION_PROMPT_VERSION,
        "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
        "answer": answer.text,
        "stop_reason": answer.stop_reason,
        "usage": dict(answer.usage),
        "response": dict(answer.raw),
        "cached": False,
    }


def _seconds_left() -> float:
    """What the running activity still has, less a moment to report; `MAX_SECONDS` at most."""
    activity = _activity()
    limit = activity.info().start_to_close_timeout if activity is not None else None
    if limit is None:
        return MAX_SECONDS
    gone = datetime.now(UTC) - activity.info().started_time
    return float(min(MAX_SECONDS, max((limit - gone).total_seconds() - _SECONDS_TO_SPARE, 1.0)))


def _heartbeat(characters: int) -> None:
    activity = _activity()
    if activity is not None and not activity.info().is_local:
        activity.heartbeat({"characters": characters})


def _activity() -> Any:
    # Looked up, not imported: outside a worker the engine stays unloaded.
    activity = sys.modules.get("temporalio.activity")
    return activity if activity is not None and activity.in_activity() else None
