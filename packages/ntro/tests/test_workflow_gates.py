"""Gates: which decisions count, for which gate, and what is recorded of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import workflow as engine
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro.testing.local import bundle_of, worker_for
from ntro.workflow import NtroWorkflow, run_local, runbook, ui_step
from ntro.workflow.decisions import DECIDE_UPDATE, Decision, DecisionReceipt
from ntro.workflow.hosting import worker_options
from ntro.workflow.records import RecordBatch, RunRecord

QUEUE = "runbook:gates-test"


@runbook.defn
class TwoReviewsWorkflow(NtroWorkflow):
    def __init__(self) -> None:
        """Forgets the base class, as subclasses do."""
        self.rows_seen: list[Any] = []

    @runbook.run
    async def run(self, options: dict[str, Any]) -> list[str]:
        first = await self.journals(options)
        second = await self.sign_off(options)
        return [first, second]

    @ui_step(name="journals", title="Journals", icon="Book")
    async def journals(self, options: dict[str, Any]) -> str:
        response = await self.wait_for_action(
            payload={"line_items": [{"id": "1", "amount": "10.00"}], "rate": 0.1},
            display_hint={"type": "review_journals"},
            reason="Look at the journals",
        )
        return response.action

    @ui_step(name="sign_off", title="Sign off", icon="Pen")
    async def sign_off(self, options: dict[str, Any]) -> str:
        response = await self.wait_for_action(
            payload={"nav": "100.00"}, four_eyes=options.get("four_eyes", False), timeout=options.get("timeout")
        )
        return response.get("kind", "approve")

    def on_row_action(self, action: dict[str, Any]) -> None:
        if action["payload"]["action"] == "fail":
            raise ValueError("no such row")
        self._pending_payload["line_items"][0]["amount"] = action["payload"]["value"]


@engine.defn
class EngineDecoratedWorkflow(NtroWorkflow):
    @engine.run
    async def run(self) -> str:
        return (await self.wait_for_action(payload=None)).action


class Recorded:
    """A recorder as a cell has one: each record once, in order of its number."""

    def __init__(self) -> None:
        self.batches: list[RecordBatch] = []
        self.arrived = asyncio.Condition()

    async def __call__(self, batch: RecordBatch) -> None:
        async with self.arrived:
            self.batches.append(batch)
            self.arrived.notify_all()

    def of(self, workflow_id: str) -> list[RunRecord]:
        given = [record for batch in self.batches if batch.workflow_id == workflow_id for record in batch.records]
        once = {record.n: record for record in given}
        assert all(once[record.n] == record for record in given)
        assert sorted(once) == list(range(1, len(once) + 1))
        return [once[number] for number in sorted(once)]

    async def gate(self, workflow_id: str, number: int) -> dict[str, Any]:
        def opened() -> list[dict[str, Any]]:
            return [record.data for record in self.of(workflow_id) if record.type == "gate.opened"]

        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(lambda: len(opened()) >= number)
        return opened()[number - 1]


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, data_converter=pydantic_data_converter)


@pytest.fixture
async def recorded(client: Client) -> AsyncIterator[Recorded]:
    recorder = Recorded()
    bundles = [bundle_of(TwoReviewsWorkflow), bundle_of(EngineDecoratedWorkflow)]
    async with worker_for(client, bundles, QUEUE, record=recorder):
        yield recorder


async def start(client: Client, **options: Any) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow(TwoReviewsWorkflow.run, options, id=str(uuid4()), task_queue=QUEUE)


async def decide(handle: WorkflowHandle[Any, Any], gate_id: str, action: str = "approved", **fields: Any) -> Any:
    decision = Decision(gate_id=gate_id, action=action, **{"decision_id": str(uuid4()), **fields})  # type: ignore[arg-type]  # mixed keywords
    return await handle.execute_update(DECIDE_UPDATE, decision, result_type=DecisionReceipt)


async def answered(handle: WorkflowHandle[Any, Any], gate_id: str, actor: str) -> Any:
    """The answer to a decision, asked again where a busy server gave none: the same decision is applied once."""
    decision_id = str(uuid4())
    async with asyncio.timeout(120):
        while True:
            try:
                return await decide(handle, gate_id, actor=actor, decision_id=decision_id)
            except WorkflowUpdateFailedError as refused:
                return refused
            except RPCError:
                continue


async def refusal(handle: WorkflowHandle[Any, Any], gate_id: str, **fields: Any) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await decide(handle, gate_id, **fields)
    return str(caught.value.cause.type)  # type: ignore[union-attr]  # it has one here


async def test_a_decision_answers_its_gate_and_no_later_one(client: Client, recorded: Recorded):
    handle = await start(client)
    first = await recorded.gate(handle.id, 1)
    assert first["gate_id"] == f"{handle.id}/journals/1"
    assert first["display_hint"] == {"component": "APPROVAL_FORM", "config": {"type": "review_journals"}}
    receipt = await decide(handle, first["gate_id"], actor="ana", payload_hash=first["payload_hash"])
    assert receipt == DecisionReceipt(gate_id=first["gate_id"], applied=True)
    second = await recorded.gate(handle.id, 2)
    assert await refusal(handle, first["gate_id"]) == "AlreadyDecided"
    assert await refusal(handle, "elsewhere/sign_off/9") == "GateNotOpen"
    assert await refusal(handle, second["gate_id"], payload_hash="0" * 64) == "PayloadChanged"
    await decide(handle, second["gate_id"], "rejected", reason="wrong")
    assert await handle.result() == ["approved", "reject"]


async def test_a_double_click_answers_one_gate_only(client: Client, recorded: Recorded):
    handle = await start(client)
    await recorded.gate(handle.id, 1)
    await handle.signal("user_action", {"kind": "approve"})
    await handle.signal("user_action", {"kind": "approve"})
    second = await recorded.gate(handle.id, 2)
    pending = await handle.query("current_pending_action")
    if pending is None:
        # Both clicks came one after the other: the second one met the second gate, which was open by then.
        assert await handle.result() == ["approved", "approve"]
        return
    await decide(handle, second["gate_id"], "rejected")
    assert await handle.result() == ["approved", "reject"]


async def test_a_decision_that_names_a_closed_gate_is_ignored_and_recorded(client: Client, recorded: Recorded):
    handle = await start(client)
    first = await recorded.gate(handle.id, 1)
    click = {"type": "approved", "gate_id": first["gate_id"], "actor": "ana"}
    await handle.signal("user_action", click)
    await handle.signal("user_action", click)
    second = await recorded.gate(handle.id, 2)
    await decide(handle, second["gate_id"], "rejected")
    assert await handle.result() == ["approved", "reject"]
    ignored = [record.data for record in recorded.of(handle.id) if record.type == "decision.ignored"]
    assert [item["actor"] for item in ignored] == ["ana"]


async def test_the_first_of_two_decisions_in_one_batch_wins(client: Client):
    queue, recorder = f"{QUEUE}:{uuid4()}", Recorded()
    options = worker_options([bundle_of(TwoReviewsWorkflow)], record=recorder)
    options["workflow_runner"] = UnsandboxedWorkflowRunner()
    # The next worker gets the run's turns as soon as this one is known to be gone.
    soon = timedelta(seconds=1)
    async with Worker(client, task_queue=queue, sticky_queue_schedule_to_start_timeout=soon, **options):
        handle = await client.start_workflow(TwoReviewsWorkflow.run, {}, id=str(uuid4()), task_queue=queue)
        first = await recorder.gate(handle.id, 1)
    # Nobody polls now, so both signals arrive in one activation of the next worker.
    await handle.signal("user_action", {"kind": "reject", "gate_id": first["gate_id"]})
    await handle.signal("user_action", {"kind": "approve", "gate_id": first["gate_id"]})
    async with worker_for(client, [bundle_of(TwoReviewsWorkflow)], queue, record=recorder):
        second = await recorder.gate(handle.id, 2)
        await decide(handle, second["gate_id"])
        assert await handle.result() == ["rejected", "approve"]


async def test_a_hundred_decisions_at_once_apply_exactly_one(client: Client, recorded: Recorded):
    handle = await start(client)
    gate = await recorded.gate(handle.id, 1)
    actors = [f"person-{number}" for number in range(100)]
    answers = await asyncio.gather(*(answered(handle, gate["gate_id"], actor) for actor in actors))
    applied = [answer for answer in answers if isinstance(answer, DecisionReceipt)]
    refused = [answer.cause.type for answer in answers if isinstance(answer, WorkflowUpdateFailedError)]  # type: ignore[union-attr]  # it has one here
    assert len(applied) == 1
    assert refused == ["AlreadyDecided"] * 99
    await recorded.gate(handle.id, 2)
    closed = [record.data for record in recorded.of(handle.id) if record.type == "gate.closed"]
    assert len(closed) == 1
    await handle.terminate()


async def test_a_thousand_decisions_at_once_have_one_outcome_each():
    async with await run_local(TwoReviewsWorkflow, {}, handle=True) as run:
        gate = await run.pending_action()

        async def vote(number: int) -> str:
            verdict = "approved" if number % 2 else "rejected"
            try:
                await decide(run.handle, gate["gate_id"], verdict, actor=f"person-{number}")
            except WorkflowUpdateFailedError as refused:
                return str(refused.cause.type)  # type: ignore[union-attr]  # it has one here
            return verdict

        outcomes = Counter(await asyncio.gather(*(vote(number) for number in range(1000))))
        second = await run.pending_action()
        assert second["gate_id"] != gate["gate_id"]
        assert outcomes.pop("AlreadyDecided") == 999
        [(applied, count)] = outcomes.items()
        await decide(run.handle, second["gate_id"])
        assert (count, await run.handle.result()) == (1, [applied, "approve"])


async def test_the_same_decision_sent_again_is_answered_the_same(client: Client, recorded: Recorded):
    handle = await start(client)
    gate = await recorded.gate(handle.id, 1)
    decision = str(uuid4())
    first = await decide(handle, gate["gate_id"], decision_id=decision)
    again = await decide(handle, gate["gate_id"], decision_id=decision)
    assert first == again
    await handle.terminate()


async def test_who_acted_before_cannot_approve_where_four_eyes_are_asked_for(client: Client, recorded: Recorded):
    handle = await start(client, four_eyes=True)
    first = await recorded.gate(handle.id, 1)
    await decide(handle, first["gate_id"], actor="ana")
    second = await recorded.gate(handle.id, 2)
    assert second["four_eyes"] is True
    assert await refusal(handle, second["gate_id"], actor="ana") == "FourEyes"
    assert await refusal(handle, second["gate_id"]) == "FourEyes"
    await decide(handle, second["gate_id"], actor="ben")
    assert await handle.result() == ["approved", "approve"]


async def test_a_row_action_changes_what_is_shown_and_outdates_earlier_decisions(client: Client, recorded: Recorded):
    handle = await start(client)
    gate = await recorded.gate(handle.id, 1)
    edit = {"action": "edit_cell", "row_id": "1", "value": "12.50"}
    await handle.signal("user_action", {"kind": "row_action", "payload": edit, "actor": "ana"})
    pending = await handle.query("current_pending_action")
    state = await handle.query("current_ui_state")
    assert pending["payload"]["line_items"][0]["amount"] == "12.50"
    assert state["pending_payload"] == pending["payload"]
    assert await refusal(handle, gate["gate_id"], payload_hash=gate["payload_hash"]) == "PayloadChanged"
    await decide(handle, gate["gate_id"], payload_hash=pending["payload_hash"])
    await recorded.gate(handle.id, 2)
    await handle.terminate()


async def test_a_failing_row_action_keeps_the_gate_and_is_shown(client: Client, recorded: Recorded):
    handle = await start(client)
    gate = await recorded.gate(handle.id, 1)
    await handle.signal("user_action", {"kind": "row_action", "payload": {"action": "fail"}})
    pending = await handle.query("current_pending_action")
    assert pending["feedback"]["level"] == "error"
    assert pending["payload_hash"] == gate["payload_hash"]
    await decide(handle, gate["gate_id"], payload_hash=gate["payload_hash"])
    await recorded.gate(handle.id, 2)
    await handle.terminate()


async def test_a_gate_that_nobody_answers_times_out_and_fails_the_run(client: Client, recorded: Recorded):
    handle = await start(client, timeout=0.2)
    first = await recorded.gate(handle.id, 1)
    await decide(handle, first["gate_id"])
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    records = recorded.of(handle.id)
    assert [r.data["outcome"] for r in records if r.type == "gate.closed"] == ["decided", "timed_out"]
    assert records[-1].type == "run.failed"
    assert records[-1].data["error_type"] == "TimeoutError"
    assert records[-1].data["step_id"] == "sign_off"


async def test_both_decorator_styles_have_the_same_queries_signal_and_update(client: Client, recorded: Recorded):
    by_engine = EngineDecoratedWorkflow.__temporal_workflow_definition  # type: ignore[attr-defined]  # the engine's mark
    by_facade = TwoReviewsWorkflow.__temporal_workflow_definition  # type: ignore[attr-defined]  # the engine's mark
    assert set(by_engine.queries) == set(by_facade.queries)
    assert set(by_engine.signals) == set(by_facade.signals)
    assert set(by_engine.updates) == set(by_facade.updates) == {DECIDE_UPDATE}
    assert set(by_facade.queries) == {
        "current_pending_action",
        "current_steps",
        "current_ui_state",
        "step_snapshots",
        "children_by_step_id",
    }
    handle = await client.start_workflow(EngineDecoratedWorkflow.run, id=str(uuid4()), task_queue=QUEUE)
    gate = await recorded.gate(handle.id, 1)
    await decide(handle, gate["gate_id"], "corrected")
    assert await handle.result() == "corrected"


async def test_a_cancelled_run_closes_its_gate_and_says_so(client: Client, recorded: Recorded):
    handle = await start(client, timeout=timedelta(days=1).total_seconds())
    await recorded.gate(handle.id, 1)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    records = recorded.of(handle.id)
    assert [record.type for record in records[-2:]] == ["gate.closed", "run.cancelled"]
    assert records[-2].data["outcome"] == "cancelled"
