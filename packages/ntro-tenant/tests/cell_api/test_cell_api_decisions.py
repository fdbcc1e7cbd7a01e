"""Decisions, row actions and documents reach real runs on a real Temporal server, once."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from google.protobuf.duration_pb2 import Duration
from pydantic import SecretStr
from temporalio import workflow
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro.workflow.decisions import Decision, DecisionReceipt
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.engine import connect
from ntro_tenant.core.signals import SignalDelivery
from ntro_tenant.core.temporal import TemporalConnection
from ntro_tenant.settings import CellSettings

Check = Callable[[httpx2.Response, int], dict[str, Any]]
QUEUE = "cell-api-decisions"
SECONDS = 60
HASH = "a" * 64


@workflow.defn(name="CellApiGate")
class GateRun:
    """A run with one gate that it names `<run>/review/1`; it ends when told to."""

    def __init__(self) -> None:
        self.decided: list[Decision] = []
        self.heard: list[Any] = []
        self.over = False

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self.over)

    @workflow.update(name="decide")
    def decide(self, decision: Decision) -> DecisionReceipt:
        self.decided.append(decision)
        return DecisionReceipt(gate_id=decision.gate_id, applied=True)

    @decide.validator
    def check(self, decision: Decision) -> None:
        if decision.payload_hash != HASH:
            raise ApplicationError("it has changed", type="PayloadChanged", non_retryable=True)
        if decision.actor == "u-lonely":
            raise ApplicationError("a second person is needed", type="FourEyes", non_retryable=True)
        if self.decided:
            raise ApplicationError("decided before", type="AlreadyDecided", non_retryable=True)

    @workflow.signal(dynamic=True)
    def hear(self, name: str, args: Sequence[RawValue]) -> None:
        self.heard.append([name, *(workflow.payload_converter().from_payload(item.payload) for item in args)])

    @workflow.signal
    def end(self) -> None:
        self.over = True

    @workflow.query
    def all_heard(self) -> list[Any]:
        return self.heard

    @workflow.query
    def all_decided(self) -> list[Decision]:
        return self.decided


async def eventually(attempt: Callable[[], Awaitable[Any]]) -> Any:
    """The first true answer of `attempt`, within a minute."""
    async with asyncio.timeout(SECONDS):
        while not (answer := await attempt()):  # noqa: ASYNC110  # another process makes it true
            await asyncio.sleep(0.05)
    return answer


@pytest.fixture
def settings(settings: CellSettings, temporal_address: str) -> CellSettings:
    key = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    return settings.model_copy(
        update={
            "temporal_address": temporal_address,
            "temporal_namespace": f"cell-api-{uuid4().hex}",
            "payload_keys": {"k1": SecretStr(key)},
        }
    )


@pytest.fixture
async def client(settings: CellSettings, app: Any) -> Client:
    bare = await Client.connect(settings.temporal_address)
    await bare.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=settings.temporal_namespace,
            workflow_execution_retention_period=Duration(seconds=86400),
        )
    )
    found = await connect(settings, app.state.cell.pool)

    async def known() -> bool:
        try:
            await found.count_workflows()
        except RPCError:
            return False
        return True

    await eventually(known)
    return found


@dataclass
class Running:
    """A task whose root run really runs."""

    task: UUID
    gate: str
    handle: WorkflowHandle[Any, Any]

    async def heard(self) -> list[Any]:
        found: list[Any] = await self.handle.query("all_heard")
        return found

    async def decided(self) -> list[Any]:
        found: list[Any] = await self.handle.query("all_decided")
        return found


@pytest.fixture
async def worker(client: Client) -> AsyncIterator[None]:
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[GateRun],
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=timedelta(seconds=1),
    ):
        yield


@pytest.fixture
async def running(client: Client, books: Any) -> Running:
    task = await books.task(status="BLOCKED")
    handle = await client.start_workflow("CellApiGate", id=str(task), task_queue=QUEUE)
    gate = await books.gate(task, str(task), id=f"{task}/review/1", payload_hash=HASH)
    return Running(task, gate, handle)


@pytest.mark.usefixtures("worker")
class TestDeciding:
    """`POST /tasks/{id}/action`."""

    async def test_a_decision_reaches_its_run_with_actor_reason_and_corrections(
        self, anna: httpx2.AsyncClient, running: Running
    ):
        body = {
            "type": "corrected",
            "comments": "The fee is wrong",
            "gateId": running.gate,
            "payloadHash": HASH,
            "corrections": [{"line_item_id": "1", "field": "amount", "old_value": "1", "new_value": 12.10}],
        }
        answer = await anna.post(f"/tasks/{running.task}/action", json=body)
        assert (answer.status_code, answer.json()) == (200, {"ok": True, "gateId": running.gate})
        found = (await running.decided())[0]
        assert (found["gate_id"], found["action"], found["actor"]) == (running.gate, "corrected", "u-anna")
        assert found["reason"] == "The fee is wrong"
        assert found["corrections"][0]["new_value"] == "12.1"

    async def test_a_double_click_is_answered_alike_and_applied_once(self, anna: httpx2.AsyncClient, running: Running):
        path, body = f"/tasks/{running.task}/action", {"type": "approved"}
        answers = await asyncio.gather(*(anna.post(path, json=body) for _ in range(4)))
        answers.append(await anna.post(path, json=body))
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.json()["gateId"] for answer in answers} == {running.gate}
        assert len(await running.decided()) == 1

    async def test_a_repeated_request_never_decides_the_gate_that_follows(
        self, anna: httpx2.AsyncClient, running: Running, books: Any, check_problem: Check
    ):
        path, body = f"/tasks/{running.task}/action", {"type": "approved"}
        assert (await anna.post(path, json=body)).status_code == 200
        await books.close_gate(running.gate, actor="u-anna")
        await books.gate(running.task, str(running.task), payload_hash=HASH)
        check_problem(await anna.post(path, json=body), 409)
        assert len(await running.decided()) == 1

    async def test_another_verdict_after_the_first_is_409(
        self, anna: httpx2.AsyncClient, running: Running, check_problem: Check
    ):
        path = f"/tasks/{running.task}/action"
        assert (await anna.post(path, json={"type": "approved"})).status_code == 200
        check_problem(await anna.post(path, json={"type": "rejected"}), 409)

    async def test_a_decision_on_what_has_changed_is_409(
        self, anna: httpx2.AsyncClient, running: Running, check_problem: Check
    ):
        body = {"type": "approved", "payloadHash": "b" * 64}
        check_problem(await anna.post(f"/tasks/{running.task}/action", json=body), 409)
        assert await running.decided() == []

    async def test_who_must_not_sign_alone_is_403(
        self, app: FastAPI, running: Running, settings: CellSettings, signing_keys: Any, check_problem: Check
    ):
        from ntro.workspace.tokens import Purpose, claims_for, sign

        claims = claims_for(
            settings.tenant_id, subject="u-lonely", name="L", roles=["reviewer"], purpose=Purpose.ACCESS
        )
        headers = {"Authorization": f"Bearer {sign(claims, signing_keys.private)}"}
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://cell.test/v1", headers=headers
        ) as lonely:
            check_problem(await lonely.post(f"/tasks/{running.task}/action", json={"type": "approved"}), 403)

    async def test_a_decision_for_a_run_that_has_ended_is_409(
        self, anna: httpx2.AsyncClient, running: Running, check_problem: Check
    ):
        await running.handle.signal("end")
        await running.handle.result()
        check_problem(await anna.post(f"/tasks/{running.task}/action", json={"type": "approved"}), 409)

    async def test_a_rejected_row_is_changed_and_its_run_told(
        self, anna: httpx2.AsyncClient, running: Running, books: Any
    ):
        row = await expense(books, running.task)
        body = {"ledger": "expenses", "action": "edit_cell", "rowId": str(row), "field": "vendor", "value": "Acme"}
        assert (await anna.post(f"/tasks/{running.task}/row-action", json=body)).json() == {"ok": True}
        stored = await books.connection.fetchrow("select vendor, status, validation_errors from ledgers.expenses")
        assert tuple(stored) == ("Acme", "PENDING", None)
        heard = await eventually(running.heard)
        assert heard[0][0] == "user_action"
        assert heard[0][1]["payload"] == {
            "action": "edit_cell",
            "row_id": str(row),
            "field": "vendor",
            "value": "Acme",
        }

    async def test_a_document_is_told_to_the_run_that_waits(
        self, anna: httpx2.AsyncClient, running: Running, books: Any
    ):
        await books.close_gate(running.gate)
        await books.file_gate(running.task, str(running.task), "tb")
        answer = await anna.post(f"/tasks/{running.task}/files?filename=tb.csv", content=b"a,b\n1,2\n")
        heard = await eventually(running.heard)
        assert heard[0][0] == "document_submitted"
        assert heard[0][1]["document_ref"] == answer.json()["id"]

    async def test_a_signal_whose_sender_died_before_it_noted_that_is_heard_once(
        self, anna: httpx2.AsyncClient, running: Running, books: Any
    ):
        await books.close_gate(running.gate)
        await books.file_gate(running.task, str(running.task), "tb")
        await anna.post(f"/tasks/{running.task}/files?filename=tb.csv", content=b"a,b\n1,2\n")
        await books.connection.execute("update system.signal_outbox set sent_at = null")
        path = f"/tasks/{running.task}/files?filename=other.csv"
        await books.file_gate(running.task, str(running.task), "rent")
        await anna.post(f"{path}&source=rent", content=b"a,b\n3,4\n")

        async def both() -> bool:
            return len(await running.heard()) >= 2

        await eventually(both)
        assert [item[1]["source"] for item in await running.heard()] == ["tb", "rent"]


async def expense(books: Any, task: UUID, *, status: str = "NEEDS_ATTENTION", vendor: str | None = None) -> UUID:
    found: UUID = await books.connection.fetchval(
        """
        insert into ledgers.expenses
            (entity_id, period, task_id, status, event_id, vendor, amount_gross, currency, validation_errors)
        values ($1, '2026-03', $2, $3, gen_random_uuid(), $4, 10, 'GBP', '[{"field": "vendor"}]') returning id
        """,
        books.entity_id,
        task,
        status,
        vendor,
    )
    return found


async def test_what_was_stored_while_temporal_was_away_is_delivered_later(
    anna: httpx2.AsyncClient, running: Running, books: Any, app: FastAPI, worker: None
):
    cell: Cell = app.state.cell
    await books.close_gate(running.gate)
    await books.file_gate(running.task, str(running.task), "tb")
    away = cell.settings.model_copy(update={"temporal_address": "127.0.0.1:9"})
    assert await SignalDelivery(cell.pool, TemporalConnection(away, cell.pool)).deliver() == 0
    await books.connection.execute(
        """
        insert into system.signal_outbox (workflow_id, signal, payload, dedupe_key)
        select $1, 'document_submitted', jsonb_build_object('number', n), 'k' || n from generate_series(1, 3) n
        """,
        str(running.task),
    )
    assert await cell.signals.deliver() == 3
    assert await cell.signals.deliver() == 0

    async def all_three() -> bool:
        return len(await running.heard()) == 3

    await eventually(all_three)
    assert [item[1]["number"] for item in await running.heard()] == [1, 2, 3]


async def test_a_signal_for_a_run_that_has_ended_is_given_up_and_recorded(
    running: Running, books: Any, app: FastAPI, worker: None
):
    cell: Cell = app.state.cell
    await running.handle.signal("end")
    await running.handle.result()
    await books.connection.execute(
        "insert into system.signal_outbox (workflow_id, signal, payload, dedupe_key) values ($1, 'x', '{}', 'k')",
        str(running.task),
    )
    assert await cell.signals.deliver() == 0
    assert (await books.signals())[0]["sent_at"] is None
    await books.connection.execute("update system.runs set status = 'COMPLETED'")
    assert await cell.signals.deliver() == 0
    assert (await books.signals())[0]["sent_at"] is not None
    assert await books.event_types() == ["signal.undeliverable"]


async def test_a_decision_while_the_worker_is_away_is_503_and_may_be_repeated(
    anna: httpx2.AsyncClient, running: Running, monkeypatch: pytest.MonkeyPatch, check_problem: Check
):
    monkeypatch.setattr("ntro_tenant.core.decisions.ANSWER_SECONDS", 0.5)
    check_problem(await anna.post(f"/tasks/{running.task}/action", json={"type": "approved"}), 503)
