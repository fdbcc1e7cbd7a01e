"""Checks that a model answers: what it is told, what of its answer counts, and when it is not asked."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from ntro.capabilities import _connections
from ntro.capabilities.checks import QualityCheckItem, QualityCheckSpec, run_quality_check
from ntro.data import DataPlane

SUBMITTED = {"nav": "1000.00", "note": "{baseline} is what an attacker writes"}
BASELINE = {"nav": "990.00"}
PASS = json.dumps({"status": "pass", "detail": "1 % up.", "data": {"change": 0.0101}, "confidence": 0.8})


@pytest.fixture
def claude(configure: Any, models: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(_connections, "PAUSE_SECONDS", 0.001)
    configure(anthropic_api_key="sk", anthropic_base_url=models.url)
    return models


async def check(
    prompt: str = "Is the NAV plausible?",
    baseline: dict[str, Any] | None = None,
    ai_config: dict[str, Any] | None = None,
    **changes: Any,
) -> QualityCheckItem:
    spec = QualityCheckSpec(id="plausible", title="Plausible NAV", prompt=prompt, **changes)
    item: QualityCheckItem = await ActivityEnvironment().run(run_quality_check, spec, SUBMITTED, baseline, ai_config)
    return item


async def test_a_models_judgement_is_the_outcome_with_its_own_confidence(
    claude: Any, reply_message: Callable[..., Any]
):
    claude.says(reply_message(PASS))
    item = await check(baseline=BASELINE)
    assert (item.status, item.detail, item.confidence) == ("pass", "1 % up.", 0.8)
    assert item.data == {"change": "0.0101"}
    assert claude.requests[0]["max_tokens"] == 1_024


async def test_values_stand_where_the_prompt_names_them_else_below(claude: Any, reply_message: Callable[..., Any]):
    claude.says(reply_message(PASS))
    await check("Compare {submitted} with {baseline}, please.", BASELINE)
    await check("Is it plausible?", BASELINE)
    await check("Compare with {baseline}.", {})
    placed, below, alone = claude.prompts
    assert placed.count('"nav": "1000.00"') == below.count('"nav": "1000.00"') == 1
    assert placed.index("Compare") < placed.index('"1000.00"') < placed.index('"990.00"') < placed.index(", please.")
    assert below.index("Is it plausible?") < below.index('"1000.00"')
    assert SUBMITTED["note"] in placed
    assert "{submitted}" not in placed
    assert '"990.00"' not in alone
    assert "no earlier period" in alone


async def test_an_empty_baseline_is_none(claude: Any):
    for baseline in (None, {}):
        assert (await check(baseline=baseline, requires_baseline=True)).status == "skipped"
    assert claude.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        "It looks fine.",
        json.dumps({"status": "running"}),
        json.dumps({"status": "skipped"}),
        json.dumps({"status": "ok"}),
        json.dumps({"detail": "no status"}),
        json.dumps({"status": "pass", "confidence": 3}),
        json.dumps({"status": "pass", "data": "much"}),
        "[]",
    ],
)
async def test_an_answer_that_is_no_judgement_fails_the_check_and_is_not_kept(
    tenant_database: DataPlane, claude: Any, reply_message: Callable[..., Any], answer: str
):
    claude.says(reply_message(answer), reply_message(PASS))
    failed = await check()
    assert (failed.status, failed.confidence) == ("fail", None)
    assert failed.detail
    assert (await check()).status == "pass"
    assert len(claude.requests) == 2


async def test_a_provider_that_does_not_answer_fails_the_check_and_nothing_is_kept(
    tenant_database: DataPlane, claude: Any, reply_failure: Callable[..., Any], reply_message: Callable[..., Any]
):
    claude.says(reply_failure(400), reply_message(PASS, stop_reason="max_tokens"), reply_message(PASS))
    assert [(await check()).status for _ in range(3)] == ["fail", "fail", "pass"]


async def test_the_same_check_of_the_same_values_is_asked_once_per_provider_and_model(
    tenant_database: DataPlane,
    claude: Any,
    configure: Any,
    reply_message: Callable[..., Any],
    reply_completion: Callable[..., Any],
):
    claude.says(reply_message(PASS))
    first = await check(baseline=BASELINE)
    assert await check(baseline=BASELINE) == first
    assert len(claude.requests) == 1
    await check(baseline={"nav": "1"})
    await check("Another question?", BASELINE)
    await check(baseline=BASELINE, ai_config={"provider": "ANTHROPIC", "models": {"judgement": "m"}})
    assert len(claude.requests) == 4
    configure(ai_base_url=f"{claude.url}/v1")
    claude.says(reply_completion(PASS))
    await check(baseline=BASELINE, ai_config={"provider": "NTROPII", "models": {"judgement": "m"}})
    assert len(claude.requests) == 5
    rows = await tenant_database.fetch("select spec_id, provider, model from system.cache_check")
    assert {row["spec_id"] for row in rows} == {"plausible"}
    assert {"ANTHROPIC", "NTROPII"} == {row["provider"] for row in rows}


@pytest.mark.parametrize(
    "chosen", [None, {"provider": "BEDROCK"}, {"provider": "AZURE_OPENAI"}, {"provider": "ELSEWHERE"}]
)
async def test_a_check_that_nobody_can_be_asked_is_skipped_with_the_reason(configure: Any, chosen: Any):
    item = await check(ai_config=chosen)
    assert (item.status, item.confidence) == ("skipped", None)
    assert item.detail
