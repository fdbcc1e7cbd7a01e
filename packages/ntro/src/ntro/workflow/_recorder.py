"""Collects what a run reports of itself and hands it over in order."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from ntro.workflow.payloads import json_safe
from ntro.workflow.records import RECORD_ACTIVITY, RECORDED_QUEUE_PREFIX, RecordBatch, RecordType, RunRecord

BATCH_LIMIT = 100
_TIMEOUT = timedelta(seconds=30)
_UNTIL_TAKEN = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=10))
_LOCAL_PATIENCE = timedelta(seconds=10)


class Recorder:
    """Records of one run. Nothing is kept where nobody records: outside the queues of runbook workers.

    Numbers are given from `open` on, so that `run.started` is the first record even of a run that was signalled before
    it started.
    """

    def __init__(self) -> None:
        self.enabled = workflow.in_workflow() and workflow.info().task_queue.startswith(RECORDED_QUEUE_PREFIX)
        self._early: list[tuple[RecordType, dict[str, Any]]] = []
        self._pending: list[RunRecord] = []
        self._numbered = 0
        self._opened = False
        self._unsettled = False
        self._flushing: asyncio.Task[None] | None = None

    def open(self, started: dict[str, Any]) -> None:
        """Record `run.started`, then what happened before, and hand over from now on."""
        self._opened = True
        self.add("run.started", **started)
        for kind, data in self._early:
            self.add(kind, **data)
        self._early.clear()
        if self.enabled:
            self._flushing = asyncio.create_task(self._hand_over())

    def add(self, kind: RecordType, /, **data: Any) -> None:
        """Record that `kind` happened now."""
        # A worker that stops drops its instances: their `finally` blocks run outside the engine, and nothing happened.
        if not self.enabled or not workflow.in_workflow():
            return
        if not self._opened:
            self._early.append((kind, data))
            return
        self._numbered += 1
        self._pending.append(RunRecord(n=self._numbered, type=kind, at=workflow.now(), data=json_safe(data)))

    def settle_first(self) -> None:
        """What is recorded in this turn follows from an Update: hand it over only when the Update is durable.

        An Update enters the history when the turn is committed. A turn that is lost and done again may see another one
        first, and a record of the lost one would be of something that never happened. A regular activity is started
        by the commit itself; a local one runs before it.
        """
        self._unsettled = True

    async def drain(self) -> None:
        """Wait until everything is handed over, also when the run is cancelled meanwhile."""
        flushing = self._flushing
        if flushing is None:
            return
        while self._pending:
            try:
                await workflow.wait_condition(lambda: not self._pending or flushing.done())
            except asyncio.CancelledError:
                # The records of a cancelled run are handed over first; waiting raises by itself once a run is evicted.
                continue
            if flushing.done():
                await flushing
        flushing.cancel()

    async def _hand_over(self) -> None:
        info = workflow.info()
        task_id = info.workflow_id.split(":")[0]
        while True:
            await workflow.wait_condition(lambda: bool(self._pending))
            records = self._pending[:BATCH_LIMIT]
            await self._send(
                RecordBatch(workflow_id=info.workflow_id, run_id=info.run_id, task_id=task_id, records=records)
            )
            del self._pending[: len(records)]

    async def _send(self, batch: RecordBatch) -> None:
        if self._unsettled:
            self._unsettled = False
            await workflow.execute_activity(
                RECORD_ACTIVITY, batch, start_to_close_timeout=_TIMEOUT, retry_policy=_UNTIL_TAKEN
            )
        else:
            await workflow.execute_local_activity(
                RECORD_ACTIVITY,
                batch,
                start_to_close_timeout=_TIMEOUT,
                retry_policy=_UNTIL_TAKEN,
                local_retry_threshold=_LOCAL_PATIENCE,
            )
