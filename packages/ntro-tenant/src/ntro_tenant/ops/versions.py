"""Which version of a runbook new runs start on, as Temporal's worker deployments have it."""

import asyncio

from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import PinnedVersioningOverride, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode

from ntro_tenant.ops.bundles import Bundle
from ntro_tenant.ops.cell import deployment_name

REGISTER_SECONDS = 60
_RETRY_SECONDS = 0.2
_NOT_YET = {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.RESOURCE_EXHAUSTED}


def pinned_to(bundle: Bundle) -> PinnedVersioningOverride:
    """The option that keeps a run on `bundle`."""
    return PinnedVersioningOverride(WorkerDeploymentVersion(deployment_name(bundle.slug), bundle.build_id))


async def set_current_version(client: Client, bundle: Bundle) -> None:
    """Makes `bundle` its deployment's current version; waits until its worker's first poll has registered it.

    Raises:
        TimeoutError: the worker was not registered within 60 s.
        RPCError: Temporal refused.
    """
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=deployment_name(bundle.slug),
        build_id=bundle.build_id,
        identity=client.identity,
        ignore_missing_task_queues=True,
    )
    async with asyncio.timeout(REGISTER_SECONDS):
        while True:
            try:
                await client.workflow_service.set_worker_deployment_current_version(request)
            except RPCError as error:
                if error.status not in _NOT_YET:
                    raise
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return
