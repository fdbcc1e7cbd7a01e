"""Gates that a tenant lets agents decide: exactly those, by the agent that works on the task, named and as shown."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from google.protobuf.duration_pb2 import Duration
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from temporalio import workflow
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro.workflow.decisions import Decision, DecisionReceipt
from ntro_tenant.core.agent_gates import allows_agents
from ntro_tenant.core.engine import connect
from ntro_tenant.settings import CellSettings

Check = Callable[[httpx2.Response, int], dict[str, Any]]
OPEN = {"gates": {"nav-monthly/review": {"agents": True}}}
HASH = "a" * 64
QUEUE = "cell-agents-gates"


@workflow.defn(name="CellAgentsGate")
class GateRun:
    """A run that takes any decision and ends with it."""

    def __init__(self) -> None:
        self.decided: Decision | None = None

    @workflow.run
    async def run(self) -> dict[str, Any]:
        await workflow.wait_condition(lambda: self.decided is not None and workflow.all_handlers_finished())
        assert self.decided is not None
        return self.decided.model_dump(mode="json")

    @workflow.update(name="decide")
    def decide(self, decision: Decision) -> DecisionReceipt:
        self.decided = decision
        return DecisionReceipt(gate_id=decision.gate_id, applied=True)


@pytest.fixture
def settings(settings: CellSettings, workspace: Any, temporal_address: str) -> CellSettings:
    key = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    beside: CellSettings = workspace.beside(settings)
    return beside.model_copy(
        update={
            "temporal_address": temporal_address,
            "temporal_namespace": f"cell-agents-{uuid4().hex}",
            "payload_keys": {"k1": SecretStr(key)},
        }
    )


@pytest.fixture
async def engine(settings: CellSettings, app: FastAPI) -> AsyncIterator[Client]:
    bare = await Client.connect(settings.temporal_address)
    day = Duration(seconds=86400)
    await bare.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=settings.temporal_namespace, workflow_execution_retention_period=day)
    )
    found = await connect(settings, app.state.cell.pool)
    async with asyncio.timeout(60):
        while not await is_known(found):  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.05)
    runner = UnsandboxedWorkflowRunner()
    async with Worker(found, task_queue=QUEUE, workflows=[GateRun], workflow_runner=runner):
        yield found


async def is_known(client: Client) -> bool:
    try:
        await client.count_workflows()
    except RPCError:
        return False
    return True


@dataclass
class AtGate:
    """An agent that works on a task with an open gate, and what the tenant says of its gates."""

    books: Any
    agent: UUID
    task: UUID
    gate: str
    client: httpx2.AsyncClient

    async def configure(self, *, tenant: Any = None, entity: Any = None) -> None:
        await self.books.connection.execute("update system.tenant set config = $1", tenant or {})
        await self.books.connection.execute("update system.entities set config = $1", entity or {})

    async def act(self, **changes: Any) -> httpx2.Response:
        body = {"type": "approved", "gateId": self.gate, "payloadHash": HASH} | changes
        given = {name: value for name, value in body.items() if value is not None}
        return await self.client.post(f"/tasks/{self.task}/action", json=given)

    async def look(self) -> httpx2.Response:
        return await self.client.get(f"/tasks/{self.task}/ui")


@pytest.fixture
async def at_gate(app: FastAPI, books: Any, workspace: Any) -> AsyncIterator[AtGate]:
    task = await books.task(status="BLOCKED")
    gate = await books.gate(task, str(task))
    agent = await workspace.agent()
    await enter_session(books, UUID(agent["id"]), task)
    headers = {"Authorization": f"Bearer {await workspace.token(agent['apiKey'], task)}"}
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://cell.test/v1", headers=headers) as client:
        yield AtGate(books, UUID(agent["id"]), task, gate, client)


async def enter_session(books: Any, agent: UUID, task: UUID) -> None:
    await books.connection.execute(
        """
        insert into system.agent_sessions (agent_id, kind, external_ref, task_id, run_id, step_id, call_id, input,
                                           input_sha256, session_id, state, deadline)
        values ($1, 'claude_managed', 'anthropic://agents/a', $2, $2, 'review', $3, 'x', $4, 's', 'running',
                now() + interval '1 hour')
        """,
        agent,
        str(task),
        uuid4().hex,
        HASH,
    )


async def test_an_agent_decides_the_gate_that_its_tenant_opens_to_agents(
    at_gate: AtGate, engine: Client, anna: httpx2.AsyncClient
):
    run = await engine.start_workflow(GateRun.run, id=str(at_gate.task), task_queue=QUEUE)
    await at_gate.configure(tenant=OPEN)
    seen = await at_gate.look()
    assert seen.status_code == 200, seen.text
    (gate,) = seen.json()["gates"]
    assert (gate["id"], gate["payloadHash"]) == (at_gate.gate, HASH)
    assert (await at_gate.act(comments="adds up")).json() == {"ok": True, "gateId": at_gate.gate}
    taken = await run.result()
    assert (taken["actor"], taken["action"], taken["reason"]) == (f"agent:{at_gate.agent}", "approved", "adds up")
    await at_gate.books.close_gate(at_gate.gate, actor=taken["actor"])
    page = await anna.get(f"http://cell.test/tasks/{at_gate.task}")
    assert "(agent)" in page.text


async def test_an_agent_sees_of_its_task_only_the_gates_that_it_may_decide(at_gate: AtGate):
    await at_gate.books.step(str(at_gate.task), "other", status="active")
    await at_gate.books.gate(at_gate.task, str(at_gate.task), step_id="other", payload={"total": "canary"})
    await at_gate.configure(tenant=OPEN)
    seen = await at_gate.look()
    assert [gate["stepId"] for gate in seen.json()["gates"]] == ["review"]
    assert seen.json()["steps"] == []
    assert "canary" not in seen.text


@pytest.mark.parametrize(
    ("tenant", "entity"),
    [
        (None, None),
        ({"gates": {"nav-monthly/review": {"agents": False}}}, None),
        ({"gates": {"nav-monthly/review": {"agents": "yes"}}}, None),
        ({"gates": {"nav-monthly/review": True}}, None),
        ({"gates": {"nav-monthly/other": {"agents": True}}}, None),
        ({"gates": {"other/review": {"agents": True}}}, None),
        ({"gates": {"nav-monthly/*": {"agents": True}}}, None),
        ({"gates": ["nav-monthly/review"]}, None),
        (OPEN, {"gates": {"nav-monthly/review": {"agents": False}}}),
    ],
)
async def test_a_gate_that_is_not_opened_to_agents_is_closed_to_them(
    at_gate: AtGate, check_problem: Check, tenant: Any, entity: Any
):
    await at_gate.configure(tenant=tenant, entity=entity)
    check_problem(await at_gate.look(), 403)
    for kind in ("approved", "rejected", "corrected"):
        check_problem(await at_gate.act(type=kind), 403)
    check_problem(await at_gate.act(gateId=None), 403)


@pytest.mark.parametrize("fields", [{"four_eyes": True}, {"sign_off": "nav"}, {"kind": "submit_file"}])
async def test_sign_offs_gates_for_a_second_person_and_uploads_are_never_an_agents(
    at_gate: AtGate, check_problem: Check, fields: dict[str, Any]
):
    await at_gate.configure(tenant=OPEN, entity=OPEN)
    await at_gate.books.connection.execute("update system.gates set status = 'cancelled'")
    gate = await at_gate.books.gate(at_gate.task, str(at_gate.task), **fields)
    check_problem(await at_gate.look(), 403)
    for kind in ("approved", "rejected", "corrected"):
        check_problem(await at_gate.act(type=kind, gateId=gate), 403)


async def test_an_agent_names_the_gate_and_what_it_was_shown(at_gate: AtGate, check_problem: Check):
    await at_gate.configure(entity=OPEN)
    check_problem(await at_gate.act(gateId=None), 422)
    check_problem(await at_gate.act(payloadHash=None), 422)
    check_problem(await at_gate.act(gateId=f"{at_gate.task}/review/99"), 409)


async def test_an_agent_that_does_not_work_on_the_task_decides_nothing(
    at_gate: AtGate, app: FastAPI, workspace: Any, check_problem: Check
):
    await at_gate.configure(tenant=OPEN)
    another = await at_gate.books.task(status="BLOCKED", title="another")
    gate = await at_gate.books.gate(another, str(another))
    body = {"type": "approved", "gateId": gate, "payloadHash": HASH}
    check_problem(await at_gate.client.post(f"/tasks/{another}/action", json=body), 404)
    check_problem(await at_gate.client.get(f"/tasks/{another}/ui"), 404)
    await at_gate.books.connection.execute("update system.agent_sessions set state = 'completed', closed_at = now()")
    check_problem(await at_gate.act(), 404)


async def test_what_an_agent_may_decide_it_may_decide_at_that_door_alone(at_gate: AtGate, check_problem: Check):
    await at_gate.configure(tenant=OPEN)
    row = {"ledger": "expenses", "action": "reject_row", "rowId": str(uuid4()), "gateId": at_gate.gate}
    check_problem(await at_gate.client.post(f"/tasks/{at_gate.task}/row-action", json=row), 403)
    check_problem(await at_gate.client.get(f"/tasks/{at_gate.task}/next-step"), 403)
    form = {"gate_id": at_gate.gate, "action": "approved", "payload_hash": HASH}
    page = await at_gate.client.post(f"http://cell.test/tasks/{at_gate.task}/decide", data=form)
    assert page.status_code in (401, 403)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a/b", "agents"]), inner, max_size=2),
    max_leaves=6,
)


@given(of_tenant=anything, of_entity=anything)
def test_only_the_word_true_at_exactly_this_gate_opens_it(of_tenant: Any, of_entity: Any):
    def said(rules: Any) -> Any:
        rule = rules.get("a/b") if isinstance(rules, dict) else None
        return rule.get("agents", ...) if isinstance(rule, dict) else ...

    effective = said(of_tenant) if said(of_entity) is ... else said(of_entity)
    assert allows_agents("a/b", of_tenant, of_entity) == (effective is True)
