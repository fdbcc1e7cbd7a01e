"""The parts of an ops worker and the loops that keep them going."""

import asyncio
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from ntro.workflow.heartbeats import BEAT, HeartbeatInterceptor
from ntro.workspace.commands import OPS_QUEUE, RegistrySnapshot
from ntro_tenant.core.engine import connect_ops
from ntro_tenant.core.signals import SignalDelivery
from ntro_tenant.core.temporal import TemporalConnection
from ntro_tenant.observer.remarks import remark_all
from ntro_tenant.observer.watching import Watcher
from ntro_tenant.ops.activities import OpsActivities
from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.deploy import DeployService
from ntro_tenant.ops.loops import again_and_again, until_done
from ntro_tenant.ops.privacy import QuietFailures
from ntro_tenant.ops.processes import ProcessManager
from ntro_tenant.ops.reconciler import Reconciler
from ntro_tenant.ops.registry import store_snapshot
from ntro_tenant.ops.shipper import StatusShipper
from ntro_tenant.ops.tasks import TaskService
from ntro_tenant.ops.workflows import WORKFLOWS

RECONCILE_SECONDS = 10.0
PROCESSES_SECONDS = 5.0
SIGNALS_SECONDS = 1.0
REMARKS_SECONDS = 5.0
GRACE = timedelta(seconds=10)
_RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules("ntro", "ntro_tenant", "pydantic")
)
_log = structlog.get_logger(__name__)


class OpsWorker:
    """Carries out commands, keeps runbook workers running, reconciles, ships. Runs while its context is open."""

    def __init__(self, cell: Cell, settings_file: Path) -> None:
        self._cell = cell
        self._processes = ProcessManager(cell, settings_file)
        self._tasks = TaskService(cell, self._processes)
        self._activities = OpsActivities(cell, DeployService(cell, self._processes), self._tasks)
        self._worker: Worker | None = None
        self._loops: list[asyncio.Task[None]] = []

    @property
    def polls(self) -> bool:
        """Whether the worker polls the ops queue now."""
        return self._worker is not None and self._worker.is_running

    @property
    def pids(self) -> dict[str, int | None]:
        """The runbook workers' process ids by `<slug> <version>`."""
        return self._processes.pids

    async def __aenter__(self) -> Self:
        pool = self._cell.pool
        signals = SignalDelivery(pool, TemporalConnection(self._cell.settings, pool))
        reconciler = Reconciler(self._cell, self._tasks)
        shipper = StatusShipper(self._cell)
        self._loops = [
            asyncio.create_task(again_and_again("poll the ops queue", self._poll, every=1.0)),
            asyncio.create_task(again_and_again("ship status", shipper.run, every=1.0)),
            asyncio.create_task(again_and_again("deliver signals", signals.deliver, every=SIGNALS_SECONDS)),
            asyncio.create_task(again_and_again("reconcile tasks", reconciler.reconcile, every=RECONCILE_SECONDS)),
            asyncio.create_task(
                again_and_again("keep runbook workers", self._processes.reconcile, every=PROCESSES_SECONDS)
            ),
            asyncio.create_task(again_and_again("observe runs", Watcher(pool).run, every=1.0)),
            asyncio.create_task(
                again_and_again("remark on observations", lambda: remark_all(pool), every=REMARKS_SECONDS)
            ),
            asyncio.create_task(until_done("pull the registry", self._pull_registry)),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self._processes.stop()

    async def _poll(self) -> None:
        client = await connect_ops(self._cell.settings)
        self._worker = Worker(
            client,
            task_queue=OPS_QUEUE,
            workflows=WORKFLOWS,
            activities=self._activities.all,
            interceptors=[HeartbeatInterceptor(), QuietFailures()],
            max_heartbeat_throttle_interval=BEAT,
            workflow_runner=_RUNNER,
            graceful_shutdown_timeout=GRACE,
        )
        _log.info("ops worker polls", queue=OPS_QUEUE, namespace=client.namespace)
        await self._worker.run()

    async def _pull_registry(self) -> None:
        response = await self._cell.http.get("internal/registry")
        response.raise_for_status()
        snapshot = RegistrySnapshot.model_validate_json(response.content)
        async with self._cell.pool.acquire() as connection, connection.transaction():
            await store_snapshot(connection, self._cell.settings, snapshot)
