"""Providers of models over their own protocols: whole and streamed answers, errors, waits, keys."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from ntro.capabilities import _connections, ai

GOOD = '{"fields": {"total": "1.00"}}'
ASK = {"prompt": "What is it?", "model": "m", "max_tokens": 10}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts are as short as can be."""
    monkeypatch.setattr(_connections, "PAUSE_SECONDS", 0.001)


@pytest.fixture
def claude(configure: Any, models: Any) -> ai.AnthropicProvider:
    return ai.AnthropicProvider("sk-test", models.url)


@pytest.fixture
def local(configure: Any, models: Any) -> ai.OpenAICompatibleProvider:
    return ai.OpenAICompatibleProvider(f"{models.url}/v1")


async def gathered(provider: ai.StreamingProvider) -> tuple[list[str], ai.CompletionResponse]:
    shown: list[str] = []

    async def show(text: str) -> None:
        shown.append(text)

    return shown, await provider.complete_stream(**ASK, on_text=show)


async def test_a_message_is_answered_with_its_text_usage_and_reason(
    claude: ai.AnthropicProvider, models: Any, reply_message: Callable[..., Any]
):
    models.says(reply_message(GOOD))
    answer = await claude.complete(**ASK)
    assert (answer.text, answer.stop_reason) == (GOOD, "end_turn")
    assert answer.usage["output_tokens"] == 7
    assert answer.raw["id"] == "msg_1"
    assert "content" not in answer.raw
    assert models.requests[0]["messages"] == [{"role": "user", "content": "What is it?"}]
    assert models.headers[0]["authorization"] == "Bearer sk-test"


async def test_a_completion_is_answered_with_its_text_usage_and_reason(
    local: ai.OpenAICompatibleProvider, models: Any, reply_completion: Callable[..., Any]
):
    models.says(reply_completion(GOOD))
    answer = await local.complete(**ASK)
    assert (answer.text, answer.stop_reason) == (GOOD, "stop")
    assert answer.usage["completion_tokens"] == 7
    assert "authorization" not in models.headers[0]


async def test_fragments_are_shown_as_they_come_and_make_the_same_answer(
    claude: ai.AnthropicProvider,
    local: ai.OpenAICompatibleProvider,
    models: Any,
    reply_message: Callable[..., Any],
    reply_completion: Callable[..., Any],
):
    for provider, reply in ((claude, reply_message), (local, reply_completion)):
        models.says(reply(GOOD))
        shown, answer = await gathered(provider)
        assert len(shown) == 3
        assert "".join(shown) == answer.text == GOOD
        assert answer.usage
        assert answer.stop_reason in {"end_turn", "stop"}


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_that_was_cut_off_is_an_error(
    claude: ai.AnthropicProvider,
    local: ai.OpenAICompatibleProvider,
    models: Any,
    reply_message: Callable[..., Any],
    reply_completion: Callable[..., Any],
    streamed: bool,
):
    for provider, reply in (
        (claude, reply_message(GOOD, stop_reason="max_tokens")),
        (claude, reply_message(GOOD, stop_reason="model_context_window_exceeded")),
        (local, reply_completion(GOOD, finish_reason="length")),
    ):
        models.says(reply)
        with pytest.raises(ai.TruncatedAnswerError) as caught:
            await (gathered(provider) if streamed else provider.complete(**ASK))
        assert caught.value.retryable


async def test_a_refusal_is_an_error_that_is_not_asked_again(
    claude: ai.AnthropicProvider,
    local: ai.OpenAICompatibleProvider,
    models: Any,
    reply_message: Callable[..., Any],
    reply_completion: Callable[..., Any],
):
    for provider, reply in (
        (claude, reply_message("", stop_reason="refusal")),
        (local, reply_completion("", refusal="no")),
        (local, reply_completion("", finish_reason="content_filter")),
    ):
        models.says(reply)
        with pytest.raises(ai.RefusedAnswerError) as caught:
            await provider.complete(**ASK)
        assert not caught.value.retryable


@pytest.mark.parametrize(("status", "kind"), [(429, "rate_limit_error"), (529, "overloaded_error"), (500, "api_error")])
async def test_a_busy_provider_is_asked_again(
    claude: ai.AnthropicProvider,
    models: Any,
    reply_message: Callable[..., Any],
    reply_failure: Callable[..., Any],
    status: int,
    kind: str,
):
    models.says(
        reply_failure(status, kind, **{"Retry-After": "0.01"}), reply_failure(status, kind), reply_message(GOOD)
    )
    assert (await claude.complete(**ASK)).text == GOOD
    assert len(models.requests) == 3


async def test_a_provider_that_stays_busy_is_given_up_after_four_requests(
    local: ai.OpenAICompatibleProvider, models: Any, reply_failure: Callable[..., Any]
):
    models.says(reply_failure(503))
    with pytest.raises(ai.ProviderError) as caught:
        await local.complete(**ASK)
    assert (caught.value.retryable, caught.value.status, len(models.requests)) == (True, 503, 4)


async def test_a_long_wait_is_left_to_the_activity_that_is_tried_again(
    claude: ai.AnthropicProvider, models: Any, reply_failure: Callable[..., Any]
):
    models.says(reply_failure(429, "rate_limit_error", **{"Retry-After": "3600"}))
    with pytest.raises(ai.ProviderError) as caught:
        await claude.complete(**ASK)
    assert (caught.value.retryable, len(models.requests)) == (True, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_a_request_that_is_wrong_is_not_repeated_and_its_words_stay_out_of_the_error(
    claude: ai.AnthropicProvider,
    local: ai.OpenAICompatibleProvider,
    models: Any,
    reply_failure: Callable[..., Any],
    status: int,
):
    for provider in (claude, local):
        models.requests.clear()
        models.says(reply_failure(status, "canary"))
        with pytest.raises(ai.ProviderError) as caught:
            await provider.complete(**ASK)
        assert (caught.value.retryable, caught.value.status, len(models.requests)) == (False, status, 1)
        assert "canary" not in str(caught.value)


async def test_a_stream_that_broke_after_its_text_was_shown_is_not_begun_again(
    claude: ai.AnthropicProvider, models: Any, reply_broken_stream: Callable[..., Any]
):
    models.says(reply_broken_stream('{"fields"'))
    with pytest.raises(ai.ProviderError) as caught:
        await gathered(claude)
    assert (caught.value.retryable, len(models.requests)) == (True, 1)


async def test_a_call_ends_when_its_time_is_up(
    claude: ai.AnthropicProvider, models: Any, reply_failure: Callable[..., Any]
):
    models.says(reply_failure(503, **{"Retry-After": "20"}))
    with pytest.raises(ai.ProviderError) as caught:
        await claude.complete(**ASK, timeout=0.3)
    assert caught.value.retryable


async def test_an_answer_without_a_choice_is_none(local: ai.OpenAICompatibleProvider, models: Any):
    from werkzeug import Response

    empty = '{"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": []}'
    models.says(lambda _request: Response(empty, content_type="application/json"))
    with pytest.raises(ai.UnreadableAnswerError):
        await local.complete(**ASK)


async def test_nobody_listening_is_worth_another_try_later(configure: Any):
    with pytest.raises(ai.ProviderError) as caught:
        await ai.AnthropicProvider("k", "http://127.0.0.1:9").complete(**ASK)
    assert caught.value.retryable


async def test_a_provider_keeps_its_connections(configure: Any, models: Any, reply_message: Callable[..., Any]):
    models.says(reply_message(GOOD))
    first = ai.AnthropicProvider("k", models.url)
    again, other = ai.AnthropicProvider("k", models.url), ai.AnthropicProvider("k2", models.url)
    assert first._client() is again._client()
    assert first._client() is not other._client()


@pytest.mark.parametrize(
    ("provider", "settings", "address", "header"),
    [
        ("NTROPII", {"ai_base_url": "{url}/v1"}, "/v1/chat/completions", None),
        (
            "NTROPII",
            {"ai_base_url": "{url}/v1", "ai_api_key": "k"},
            "/v1/chat/completions",
            ("authorization", "Bearer k"),
        ),
        (
            "ANTHROPIC",
            {"anthropic_base_url": "{url}", "anthropic_api_key": "k"},
            "/v1/messages",
            ("authorization", "Bearer k"),
        ),
        (
            "AZURE_OPENAI",
            {"azure_openai_endpoint": "{url}/", "azure_openai_api_key": "k"},
            "/openai/v1/chat/completions",
            ("api-key", "k"),
        ),
        (
            "DATABRICKS_FM",
            {"databricks_host": "{url}", "databricks_token": "k"},
            "/serving-endpoints/chat/completions",
            ("authorization", "Bearer k"),
        ),
    ],
)
async def test_each_provider_is_asked_at_its_own_address_with_its_own_key(
    configure: Any,
    models: Any,
    httpserver: Any,
    reply_message: Callable[..., Any],
    reply_completion: Callable[..., Any],
    provider: Any,
    settings: dict[str, str],
    address: str,
    header: tuple[str, str] | None,
):
    configure(**{name: value.format(url=models.url) for name, value in settings.items()})
    reply = (reply_message if provider == "ANTHROPIC" else reply_completion)(GOOD)
    models.says(reply)
    httpserver.expect_request(address, method="POST").respond_with_handler(models._answer)
    assert (await ai.build_provider(ai.AIConfig(provider=provider)).complete(**ASK)).text == GOOD
    if header is None:
        assert not {"authorization", "api-key", "x-api-key"} & models.headers[0].keys()
    else:
        assert models.headers[0][header[0]] == header[1]
    assert httpserver.log[0][0].path == address


@pytest.mark.parametrize("provider", ["ANTHROPIC", "AZURE_OPENAI", "DATABRICKS_FM"])
async def test_a_provider_without_its_settings_is_not_built(configure: Any, provider: Any):
    with pytest.raises(ai.AINotConfiguredError):
        ai.build_provider(ai.AIConfig(provider=provider))


async def test_a_provider_that_cannot_be_reached_from_here_says_so(configure: Any):
    with pytest.raises(ai.ProviderNotAvailableError) as caught:
        ai.build_provider(ai.AIConfig(provider="BEDROCK"))
    assert isinstance(caught.value, NotImplementedError)


def test_models_are_chosen_by_slot_then_default_then_provider():
    models = ai.AIModels(extraction="big", default="small")
    assert [models.for_capability(slot) for slot in ("extraction", "judgement")] == ["big", "small"]
    assert ai.AIModels().for_capability("extraction") == "claude-haiku-4-5-20251001"
    assert "claude" not in ai.AIModels().for_capability("extraction", "NTROPII")
    for provider in ("AZURE_OPENAI", "DATABRICKS_FM", "BEDROCK"):
        with pytest.raises(ai.AINotConfiguredError):
            ai.AIModels().for_capability("judgement", provider)


async def test_a_choice_holds_until_it_is_taken_back(configure: Any):
    with pytest.raises(RuntimeError):
        ai.resolve()
    configure(anthropic_api_key="k")
    assert ai.resolve().provider == "ANTHROPIC"
    section = {"provider": "NTROPII", "models": {"default": "m"}}
    for value in (section, {"ai": section}, {"tenant_slug": "a", "ai": section}, ai.AIConfig(**section)):
        ai.use_config(value)
        assert (ai.resolve().provider, ai.resolve().models.default) == ("NTROPII", "m")
        for empty in (None, {}, {"models": {}}, {"tenant_slug": "a"}):
            ai.use_config(section)
            ai.use_config(empty)
            assert ai.resolve().provider == "ANTHROPIC"
    ai.use_config({"ai": ai.AIConfig(provider="BEDROCK")})
    assert ai.resolve().provider == "BEDROCK"
    for wrong in ("NTROPII", {"ai": "NTROPII"}):
        with pytest.raises(TypeError):
            ai.use_config(wrong)
    with pytest.raises(ValueError):
        ai.use_config({"provider": "ELSEWHERE"})


def test_answers_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ai.CompletionResponse("", {}).text = "x"  # type: ignore[misc]  # what is tested
