"""One Temporal namespace per tenant, kept as long as the books are."""

import asyncio
import time
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from ntro_cli.stack.errors import StartFailed

# The server's own default is one day: the history of a run would be gone the next morning.
RETENTION = timedelta(days=3653)
USABLE_SECONDS = 20.0


async def ensure_namespace(address: str, name: str) -> None:
    """Registers `name` with ten years' retention where it is not, and waits until it can be used.

    Raises:
        StartFailed: Temporal does not answer or refuses.
    """
    try:
        await _ensure(await client_of(address), name)
    except (RPCError, RuntimeError, TimeoutError) as error:
        raise StartFailed(
            f"The Temporal namespace {name} cannot be made: {error}.", remedy="Read: ntro logs temporal"
        ) from error


async def retention_of(address: str, name: str) -> timedelta:
    """How long the namespace keeps the history of a finished run."""
    client = await Client.connect(address)
    found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    return found.config.workflow_execution_retention_ttl.ToTimedelta()


async def client_of(address: str) -> Client:
    """A client, as soon as the server answers calls: it listens a moment before it can."""
    end = time.monotonic() + USABLE_SECONDS
    while True:
        try:
            return await Client.connect(address)
        except RuntimeError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


async def _ensure(client: Client, name: str) -> None:
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    request = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=retention)
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    async with asyncio.timeout(USABLE_SECONDS):
        while True:
            if await _is_usable(client, name):
                return
            await asyncio.sleep(0.02)


async def _is_usable(client: Client, name: str) -> bool:
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True
