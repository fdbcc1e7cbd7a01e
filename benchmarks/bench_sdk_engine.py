"""Times a run of six steps, one gate and one child beside the same flow written for the engine alone.

Run: `python benchmarks/bench_sdk_engine.py`; `NTRO_TEST_TEMPORAL_ADDRESS` names a server that runs already. The flows
take turns, so that whatever else the machine does slows each of them alike; compare ratios, not milliseconds. A run of
the SDK is recorded; the flow that it is compared with hands over as many records, by as many activities of the same
kinds, without any of the work behind them. Target: at most 1.15 times that flow.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro.testing.local import bundle_of, worker_for
from ntro.workflow import NtroWorkflow, register_workflow, runbook
from ntro.workflow.decisions import DECIDE_UPDATE, Decision, DecisionReceipt
from ntro.workflow.records import RecordBatch

ROUNDS = 40
WARM_UP = 5
QUEUE = "runbook:bench"
PLAIN_QUEUE = "bench-plain"
TIMEOUT = timedelta(seconds=30)
PAYLOAD = {"lines": [{"account": str(number), "debit": f"{number}.00"} for number in range(50)]}


@activity.defn(name="bench.work")
async def work(step: str) -> dict[str, Any]:
    """What a step does: the same in all flows."""
    return {"step": step, **PAYLOAD}


class Gates:
    """Tells whoever decides that a gate is open."""

    def __init__(self) -> None:
        self.open: dict[str, asyncio.Future[str]] = {}

    async def take(self, batch: RecordBatch) -> None:
        """The records of the SDK's runs."""
        for record in batch.records:
            if record.type == "gate.opened" and not self.open[batch.task_id].done():
                self.open[batch.task_id].set_result(record.data["gate_id"])

    @activity.defn(name="bench.note")
    async def note(self, given: dict[str, Any]) -> None:
        """The records of the flow without the SDK."""
        if given.get("gate") and not self.open[given["workflow_id"]].done():
            self.open[given["workflow_id"]].set_result("gate")


@runbook.defn
class BenchChildWorkflow(NtroWorkflow):
    """One step."""

    @runbook.run
    async def run(self, step: str) -> dict[str, Any]:
        return await self.child_step(step)

    @runbook.step(name="child", title="Child")
    async def child_step(self, step: str) -> dict[str, Any]:
        return await runbook.execute_activity(work, step, start_to_close_timeout=TIMEOUT)


@runbook.defn
class BenchWorkflow(NtroWorkflow):
    """Six steps; the fourth has a gate, the fifth a child."""

    @runbook.run
    async def run(self) -> int:
        for step in (self.one, self.two, self.three, self.four, self.five, self.six):
            await step()
        return len(self._steps_completed)

    @runbook.step(name="one", title="One")
    async def one(self) -> dict[str, Any]:
        return await runbook.execute_activity(work, "one", start_to_close_timeout=TIMEOUT)

    @runbook.step(name="two", title="Two")
    async def two(self) -> dict[str, Any]:
        return await runbook.execute_activity(work, "two", start_to_close_timeout=TIMEOUT)

    @runbook.step(name="three", title="Three")
    async def three(self) -> dict[str, Any]:
        return await runbook.execute_activity(work, "three", start_to_close_timeout=TIMEOUT)

    @runbook.step(name="four", title="Four")
    async def four(self) -> str:
        found = await runbook.execute_activity(work, "four", start_to_close_timeout=TIMEOUT)
        return (await self.wait_for_action(payload=found)).action

    @runbook.step(name="five", title="Five")
    async def five(self) -> Any:
        return await self.run_child_workflow(slug="bench-child", input="five")

    @runbook.step(name="six", title="Six")
    async def six(self) -> dict[str, Any]:
        return await runbook.execute_activity(work, "six", start_to_close_timeout=TIMEOUT)


class Plain:
    """What both flows without the SDK share."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = []
        self.decided: str | None = None
        self.closed = False

    async def hand_over(self) -> None:
        """Hands over what was noted, beside the flow, as the SDK does."""
        while not (self.closed and not self.notes):
            await workflow.wait_condition(lambda: bool(self.notes) or self.closed)
            notes, self.notes = self.notes, []
            if any("gate" in note for note in notes):
                await workflow.execute_activity("bench.note", notes[-1], start_to_close_timeout=TIMEOUT)
            elif notes:
                await workflow.execute_local_activity("bench.note", notes[-1], start_to_close_timeout=TIMEOUT)

    def note(self, **given: Any) -> None:
        """Notes one thing."""
        self.notes.append({"workflow_id": workflow.info().workflow_id, **given})

    async def step(self, name: str) -> Any:
        """One step."""
        return await workflow.execute_activity(work, name, start_to_close_timeout=TIMEOUT)


@workflow.defn
class PlainChildWorkflow(Plain):
    """One step."""

    @workflow.run
    async def run(self, recorded: bool) -> Any:
        handing_over = asyncio.create_task(self.hand_over()) if recorded else None
        self.note(step="child")
        result = await self.step("child")
        self.note(result=result)
        self.closed = True
        if handing_over is not None:
            await handing_over
        return result


@workflow.defn
class PlainWorkflow(Plain):
    """The same six steps, gate and child."""

    @workflow.update
    async def decide(self, action: str) -> str:
        """The decision."""
        self.decided = action
        return action

    @workflow.run
    async def run(self, recorded: bool) -> int:
        handing_over = asyncio.create_task(self.hand_over()) if recorded else None
        for name in ("one", "two", "three", "four"):
            self.note(step=name)
            found = await self.step(name)
            self.note(result=found)
        self.note(gate=found)
        if not recorded:
            await workflow.execute_activity("bench.note", self.notes[-1], start_to_close_timeout=TIMEOUT)
        await workflow.wait_condition(lambda: self.decided is not None)
        self.note(gate=None, decision=self.decided)
        self.note(step="five")
        child_id = f"{workflow.info().workflow_id}:five:plain"
        child = await workflow.execute_child_workflow(PlainChildWorkflow.run, recorded, id=child_id)
        self.note(result=child)
        self.note(step="six")
        self.note(result=await self.step("six"))
        self.closed = True
        if handing_over is not None:
            await handing_over
        return 6


async def run_sdk(client: Client, gates: Gates) -> None:
    """One run of the runbook."""
    workflow_id = str(uuid4())
    opened = gates.open[workflow_id] = asyncio.get_running_loop().create_future()
    handle = await client.start_workflow(BenchWorkflow.run, id=workflow_id, task_queue=QUEUE)
    decision = Decision(gate_id=await opened, action="approved", decision_id=str(uuid4()), actor="ana")
    await handle.execute_update(DECIDE_UPDATE, decision, result_type=DecisionReceipt)
    await handle.result()


def plain(*, recorded: bool) -> Callable[[Client, Gates], Any]:
    """One run of the flow without the SDK."""

    async def run(client: Client, gates: Gates) -> None:
        workflow_id = str(uuid4())
        opened = gates.open[workflow_id] = asyncio.get_running_loop().create_future()
        gates.open[f"{workflow_id}:five:plain"] = asyncio.get_running_loop().create_future()
        handle = await client.start_workflow(PlainWorkflow.run, recorded, id=workflow_id, task_queue=PLAIN_QUEUE)
        await opened
        await handle.execute_update(PlainWorkflow.decide, "approved")
        await handle.result()

    return run


@asynccontextmanager
async def server() -> AsyncIterator[Client]:
    """The server that runs already, or one of its own."""
    address = os.environ.get("NTRO_TEST_TEMPORAL_ADDRESS")
    if address:
        yield await Client.connect(address, data_converter=pydantic_data_converter)
        return
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter, dev_server_existing_path=str(Path(sys.executable).with_name("temporal"))
    ) as environment:
        yield environment.client


async def activities_of(client: Client, workflow_id: str) -> int:
    """How many activities a run had, of both kinds."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return sum(
        event.HasField("activity_task_scheduled_event_attributes") or event.HasField("marker_recorded_event_attributes")
        for event in history.events
    )


async def main() -> None:
    """Prints the median of each flow, and the ratios."""
    gates = Gates()
    flows = {
        "SDK, recorded": run_sdk,
        "engine alone, recorded by hand": plain(recorded=True),
        "engine alone": plain(recorded=False),
    }
    times: dict[str, list[float]] = {name: [] for name in flows}
    register_workflow("bench-child", BenchChildWorkflow)
    bundles = [bundle_of(BenchChildWorkflow), bundle_of(BenchWorkflow)]
    async with server() as client:
        sdk = worker_for(client, bundles, QUEUE, activities=[work], record=gates.take)
        bare = Worker(
            client,
            task_queue=PLAIN_QUEUE,
            workflows=[PlainWorkflow, PlainChildWorkflow],
            activities=[work, gates.note],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        async with sdk, bare:
            for number in range(WARM_UP + ROUNDS):
                for name, run in flows.items():
                    began = time.perf_counter()
                    await run(client, gates)
                    if number >= WARM_UP:
                        times[name].append(time.perf_counter() - began)
                    if number == WARM_UP:
                        ids = [workflow_id for workflow_id in gates.open if ":" not in workflow_id]
                        print(f"{name:<45} {await activities_of(client, ids[-1]):8d} activities in its own history")
    medians = {name: statistics.median(measured) for name, measured in times.items()}
    for name, median in medians.items():
        ratio = medians["SDK, recorded"] / median
        print(f"{name:<45} {median * 1000:8.1f} ms   SDK: {ratio:5.2f} times")


if __name__ == "__main__":
    asyncio.run(main())
