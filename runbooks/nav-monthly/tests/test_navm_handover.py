"""The auditor handover: drafted by an agent, reviewed by a person before the sign-off, skipped without an agent.

The agent's host is the local server of the SDK's own tests, which speaks the host's protocol.
"""

from types import ModuleType
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from ntro.agents import passback
from ntro.capabilities import config
from ntro.testing import HAPPY, RunResult, Scenario
from ntro.workflow.hosting import sdk_activities

STEP = "draft_auditor_handover"
REJECT_DRAFTS = Scenario(name="reject_drafts", review_overrides={STEP: "rejected"})


@pytest.fixture
def claude(agent_hosts: ModuleType, httpserver: HTTPServer, db: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The host, and a worker that knows it."""
    assert db is not None, "the worker's configuration is that of its database, and more"
    monkeypatch.setattr(passback, "SETTLED_SECONDS", 0.05)
    config.set(
        config.get().model_copy(
            update={
                "tenant_id": agent_hosts.TENANT,
                "workspace_api_url": httpserver.url_for("/v1"),
                "workspace_api_key": SecretStr("cell-key"),
                "anthropic_api_key": SecretStr(agent_hosts.HOST_KEY),
                "anthropic_base_url": httpserver.url_for("/claude"),
            }
        )
    )
    host = agent_hosts.ClaudeHost(httpserver)
    host.plan = agent_hosts.Plan(working=0, files=[agent_hosts.LeftFile("../handover.docx", b"handover")])
    return host


@pytest.fixture
def agent(agent_hosts: ModuleType, httpserver: HTTPServer) -> str:
    found: str = agent_hosts.Registry(httpserver).add()
    return found


def invoking() -> Any:
    """The SDK's own activity, for real."""
    return next(fn for fn in sdk_activities() if fn.__name__ == "invoke_agent_activity")


def shown(result: RunResult) -> list[dict[str, Any]]:
    own = result.records[result.workflow_id]
    return [item.data for item in own if item.type == "gate.opened" and item.data["step_id"] == STEP]


def order(result: RunResult) -> list[str]:
    return [item.data["step_id"] for item in result.records[result.workflow_id] if item.type == "gate.opened"]


async def test_a_close_without_an_agent_asks_none_and_shows_no_gate(close: Any, claude: Any):
    result = await close(HAPPY, extra=[invoking()])
    assert result.error is None
    assert (claude.sessions, shown(result), result.result.handover) == ({}, [], [])


async def test_the_agents_draft_is_reviewed_before_the_sign_off_and_handed_out_with_the_pack(
    close: Any, month: Any, claude: Any, agent: str, db: Any
):
    result = await close(HAPPY, extra=[invoking()], audit_agent_id=agent)
    assert result.error is None
    assert order(result).index(STEP) < order(result).index("sign_off")
    (gate,) = shown(result)
    assert [file["filename"] for file in gate["payload"]["files"]] == ["handover.docx"]
    (file,) = result.result.handover
    stored = await db.fetchrow(
        "select filename, source from ingest.submitted_documents where id = $1", file.document_ref
    )
    assert stored == {"filename": "handover.docx", "source": f"agent_output:{agent}"}
    told = claude.only.body["initial_events"][0]["content"][0]["text"]
    assert month.written(month.Month().nav()) in told


async def test_a_rejected_draft_is_drafted_again_and_after_three_the_close_goes_on_without(
    close: Any, claude: Any, agent: str
):
    result = await close(REJECT_DRAFTS, extra=[invoking()], audit_agent_id=agent)
    assert (result.result.status, result.result.handover) == ("signed_off", [])
    assert len(claude.sessions) == len(shown(result)) == 3


async def test_an_agent_that_failed_is_told_of_and_may_be_done_without(
    close: Any, claude: Any, agent: str, agent_hosts: ModuleType
):
    claude.plan = agent_hosts.Plan(working=0, stop={"type": "budget_reached"})
    result = await close(HAPPY, extra=[invoking()], audit_agent_id=agent)
    (gate,) = shown(result)
    assert "budget" in gate["payload"]["summary"]
    assert (result.result.status, result.result.handover) == ("signed_off", [])


async def test_a_rehearsal_asks_no_agent(close: Any, claude: Any, agent: str):
    result = await close(HAPPY, extra=[invoking()], audit_agent_id=agent, dry_run=True)
    assert (result.result.status, claude.sessions) == ("rehearsed", {})
