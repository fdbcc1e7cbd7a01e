"""Agents invoked from steps of runs: dispatched, cancelled, handed over from worker to worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel
from temporalio.client import Client, WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro import data, events
from ntro.agents import passback
from ntro.testing import WorkflowHarness
from ntro.testing.local import bundle_of
from ntro.workflow import NtroWorkflow, activity, runbook, ui_step
from ntro.workflow.agents import AgentResult, invoke
from ntro.workflow.heartbeats import HeartbeatInterceptor
from ntro.workflow.hosting import worker_options

OFTEN = timedelta(milliseconds=50)
PATIENCE = 30


@activity.defn(name="agents_test.ask_inside")
async def ask_inside(agent_id: str) -> AgentResult:
    """An activity that invokes the agent itself."""
    return await invoke(agent_id, input="From an activity.", poll_interval_seconds=0.05)


@runbook.defn
class AgentsHandoverWorkflow(NtroWorkflow):
    """Drafts a handover where an agent is named."""

    @runbook.run
    async def run(self, context: dict[str, Any]) -> AgentResult | None:
        if context.get("inside"):
            result: AgentResult = await runbook.execute_activity(ask_inside, context["agent_id"])
            return result
        return await self.draft(context)

    @ui_step(name="draft_auditor_handover", title="Draft auditor handover", icon="FileText")
    async def draft(self, context: dict[str, Any]) -> AgentResult | None:
        if not context.get("agent_id"):
            return None
        return await invoke(context["agent_id"], input={"nav": "1.00"}, poll_interval_seconds=0.05, max_poll_seconds=60)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passback, "SETTLED_SECONDS", 0.05)
    monkeypatch.setattr(passback, "LOOK_SECONDS", 0.02)


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, data_converter=pydantic_data_converter)


@asynccontextmanager
async def working(client: Client, queue: str) -> AsyncIterator[None]:
    options = worker_options([bundle_of(AgentsHandoverWorkflow)], activities=[ask_inside])
    options["interceptors"] = [HeartbeatInterceptor(every=OFTEN), *options["interceptors"][1:]]
    options["max_heartbeat_throttle_interval"] = OFTEN
    options["workflow_runner"] = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=queue, **options):
        yield


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await reached():  # noqa: ASYNC110 - it asks a server
            await asyncio.sleep(0.02)


async def test_a_step_invokes_an_agent_and_the_session_knows_the_step(
    client: Client, claude: Any, registry: Any, task: str, db: data.DataPlane
):
    queue = uuid4().hex
    async with working(client, queue):
        result = await client.execute_workflow(
            AgentsHandoverWorkflow.run, {"agent_id": registry.add()}, id=task, task_queue=queue
        )
    assert (result.status, result.session_id) == ("completed", "sesn_1")
    (row,) = await db.fetch("select task_id, run_id, step_id, call_id from system.agent_sessions")
    assert (row["task_id"], row["run_id"], row["step_id"]) == (task, task, "draft_auditor_handover")
    assert row["call_id"].startswith(f"{task}/")


async def test_an_activity_invokes_an_agent_where_it_runs(
    client: Client, claude: Any, registry: Any, task: str, db: data.DataPlane
):
    queue = uuid4().hex
    async with working(client, queue):
        given = {"agent_id": registry.add(), "inside": True}
        result = await client.execute_workflow(AgentsHandoverWorkflow.run, given, id=task, task_queue=queue)
    assert result.status == "completed"
    assert [row["task_id"] for row in await db.fetch("select task_id from system.agent_sessions")] == [task]


async def test_a_cancelled_run_ends_the_session_at_its_host(
    client: Client, claude: Any, registry: Any, task: str, plan_type: Any, db: data.DataPlane
):
    claude.plan = plan_type(working=10_000)
    queue = uuid4().hex
    async with working(client, queue):
        given = {"agent_id": registry.add()}
        handle = await client.start_workflow(AgentsHandoverWorkflow.run, given, id=task, task_queue=queue)

        async def under_way() -> bool:
            return bool(claude.sessions) and claude.only.looks > 1

        await until(under_way)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert claude.only.calls == ["user.interrupt", "archive"]
    assert [row["state"] for row in await db.fetch("select state from system.agent_sessions")] == ["cancelled"]


async def test_a_worker_that_stops_leaves_the_session_to_the_next(
    client: Client, claude: Any, registry: Any, task: str, plan_type: Any
):
    claude.plan = plan_type(working=10_000)
    queue = uuid4().hex
    async with working(client, queue):
        given = {"agent_id": registry.add()}
        handle = await client.start_workflow(AgentsHandoverWorkflow.run, given, id=task, task_queue=queue)

        async def under_way() -> bool:
            return bool(claude.sessions) and claude.only.looks > 1

        await until(under_way)
    assert claude.only.calls == []
    claude.plan.working = 0
    async with working(client, queue):
        assert (await handle.result()).session_id == "sesn_1"
    assert list(claude.sessions) == ["sesn_1"]


async def test_the_end_of_a_session_is_an_event_with_its_evidence(
    client: Client, claude: Any, registry: Any, task: str, monkeypatch: pytest.MonkeyPatch
):
    told: list[tuple[str, Any]] = []

    class Listening:
        async def emit(self, event_type: str, payload: BaseModel | dict[str, Any] | None = None) -> None:
            told.append((event_type, payload))

    monkeypatch.setattr(events, "_emitter", Listening())
    queue = uuid4().hex
    async with working(client, queue):
        given = {"agent_id": registry.add()}
        result = await client.execute_workflow(AgentsHandoverWorkflow.run, given, id=task, task_queue=queue)
    ((kind, said),) = told
    assert kind == "agent.session_closed"
    assert (said["session_id"], said["raw"]) == ("sesn_1", result.raw)
    assert "output_text" not in said


async def test_without_an_agent_the_step_is_skipped_and_in_a_harness_the_host_is_made_up():
    async with WorkflowHarness(AgentsHandoverWorkflow) as harness:
        skipped = await harness.run(input={})
        asked = await harness.run(input={"agent_id": "4f1c"})
    assert (skipped.status, skipped.result) == ("completed", None)
    assert asked.result.status == "completed"
