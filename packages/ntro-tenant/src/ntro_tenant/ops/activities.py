"""What the ops workflows do in the cell."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from ntro.workspace.commands import (
    Deployment,
    DeploymentResult,
    PlatformProbe,
    PlatformProbed,
    RegistrySnapshot,
    ScheduledStart,
    TaskCancel,
    TaskStart,
)
from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.deploy import DeployService
from ntro_tenant.ops.platforms.probe import probe
from ntro_tenant.ops.registry import store_snapshot
from ntro_tenant.ops.schedule import ScheduleService
from ntro_tenant.ops.tasks import TaskService
from ntro_tenant.ops.workflows import (
    CANCEL_ACTIVITY,
    DEPLOY_ACTIVITY,
    PROBE_ACTIVITY,
    SCHEDULED_ACTIVITY,
    START_ACTIVITY,
    SYNC_ACTIVITY,
)


class OpsActivities:
    """The activities of the ops worker."""

    def __init__(self, cell: Cell, deploys: DeployService, tasks: TaskService) -> None:
        self._cell = cell
        self._deploys = deploys
        self._tasks = tasks
        self._schedules = ScheduleService(cell, tasks)

    @property
    def all(self) -> list[Callable[..., Any]]:
        """All of them, for the worker."""
        tasks: list[Callable[..., Any]] = [self.start_task, self.cancel_task, self.start_scheduled_task]
        return [self.sync_registry, self.deploy_runbook, *tasks, self.probe_platform]

    @activity.defn(name=SYNC_ACTIVITY)
    async def sync_registry(self, snapshot: RegistrySnapshot) -> int:
        """Stores the registry's state; answers the revision stored."""
        async with self._cell.pool.acquire() as connection, connection.transaction():
            return await store_snapshot(connection, self._cell.settings, snapshot)

    @activity.defn(name=DEPLOY_ACTIVITY)
    async def deploy_runbook(self, deployment: Deployment) -> DeploymentResult:
        """Deploys a version of a runbook."""
        return await self._deploys.deploy(deployment)

    @activity.defn(name=START_ACTIVITY)
    async def start_task(self, command: TaskStart) -> None:
        """Starts a task."""
        await self._tasks.start(command)

    @activity.defn(name=CANCEL_ACTIVITY)
    async def cancel_task(self, command: TaskCancel) -> None:
        """Cancels a task."""
        await self._tasks.cancel(command)

    @activity.defn(name=SCHEDULED_ACTIVITY)
    async def start_scheduled_task(self, command: ScheduledStart) -> str:
        """Starts the task of a binding's schedule."""
        return str(await self._schedules.start(command))

    @activity.defn(name=PROBE_ACTIVITY)
    async def probe_platform(self, command: PlatformProbe) -> PlatformProbed:
        """Tests the connection to a data platform, or lists its schemas."""
        return await probe(self._cell, command)
