"""Heartbeats: given to every activity, beaten by its worker, without losing what the activity reports itself."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import activity as engine_activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro.testing.local import bundle_of
from ntro.workflow import NtroWorkflow, activity, runbook
from ntro.workflow.heartbeats import HEARTBEAT_TIMEOUT, HeartbeatInterceptor
from ntro.workflow.hosting import worker_options

OFTEN = timedelta(milliseconds=20)


@activity.defn(name="heartbeats_test.slow")
async def slow() -> list[str]:
    """Reports a place at its first attempt, waits for some beats, fails, and starts from that place."""
    info = engine_activity.info()
    if info.attempt == 1:
        engine_activity.heartbeat("page 7")
        await asyncio.sleep(10 * OFTEN.total_seconds())
        raise ApplicationError("once more")
    return [str(item) for item in info.heartbeat_details]


@activity.defn(name="heartbeats_test.long")
async def long() -> str:
    """Takes longer than its heartbeat timeout and reports nothing."""
    await asyncio.sleep(2)
    return f"attempt {engine_activity.info().attempt}"


@runbook.defn
class HeartbeatsWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, _context: dict[str, str]) -> list[str]:
        limit = timedelta(seconds=60)
        place: list[str] = await runbook.execute_activity(slow, start_to_close_timeout=limit)
        attempt: str = await runbook.execute_activity(
            long, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=1)
        )
        return [*place, attempt]


@pytest.mark.timeout(60)
async def test_activities_are_watched_and_their_own_reports_are_kept(temporal_address: str) -> None:
    client = await Client.connect(temporal_address, data_converter=pydantic_data_converter)
    queue = f"heartbeats-{uuid4().hex}"
    options = worker_options([bundle_of(HeartbeatsWorkflow)])
    options["interceptors"] = [HeartbeatInterceptor(every=OFTEN), *options["interceptors"][1:]]
    options["max_heartbeat_throttle_interval"] = OFTEN
    options["workflow_runner"] = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=queue, **options):
        handle = await client.start_workflow(HeartbeatsWorkflow.run, {}, id=uuid4().hex, task_queue=queue)
        assert await handle.result() == ["page 7", "attempt 1"]
        history = await handle.fetch_history()
    scheduled = [
        event.activity_task_scheduled_event_attributes.heartbeat_timeout.ToTimedelta()
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert scheduled == [HEARTBEAT_TIMEOUT, timedelta(seconds=1)]
