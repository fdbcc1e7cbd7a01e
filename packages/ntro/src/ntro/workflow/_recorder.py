"""Collects what a run reports of itself and hands it over in order."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from ntro.workflow.payloads import json_safe
from ntro.workflow.records import RECORD_ACTIVITY, RECORDED_QUEUE_PREFIX, RecordBatch, RecordType, RunRecord

BATCH_LIMIT = 100
RECORDED_EXTERN = "ntro_recorded"
"""The extern function by which a host says whether runs are recorded; none leaves it to the queue's name."""

_TIMEOUT = timedelta(seconds=30)
_OF_PEOPLE = ("gate.opened", "gate.updated", "gate.closed", "decision.ignored")
_UNTIL_TAKEN = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=10))
_LOCAL_PATIENCE = timedelta(seconds=10)


class Recorder:
    """Records of one run. Nothing is kept where nobody records: without a host, and outside its runbook queues.

    Numbers are given from `open` on, so that `run.started` is the first record even of a run that was signalled before
    it started.
    """

    def __init__(self) -> None:
        self.enabled = _is_recorded()
        self._early: list[tuple[RecordType, dict[str, Any]]] = []
        self._pending: list[RunRecord] = []
        self._numbered = 0
        self._opened = False
        self._open_gates = 0
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
        self._open_gates += {"gate.opened": 1, "gate.closed": -1}.get(kind, 0)
        self._pending.append(RunRecord(n=self._numbered, type=kind, at=workflow.now(), data=json_safe(data)))

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
        if self._people_may_act(batch.records):
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

    def _people_may_act(self, records: list[RunRecord]) -> bool:
        """Whether these records are handed over only when what they tell of is durable.

        A local activity runs before its turn of the run is committed. A turn that is lost with its worker is done
        again, and an Update or a signal that came meanwhile is taken first: records of the lost turn would tell of a
        gate that is not open yet, or of another decision than the one that counts. A regular activity is started by
        the commit itself. It costs a round trip, so it is used only where people can act.
        """
        return self._open_gates > 0 or any(record.type in _OF_PEOPLE for record in records)


def _is_recorded() -> bool:
    asked = workflow.extern_functions().get(RECORDED_EXTERN) if workflow.in_workflow() else None
    if asked is None:
        return False
    said: bool | None = asked()
    return workflow.info().task_queue.startswith(RECORDED_QUEUE_PREFIX) if said is None else said
