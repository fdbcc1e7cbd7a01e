"""Runs: steps, children, errors, recording, replay."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel
from temporalio import workflow as engine
from temporalio.client import Client, WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from ntro.events import ObservableResult, get_emitter, register_emitter
from ntro.testing.local import bundle_of, worker_for
from ntro.workflow import NtroWorkflow, WorkflowError, activity, registry, run_local, runbook, ui_step
from ntro.workflow.hosting import RunbookInterceptor
from ntro.workflow.records import RecordBatch, RunRecord

QUEUE = "runbook:runs-test"


class Total(ObservableResult):
    amount: str

    class ObserverMeta:
        event_type = "total.computed"


class CodedError(Exception):
    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


@activity.defn(name="runs_test.add")
async def add(first: int, second: int | None) -> Total:
    return Total(amount=str(first + (second or 0)))


@activity.defn(name="runs_test.fail")
async def fail(kind: str) -> None:
    errors: dict[str, Exception] = {
        "value": ValueError("a bad value"),
        "final": CodedError("not again", retryable=False),
    }
    raise errors[kind]


@activity.defn(name="runs_test.blocking")
def blocking() -> str:
    return activity.info().activity_type


class BaseSteps(NtroWorkflow):
    @ui_step(name="opening", title="Opening", icon="Calendar")
    async def opening(self) -> None:
        return None


@runbook.defn
class StepsWorkflow(BaseSteps):
    @runbook.run
    async def run(self, fails: bool) -> dict[str, Any]:
        await self.opening()
        await asyncio.gather(self.left(), self.right())
        await self.outer(fails)
        self.record_event("books.closed", {"period": "2026-01"})
        return {"steps": self._steps_completed}

    @ui_step(name="left", title="Left")
    async def left(self) -> dict[str, str]:
        await runbook.sleep(timedelta(hours=1))
        return {"side": "left"}

    @ui_step(name="right", title="Right")
    async def right(self) -> dict[str, str]:
        await runbook.sleep(7200)
        return {"side": "right"}

    @ui_step(name="outer", title="Outer")
    async def outer(self, fails: bool) -> str:
        await self.inner(fails)
        await self.inner(False)
        assert self._current_step_id == "outer"
        return "outer"

    @ui_step(name="inner", title="Inner")
    async def inner(self, fails: bool) -> object:
        if fails:
            raise WorkflowError("the books do not balance", type="Unbalanced")
        return object()


@runbook.defn
class FacadeWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> list[Any]:
        one = await runbook.execute_activity(add, 1, None)
        two = await runbook.execute_activity(add, args=[1, 2], start_to_close_timeout=timedelta(seconds=5))
        three = await runbook.execute_local_activity(add, 2, 2)
        four = await self.run_step("sum", add, 3, 3)
        five = await runbook.execute_activity(blocking)
        assert isinstance(runbook.uuid4(), UUID)
        assert 0 <= runbook.random().random() < 1
        assert runbook.now().tzinfo is not None
        assert runbook.patched("first")
        runbook.logger.info("computed")
        return [one.amount, two.amount, three.amount, four.amount, five, self._steps_completed]


@runbook.defn
class FailingWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, how: str) -> None:
        await self.work(how)

    @ui_step(name="work", title="Work")
    async def work(self, how: str) -> None:
        if how == "name":
            raise NameError("name 'workflow' is not defined")
        if how == "own":
            raise CodedError("our own", retryable=True)
        if how == "predicate":
            await self.await_signal_with_action(predicate=lambda: bool({}["missing"]), action="document")
        await runbook.execute_activity(fail, how)


@runbook.defn
class LeafWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, number: int) -> int:
        if number < 0:
            raise ValueError("negative")
        return number * 2


@runbook.defn
class BranchWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, numbers: list[int]) -> list[int]:
        return await self.fan_out(numbers)

    @ui_step(name="fan_out", title="Fan out")
    async def fan_out(self, numbers: list[int]) -> list[int]:
        return await self.run_child_workflows(slug="leaf", inputs=numbers)


@runbook.defn
class LostWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> None:
        await self.run_child_workflow(slug="nobody-has-this", input={})


@runbook.defn
class FarAwayWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, number: int) -> int:
        return number + 1


@runbook.defn
class NearWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> int:
        return int(await self.run_child_workflow(slug="far-away", input=1, step_id="far", result_type=int))


@runbook.defn
class LoopWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, left: int) -> str:
        if left:
            runbook.continue_as_new(left - 1)
        return await self.wait_for_signal("tb_submitted")


@runbook.defn
class TwoGatesWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> list[str]:
        self.set_user_feedback(kind="note", payload={"text": "mind the gap"})
        answers = await asyncio.gather(self.wait_for_action(payload=1), self.wait_for_action(payload=2))
        return [answer["comments"] for answer in answers]


@engine.defn
class PlainWorkflow:
    @engine.run
    async def run(self) -> str:
        return "plain"


CLASSES = [
    StepsWorkflow,
    FacadeWorkflow,
    FailingWorkflow,
    LeafWorkflow,
    BranchWorkflow,
    LostWorkflow,
    LoopWorkflow,
    TwoGatesWorkflow,
    PlainWorkflow,
]


class Recorder:
    """Fails on every other call, as a database that comes and goes."""

    def __init__(self) -> None:
        self.calls = 0
        self.taken: dict[tuple[str, str], dict[int, RunRecord]] = {}
        self.second_run = asyncio.Event()

    async def __call__(self, batch: RecordBatch) -> None:
        self.calls += 1
        if any(run[0] == batch.workflow_id and run[1] != batch.run_id for run in self.taken):
            self.second_run.set()
        run = (batch.workflow_id, batch.run_id)
        for record in batch.records:
            seen = self.taken.setdefault(run, {})
            assert seen.get(record.n, record).type == record.type
            seen.setdefault(record.n, record)
        if self.calls % 2:
            raise ConnectionError("the database is away")

    def of(self, workflow_id: str) -> list[RunRecord]:
        [records] = [taken for run, taken in self.taken.items() if run[0] == workflow_id]
        return list(records.values())

    def types(self, workflow_id: str) -> list[str]:
        return [record.type for record in self.of(workflow_id)]


@pytest.fixture
async def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def client(recorder: Recorder) -> AsyncIterator[Client]:
    from ntro.testing.local import time_skipping_server

    async with time_skipping_server() as environment:
        bundles = [bundle_of(cls) for cls in CLASSES]
        async with worker_for(environment.client, bundles, QUEUE, record=recorder):
            yield environment.client


async def failure(client: Client, workflow: Any, *args: Any) -> tuple[str, Any]:
    workflow_id = str(uuid4())
    with pytest.raises(WorkflowFailureError) as caught:
        await client.execute_workflow(workflow, args=args, id=workflow_id, task_queue=QUEUE)
    return workflow_id, caught.value.cause


async def test_steps_are_recorded_in_order_and_once_though_the_database_comes_and_goes(
    client: Client, recorder: Recorder
):
    workflow_id = str(uuid4())
    handle = await client.start_workflow(StepsWorkflow.run, False, id=workflow_id, task_queue=QUEUE)
    result = await handle.result()
    assert result["steps"] == ["opening", "left", "right", "inner", "outer"]
    records = recorder.of(workflow_id)
    assert [record.n for record in records] == list(range(1, len(records) + 1))
    assert recorder.types(workflow_id) == [
        "run.started",
        *("step.started", "step.completed"),
        *("step.started", "step.started", "step.completed", "step.completed"),
        *("step.started", "step.started", "step.completed", "step.started", "step.completed", "step.completed"),
        *("business", "run.completed"),
    ]
    assert [step["id"] for step in records[0].data["steps"]] == ["opening", "left", "right", "outer", "inner"]
    assert [r.data["visit"] for r in records if r.data.get("step_id") == "inner"] == [1, 1, 2, 2]
    snapshots = await handle.query("step_snapshots")
    assert snapshots["left"]["payload"] == {"side": "left"}
    assert snapshots["right"]["payload"] == {"side": "right"}
    assert len(snapshots["inner"]["visits"]) == 1
    steps = await handle.query("current_steps")
    assert steps[0] == {"id": "opening", "title": "Opening", "status": "completed", "icon": "Calendar"}
    assert "icon" not in steps[1]


async def test_a_failed_run_names_the_step_and_the_cause(client: Client, recorder: Recorder):
    workflow_id, cause = await failure(client, StepsWorkflow.run, True)
    assert cause.type == "Unbalanced"
    last = recorder.of(workflow_id)[-1]
    assert last.type == "run.failed"
    assert last.data == {"error_type": "Unbalanced", "message": "the books do not balance", "step_id": "inner"}
    steps = await client.get_workflow_handle(workflow_id).query("current_steps")
    assert {step["id"]: step["status"] for step in steps}["outer"] == "failed"


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("name", "NameError"),
        ("own", "CodedError"),
        ("predicate", "KeyError"),
        ("value", "ValueError"),
        ("final", "CodedError"),
    ],
)
async def test_errors_of_runbook_code_and_of_input_fail_the_run_at_once(
    client: Client, recorder: Recorder, how: str, kind: str
):
    workflow_id, _ = await failure(client, FailingWorkflow.run, how)
    assert recorder.of(workflow_id)[-1].data["error_type"] == kind


async def test_activities_take_several_arguments_and_none(client: Client):
    result = await client.execute_workflow(FacadeWorkflow.run, id=str(uuid4()), task_queue=QUEUE)
    assert result == ["1", "3", "4", "6", "runs_test.blocking", ["sum"]]


async def test_an_observable_result_is_emitted_once(client: Client):
    emitted: list[tuple[str, Any]] = []

    class Emitter:
        async def emit(self, event_type: str, payload: BaseModel | dict[str, Any] | None = None) -> None:
            emitted.append((event_type, payload))

    before = get_emitter()
    register_emitter(Emitter())
    try:
        await client.execute_workflow(FacadeWorkflow.run, id=str(uuid4()), task_queue=QUEUE)
    finally:
        register_emitter(before)
    assert [kind for kind, _ in emitted] == ["total.computed"] * 4


async def test_children_have_ids_of_their_own_and_results_keep_the_order(client: Client, recorder: Recorder):
    workflow_id = str(uuid4())
    handle = await client.start_workflow(BranchWorkflow.run, [1, 2, 3], id=workflow_id, task_queue=QUEUE)
    assert await handle.result() == [2, 4, 6]
    base = f"{workflow_id}:fan_out:leaf"
    children = await handle.query("children_by_step_id")
    assert [child["workflow_id"] for child in children["fan_out"]] == [f"{base}:0", f"{base}:1", f"{base}:2"]
    alone = str(uuid4())
    await client.execute_workflow(BranchWorkflow.run, [4], id=alone, task_queue=QUEUE)
    assert f"{alone}:fan_out:leaf" in {run[0] for run in recorder.taken}


async def test_a_failed_child_fails_its_parent_with_the_childs_own_cause(client: Client, recorder: Recorder):
    workflow_id, _ = await failure(client, BranchWorkflow.run, [1, -1, 3])
    records = recorder.of(workflow_id)
    assert records[-1].data["error_type"] == "ValueError"
    assert sorted(r.data["status"] for r in records if r.type == "child.closed") == ["completed", "completed", "failed"]


async def test_a_child_that_nobody_runs_is_named(client: Client, recorder: Recorder):
    from ntro.testing.local import worker_for as worker_on

    queue = "elsewhere"
    async with worker_on(client, [bundle_of(LostWorkflow)], queue):
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow(LostWorkflow.run, id=str(uuid4()), task_queue=queue)
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "RuntimeError"


async def test_a_child_that_is_not_registered_runs_on_its_own_runbooks_queue(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch
):
    client = await Client.connect(temporal_address, data_converter=pydantic_data_converter)
    queue = f"runbook:near-{uuid4()}"
    far = worker_for(client, [bundle_of(FarAwayWorkflow)], "runbook:far-away")
    near = worker_for(client, [bundle_of(NearWorkflow)], queue)
    monkeypatch.setattr(registry, "_registry", {})
    async with far, near:
        assert await client.execute_workflow(NearWorkflow.run, id=str(uuid4()), task_queue=queue) == 2


async def test_a_run_that_goes_on_as_new_records_each_run(client: Client, recorder: Recorder):
    workflow_id = str(uuid4())
    handle = await client.start_workflow(LoopWorkflow.run, 1, id=workflow_id, task_queue=QUEUE)
    async with asyncio.timeout(20):
        await recorder.second_run.wait()
    await handle.signal("tb_submitted", "arrived")
    assert await handle.result() == "arrived"


async def test_of_two_gates_at_once_the_second_opens_when_the_first_closes(client: Client, recorder: Recorder):
    workflow_id = str(uuid4())
    handle = await client.start_workflow(TwoGatesWorkflow.run, id=workflow_id, task_queue=QUEUE)
    pending = await handle.query("current_pending_action")
    assert pending["payload"] == 1
    assert pending["feedback"]["payload"] == {"text": "mind the gap"}
    await handle.signal("user_action", {"kind": "approve", "comments": "one", "gate_id": pending["gate_id"]})
    pending = await handle.query("current_pending_action")
    assert pending["payload"] == 2
    await handle.signal("user_action", {"kind": "approve", "comments": "two"})
    assert await handle.result() == ["one", "two"]
    assert recorder.types(workflow_id).count("gate.opened") == 2


async def test_a_class_without_our_base_is_recorded_too(client: Client, recorder: Recorder):
    workflow_id = str(uuid4())
    await client.execute_workflow(PlainWorkflow.run, id=workflow_id, task_queue=QUEUE)
    assert recorder.types(workflow_id) == ["run.started", "run.completed"]


async def test_a_recorded_history_replays(client: Client):
    workflow_id = str(uuid4())
    await client.execute_workflow(StepsWorkflow.run, False, id=workflow_id, task_queue=QUEUE)
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    replayer = Replayer(
        workflows=[StepsWorkflow],
        interceptors=[RunbookInterceptor(recorded=True)],
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    await replayer.replay_workflow(history)


async def test_a_run_goes_on_in_another_worker(temporal_address: str):
    client = await Client.connect(temporal_address, data_converter=pydantic_data_converter)
    queue = f"runbook:moving-{uuid4()}"
    recorder = Recorder()
    workflow_id = str(uuid4())
    bundles = [bundle_of(TwoGatesWorkflow)]
    async with worker_for(client, bundles, queue, record=recorder):
        handle = await client.start_workflow(TwoGatesWorkflow.run, id=workflow_id, task_queue=queue)
        assert await handle.query("current_pending_action") is not None
        await handle.signal("user_action", {"kind": "approve", "comments": "one"})
        assert (await handle.query("current_pending_action"))["payload"] == 2
    async with worker_for(client, bundles, queue, record=recorder):
        await handle.signal("user_action", {"kind": "approve", "comments": "two"})
        assert await handle.result() == ["one", "two"]
    assert recorder.types(workflow_id)[-1] == "run.completed"


async def test_run_local_runs_once_in_memory_and_returns_the_result():
    assert await run_local(LeafWorkflow, 4) == 8
    assert await run_local(FacadeWorkflow) == ["1", "3", "4", "6", "runs_test.blocking", ["sum"]]
