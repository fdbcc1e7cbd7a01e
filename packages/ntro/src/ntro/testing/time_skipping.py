"""Time of the in-memory server: it passes while a result is awaited and stands still at gates that are answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.api.testservice.v1 import LockTimeSkippingRequest, UnlockTimeSkippingRequest
from temporalio.client import Client, Interceptor, OutboundInterceptor, StartWorkflowInput, WorkflowHandle


async def stop_time(client: Client) -> None:
    """Stop the clock once more. It stands still until it was let go as often as it was stopped."""
    await client.test_service.lock_time_skipping(LockTimeSkippingRequest())


async def let_time_pass(client: Client) -> None:
    """Let the clock go once."""
    await client.test_service.unlock_time_skipping(UnlockTimeSkippingRequest())


@asynccontextmanager
async def passing_time(client: Client) -> AsyncIterator[None]:
    """Time passes inside the block, skipped to whatever is due next where nothing else happens."""
    await let_time_pass(client)
    try:
        yield
    finally:
        await stop_time(client)


class TimeSkipping(Interceptor):
    """Handles of started workflows let time pass while their result is awaited."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the engine's name
        """The client's side."""
        return _Starts(next)


class _Starts(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002 - the engine's name
        handle = await super().start_workflow(input)
        handle.__class__ = _SkippingHandle
        return handle


class _SkippingHandle(WorkflowHandle[Any, Any]):
    """What `start_workflow` returns; the engine makes the handle, so it is told its class afterwards."""

    async def result(
        self,
        *,
        follow_runs: bool = True,
        rpc_metadata: Any = {},  # noqa: B006 - the engine's default, which nobody changes
        rpc_timeout: timedelta | None = None,
    ) -> Any:
        async with passing_time(self._client):
            return await super().result(follow_runs=follow_runs, rpc_metadata=rpc_metadata, rpc_timeout=rpc_timeout)
