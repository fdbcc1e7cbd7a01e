"""Workspace's only way to Temporal: starting ops workflows and keeping schedules, in plain metadata."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from ntro.workspace.commands import (
    OPS_QUEUE,
    PROBE_PLATFORM,
    START_SCHEDULED_TASK,
    DeploymentResult,
    PlatformProbe,
    PlatformProbed,
    ScheduledStart,
    namespace_of,
)

RPC_TIMEOUT = timedelta(seconds=5)
CATCH_UP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class KeptSchedule:
    """A schedule as Temporal keeps it."""

    cron: str
    timezone: str
    paused: bool = False
    overlap: Literal["ALLOW", "SKIP"] = "ALLOW"


class TemporalGateway:
    """Connects when it is first needed, so that Workspace answers while Temporal is down."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._base: Client | None = None

    async def start(self, tenant_slug: str, command: str, key: str, value: dict[str, Any]) -> None:
        """Starts the ops workflow `key`; one that was started before is left alone."""
        client = await self._client(tenant_slug)
        try:
            await client.start_workflow(
                command,
                value,
                id=key,
                task_queue=OPS_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowAlreadyStartedError:
            return

    async def deployment_result(self, tenant_slug: str, key: str) -> DeploymentResult:
        """Waits until the deployment has ended.

        Raises:
            WorkflowFailureError: the ops workflow itself failed.
            RPCError: Temporal does not answer, or the workflow was not started yet.
        """
        client = await self._client(tenant_slug)
        handle = client.get_workflow_handle(key, result_type=DeploymentResult)
        result: DeploymentResult = await handle.result()
        return result

    async def probe(self, tenant_slug: str, key: str, probe: PlatformProbe, seconds: float) -> PlatformProbed:
        """Has the cell probe a data platform and waits for it.

        Raises:
            WorkflowFailureError: the cell did not answer in time, or failed.
            RPCError: Temporal does not answer.
        """
        client = await self._client(tenant_slug)
        found: PlatformProbed = await client.execute_workflow(
            PROBE_PLATFORM,
            probe,
            id=key,
            task_queue=OPS_QUEUE,
            result_type=PlatformProbed,
            execution_timeout=timedelta(seconds=seconds),
            rpc_timeout=timedelta(seconds=seconds) + RPC_TIMEOUT,
        )
        return found

    async def put_schedule(self, tenant_slug: str, workflow_id: UUID, kept: KeptSchedule) -> None:
        """Makes the schedule of a binding exactly this."""
        client = await self._client(tenant_slug)
        schedule = _schedule(workflow_id, kept)
        try:
            await client.create_schedule(_schedule_id(workflow_id), schedule, rpc_timeout=RPC_TIMEOUT)
        except ScheduleAlreadyRunningError:
            handle = client.get_schedule_handle(_schedule_id(workflow_id))

            def replace(_before: ScheduleUpdateInput) -> ScheduleUpdate:
                return ScheduleUpdate(schedule=schedule)

            await handle.update(replace, rpc_timeout=RPC_TIMEOUT)

    async def delete_schedule(self, tenant_slug: str, workflow_id: UUID) -> None:
        """Takes the schedule away; one that is not there is fine."""
        client = await self._client(tenant_slug)
        try:
            await client.get_schedule_handle(_schedule_id(workflow_id)).delete(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _client(self, tenant_slug: str) -> Client:
        if self._base is None:
            self._base = await Client.connect(self._address, data_converter=pydantic_data_converter, lazy=True)
        config = self._base.config()
        config["namespace"] = namespace_of(tenant_slug)
        return Client(**config)


def _schedule_id(workflow_id: UUID) -> str:
    return f"schedule:{workflow_id}"


def _schedule(workflow_id: UUID, kept: KeptSchedule) -> Schedule:
    action = ScheduleActionStartWorkflow(
        START_SCHEDULED_TASK,
        ScheduledStart(workflow_id=workflow_id, overlap=kept.overlap),
        id=f"ops:schedule:{workflow_id}",
        task_queue=OPS_QUEUE,
    )
    return Schedule(
        action=action,
        spec=ScheduleSpec(cron_expressions=[kept.cron], time_zone_name=kept.timezone),
        # The action ends once the task has started; whether tasks overlap is the cell's to see.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.ALLOW_ALL, catchup_window=CATCH_UP),
        state=ScheduleState(paused=kept.paused),
    )
