"""Times `ntro workflow test runbooks/document-ingest` with two scenarios beside the same flow in the engine alone.

Run: `python benchmarks/bench_sdk_harness.py`. Both are processes of their own and take turns; printed is the fastest of
`ROUNDS`. Targets on two cores, warm: the whole process under 1.5 s, of which the scenarios under 0.5 s. Warm means that
the modules are compiled: a first run writes `__pycache__`, also for installed packages that came without.
"""

import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio import activity, workflow

ROUNDS = 7
RUNBOOK = Path(__file__).parents[1] / "runbooks" / "document-ingest"
BESIDE = Path(sys.executable).parent
NTRO = [str(BESIDE / "ntro"), "workflow", "test", str(RUNBOOK), "-s", "happy", "-s", "reject_all", "--json"]
BARE = [sys.executable, __file__, "bare"]
TIMEOUT = timedelta(minutes=5)


@activity.defn(name="bare.work")
async def work(given: dict[str, Any]) -> dict[str, Any]:
    """What a mocked activity does."""
    return given


@workflow.defn
class BareWorkflow:
    """Waits for a document, reads it, waits for a decision, stores it: three times over where it is rejected."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.decisions: list[str] = []

    @workflow.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        """The document."""
        self.documents.append(payload)

    @workflow.update
    async def decide(self, action: str) -> str:
        """The decision."""
        self.decisions.append(action)
        return action

    @workflow.run
    async def run(self) -> str:
        """The flow."""
        for number in range(1, 4):
            await self.reached(number)
            if self.decisions[-1] == "approved":
                await self.step({"commit": number})
                return "committed"
        return "rejected"

    async def reached(self, number: int) -> None:
        """One document and its decision."""
        await workflow.wait_condition(lambda: len(self.documents) >= number)
        await self.step(self.documents[-1])
        await workflow.wait_condition(lambda: len(self.decisions) >= number)

    async def step(self, given: dict[str, Any]) -> None:
        """One activity."""
        await workflow.execute_activity(work, given, start_to_close_timeout=TIMEOUT)


async def bare() -> None:
    """Both scenarios in the engine alone, with its own test environment."""
    from temporalio.contrib.pydantic import pydantic_data_converter  # noqa: PLC0415 - is timed
    from temporalio.testing import WorkflowEnvironment  # noqa: PLC0415 - as above
    from temporalio.worker import UnsandboxedWorkflowRunner, Worker  # noqa: PLC0415 - as above

    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter, test_server_existing_path=str(BESIDE / "temporal-test-server")
    ) as server:
        runner = UnsandboxedWorkflowRunner()
        async with Worker(
            server.client, task_queue="bare", workflows=[BareWorkflow], activities=[work], workflow_runner=runner
        ):
            began = time.perf_counter()
            for action, rounds in (("approved", 1), ("rejected", 3)):
                handle = await server.client.start_workflow(BareWorkflow.run, id=str(uuid4()), task_queue="bare")
                for _ in range(rounds):
                    await handle.signal(BareWorkflow.document_submitted, {"document_ref": "one"})
                    await handle.execute_update(BareWorkflow.decide, action)
                await handle.result()
            print(json.dumps([{"duration_s": time.perf_counter() - began}]))
    sys.stdout.flush()
    # As the other process ends, too.
    os._exit(0)


def timed(command: list[str]) -> tuple[float, float, float]:
    """Seconds of the process, of processors, and of its scenarios."""
    began, used = time.perf_counter(), processor_time()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    # The engine alone writes its warnings to the same output.
    results = json.loads(re.split(r"^(?=\[\s*\{)", done.stdout, flags=re.MULTILINE)[-1])
    return seconds, processor_time() - used, sum(item["duration_s"] for item in results)


def processor_time() -> float:
    """Seconds that ended children have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    if sys.argv[1:] == ["bare"]:
        asyncio.run(bare())
    else:
        timed(NTRO), timed(BARE)
        rounds = [(timed(NTRO), timed(BARE)) for _ in range(ROUNDS)]
        for name, measured in zip(("ntro workflow test", "engine alone"), zip(*rounds, strict=True), strict=True):
            whole, used, scenarios = (min(figures) for figures in zip(*measured, strict=True))
            print(f"{name:<30} {whole * 1000:7.0f} ms   {used * 1000:7.0f} ms of processors", end="")
            print(f"   {scenarios * 1000:6.0f} ms in two scenarios")
