"""Sessions of Claude Managed Agents: how they are begun, followed, told apart and ended."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro import data
from ntro.agents import following, passback
from ntro.agents.claude_states import status_of
from ntro.workflow.agents import AgentHostError

Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passback, "SETTLED_SECONDS", 0.05)
    monkeypatch.setattr(passback, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(following, "LONGEST_PAUSE_SECONDS", 0.05)


async def session_row(db: data.DataPlane) -> dict[str, Any]:
    rows = await db.fetch("select * from system.agent_sessions order by created_at")
    return rows[-1]


async def test_a_session_is_begun_with_its_input_and_followed_to_its_end(
    claude: Any, registry: Any, ask: Ask, db: data.DataPlane, task: str
):
    result = await ask(registry.add(), {"period_summary": {"nav": "12.50"}})
    assert (result.status, result.session_id, result.output_text) == ("completed", "sesn_1", "Done.")
    assert (result.error, result.output_files) == (None, [])
    body = claude.only.body
    assert body["agent"] == "agent_01"
    assert body["initial_events"][0]["content"][0]["text"] == '{"period_summary": {"nav": "12.50"}}'
    row = await session_row(db)
    assert body["metadata"] == {"ntro_session": str(row["id"])}
    assert (row["task_id"], row["state"], row["session_id"]) == (task, "completed", "sesn_1")
    assert row["input"] == '{"period_summary": {"nav": "12.50"}}'
    assert (row["event_count"], result.raw["event_count"]) == (4, 4)
    assert result.raw["events_sha256"] == row["events_sha256"]
    assert (result.raw["agent_version"], result.raw["list_cost_minor"]) == (7, "12")


async def test_vaults_environment_version_and_budget_are_those_of_the_agent(
    claude: Any, registry: Any, ask: Ask, db: data.DataPlane
):
    agent = registry.add(capabilityManifest={"version": 3})
    config = {"agents": {"audit-handover": {"environment_id": "env_9", "vault_ids": ["vlt_1"], "budget_usd": "5.00"}}}
    await db.execute("update system.tenant set config = $1", config)
    result = await ask(agent, budget_usd=Decimal("2.50"))
    body = claude.only.body
    assert (body["environment_id"], body["vault_ids"]) == ("env_9", ["vlt_1"])
    assert body["agent"] == {"type": "agent", "id": "agent_01", "version": 3}
    assert body["budget"] == {"type": "limit", "max_list_cost": {"amount": "250", "currency": "USD"}}
    assert result.raw["agent_version"] == 3


async def test_the_same_question_in_the_same_task_is_one_session(claude: Any, registry: Any, ask: Ask):
    agent = registry.add()
    first, again, other = await ask(agent), await ask(agent), await ask(agent, "Something else.")
    assert first == again
    assert other.session_id != first.session_id
    assert len(claude.sessions) == 2


@pytest.mark.parametrize(
    ("plan", "status", "word"),
    [
        ({"stop": {"type": "retries_exhausted"}}, "failed", "errors"),
        ({"stop": {"type": "budget_reached"}}, "failed", "budget"),
        ({"stop": {"type": "refusal"}}, "failed", "refused"),
        ({"stop": {"type": "something_new"}}, "failed", "something_new"),
        ({"stop": {"type": "end_turn"}, "status": "terminated"}, "completed", None),
        ({"stop": None, "status": "terminated"}, "terminated", "ended"),
        (
            {
                "stop": None,
                "status": "terminated",
                "errors": [{"type": "billing_error", "message": "unpaid", "retry_status": {"type": "terminal"}}],
            },
            "failed",
            "unpaid",
        ),
        ({"errors": [{"type": "x", "message": "again", "retry_status": {"type": "retrying"}}]}, "completed", None),
        ({"while_working": "rescheduling", "working": 3}, "completed", None),
    ],
)
async def test_a_session_ends_as_its_stop_reason_says(
    claude: Any, registry: Any, ask: Ask, plan_type: Any, plan: dict[str, Any], status: str, word: str | None
):
    claude.plan = plan_type(**plan)
    result = await ask(registry.add())
    assert result.status == status
    assert (result.error is None) if word is None else (word in result.error)


async def test_a_session_that_failed_may_be_asked_again(claude: Any, registry: Any, ask: Ask, plan_type: Any):
    agent = registry.add()
    claude.plan = plan_type(stop={"type": "refusal"})
    assert (await ask(agent)).status == "failed"
    claude.plan = plan_type()
    assert (await ask(agent)).status == "completed"
    assert len(claude.sessions) == 2


async def test_one_that_waits_for_a_tool_is_not_finished_and_is_ended_at_its_deadline(
    claude: Any, registry: Any, ask: Ask, plan_type: Any, db: data.DataPlane
):
    claude.plan = plan_type(stop={"type": "requires_action", "event_ids": ["evt_9"]})
    result = await ask(registry.add(), max_poll_seconds=0.5)
    assert (result.status, result.raw["error"]) == ("failed", "polling_timeout")
    assert "evt_9" in result.error
    assert claude.only.calls == ["user.interrupt", "archive"]
    assert (await session_row(db))["state"] == "failed"


async def test_errors_that_pass_are_waited_out(claude: Any, registry: Any, ask: Ask):
    claude.fail("GET /v1/sessions/.*", 529, times=5)
    claude.fail("GET /v1/sessions/.*/events", 500)
    assert (await ask(registry.add())).status == "completed"


async def test_a_rate_limit_is_kept_as_the_host_asks(claude: Any, registry: Any, ask: Ask):
    claude.fail("GET /v1/sessions/.*", 429, times=2, **{"retry-after": "0.05"})
    assert (await ask(registry.add())).status == "completed"


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_of_the_host_is_final_and_costs_nothing(
    claude: Any, registry: Any, ask: Ask, db: data.DataPlane, status: int
):
    claude.fail("POST /v1/sessions", status)
    with pytest.raises(AgentHostError) as refused:
        await ask(registry.add())
    assert refused.value.retryable is False
    assert claude.sessions == {}
    assert (await session_row(db))["state"] == "intent"


async def test_a_session_whose_creation_was_not_answered_is_adopted_by_its_tag(
    claude: Any, registry: Any, ask: Ask, plan_type: Any
):
    """Also where the host lists it late, between sessions of other tasks, on a later page."""
    agent = registry.add()
    for number in range(3):
        await ask(agent, f"other {number}")

    def lose_the_answer() -> None:
        claude.after_create = lambda: None
        raise ConnectionError

    claude.after_create = lose_the_answer
    claude.plan = plan_type(working=2)
    with pytest.raises(AgentHostError) as lost:
        await ask(agent)
    assert lost.value.retryable is True
    claude.unlisted = 1
    assert (await ask(agent)).session_id == "sesn_4"
    assert len(claude.sessions) == 4


async def test_an_agent_of_another_tenant_or_without_a_host_is_refused(claude: Any, registry: Any, ask: Ask):
    for agent in (
        registry.add(tenant="55555555-5555-4555-8555-555555555555"),
        registry.add(ref=""),
        registry.add("azure_ai_agent"),
        registry.add("runbook"),
        registry.unknown(),
    ):
        with pytest.raises(AgentHostError):
            await ask(agent)
    assert claude.sessions == {}


_EVENTS = st.lists(
    st.sampled_from(
        [
            {"type": "agent.message", "content": []},
            {"type": "session.status_running"},
            {"type": "session.status_rescheduled"},
            {"type": "session.status_idle", "stop_reason": {"type": "end_turn"}},
            {"type": "session.status_idle", "stop_reason": {"type": "requires_action", "event_ids": []}},
            {"type": "session.status_idle", "stop_reason": {"type": "budget_reached"}},
        ]
    )
)


@given(events=_EVENTS)
def test_an_idle_session_is_completed_only_where_its_last_turn_ended(events: list[dict[str, Any]]):
    state, _ = status_of("idle", events)
    marks = [event for event in events if event["type"].startswith("session.status")]
    finished = bool(marks) and (marks[-1].get("stop_reason") or {}).get("type") == "end_turn"
    assert (state == "completed") == finished
