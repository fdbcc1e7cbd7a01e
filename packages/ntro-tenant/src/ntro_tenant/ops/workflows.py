"""The commands that Workspace sends over the ops queue. Each is an activity or two, retried within bounds."""

from datetime import UTC, datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from ntro.workflow.heartbeats import HEARTBEAT_TIMEOUT
    from ntro.workspace.commands import (
        CANCEL_TASK,
        DEPLOY_RUNBOOK,
        PROBE_PLATFORM,
        START_SCHEDULED_TASK,
        START_TASK,
        SYNC_REGISTRY,
        Deployment,
        DeploymentResult,
        PlatformProbe,
        PlatformProbed,
        RegistrySnapshot,
        ScheduledStart,
        TaskCancel,
        TaskStart,
    )

SYNC_ACTIVITY = "ops.sync_registry"
DEPLOY_ACTIVITY = "ops.deploy_runbook"
START_ACTIVITY = "ops.start_task"
CANCEL_ACTIVITY = "ops.cancel_task"
SCHEDULED_ACTIVITY = "ops.start_scheduled_task"
PROBE_ACTIVITY = "ops.probe_platform"
_SCHEDULED_FOR = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
_SHORT = timedelta(minutes=2)
_LONG = timedelta(minutes=15)
_WHILE_ASKED = timedelta(seconds=30)
_DAY = timedelta(days=1)
_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=100
)


@workflow.defn(name=SYNC_REGISTRY)
class SyncRegistry:
    """Tells the cell what the registry holds."""

    @workflow.run
    async def run(self, snapshot: RegistrySnapshot) -> int:
        """The revision that the cell has then."""
        revision: int = await workflow.execute_activity(
            SYNC_ACTIVITY,
            snapshot,
            result_type=int,
            start_to_close_timeout=_SHORT,
            schedule_to_close_timeout=_DAY,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=_RETRY,
        )
        return revision


@workflow.defn(name=DEPLOY_RUNBOOK)
class DeployRunbook:
    """Brings a version of a runbook into the cell."""

    @workflow.run
    async def run(self, deployment: Deployment) -> DeploymentResult:
        """What became of it; an unacceptable bundle is an answer, not a failure."""
        result: DeploymentResult = await workflow.execute_activity(
            DEPLOY_ACTIVITY,
            deployment,
            result_type=DeploymentResult,
            start_to_close_timeout=_LONG,
            schedule_to_close_timeout=_DAY,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=_RETRY,
        )
        return result


@workflow.defn(name=START_TASK)
class StartTask:
    """Starts a task."""

    @workflow.run
    async def run(self, command: TaskStart) -> None:
        """Returns when the run has started, or the task has failed for want of a bundle."""
        await workflow.execute_activity(
            START_ACTIVITY,
            command,
            start_to_close_timeout=_LONG,
            schedule_to_close_timeout=_DAY,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=_RETRY,
        )


@workflow.defn(name=CANCEL_TASK)
class CancelTask:
    """Cancels a task."""

    @workflow.run
    async def run(self, command: TaskCancel) -> None:
        """Returns when the run has been asked to end."""
        await workflow.execute_activity(
            CANCEL_ACTIVITY,
            command,
            start_to_close_timeout=_SHORT,
            schedule_to_close_timeout=_DAY,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=_RETRY,
        )


@workflow.defn(name=START_SCHEDULED_TASK)
class StartScheduledTask:
    """Starts the task of a binding's schedule; the same scheduled time is the same task."""

    @workflow.run
    async def run(self, command: ScheduledStart) -> str:
        """The task's id."""
        task_id: str = await workflow.execute_activity(
            SCHEDULED_ACTIVITY,
            command.model_copy(update={"scheduled_at": command.scheduled_at or _scheduled_at()}),
            result_type=str,
            start_to_close_timeout=_LONG,
            schedule_to_close_timeout=_DAY,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=_RETRY,
        )
        return task_id


@workflow.defn(name=PROBE_PLATFORM)
class ProbePlatform:
    """Tests the connection to a data platform, or lists its schemas, for somebody who waits for it."""

    @workflow.run
    async def run(self, command: PlatformProbe) -> PlatformProbed:
        """The outcome; a platform that refuses is an answer, not a failure."""
        probed: PlatformProbed = await workflow.execute_activity(
            PROBE_ACTIVITY,
            command,
            result_type=PlatformProbed,
            schedule_to_close_timeout=_WHILE_ASKED,
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        return probed


def _scheduled_at() -> datetime:
    info = workflow.info()
    return (info.typed_search_attributes.get(_SCHEDULED_FOR) or info.start_time).astimezone(UTC)


WORKFLOWS = (SyncRegistry, DeployRunbook, StartTask, CancelTask, StartScheduledTask, ProbePlatform)
