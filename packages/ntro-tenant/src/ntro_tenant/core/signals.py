"""Delivery of stored signals to their runs: each reaches its run once, however often it has to be tried."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import structlog
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.converter import WorkflowSerializationContext
from temporalio.service import RPCError, RPCStatusCode

from ntro_server.errors import Unavailable
from ntro_tenant.core.recording.log import append_event
from ntro_tenant.core.references import task_reference
from ntro_tenant.core.temporal import TemporalConnection
from ntro_tenant.db import signals_repository
from ntro_tenant.db.signals_repository import StoredSignal

SEND_TIMEOUT = timedelta(seconds=10)

_log = structlog.get_logger(__name__)


class SignalDelivery:
    """Sends what `system.signal_outbox` holds; used after a commit by the API, and in a loop by the ops worker."""

    def __init__(self, pool: asyncpg.Pool, temporal: TemporalConnection) -> None:
        self._pool = pool
        self._temporal = temporal

    async def deliver(self, run_id: str | None = None) -> int:
        """Tries each unsent signal once, in order (those of `run_id` where given); returns how many were sent.

        What cannot be sent now stays for the next time, and so do later signals of the same run. Never raises for
        Temporal's sake.
        """
        try:
            client = await self._temporal.client()
        except Unavailable:
            return 0
        sent, after = 0, 0
        while attempt := await self._attempt(client, after, run_id):
            after, reached = attempt
            sent += reached
        return sent

    async def _attempt(self, client: Client, after: int, run_id: str | None) -> tuple[int, bool] | None:
        """Tries the next signal: its row and whether it reached its run; none where there is no next."""
        async with self._pool.acquire() as connection, connection.transaction():
            signal = await signals_repository.lock_next(connection, after=after, run_id=run_id)
            if signal is None:
                return None
            try:
                await send_signal(client, signal)
            except RPCError as error:
                await self._not_sent(connection, signal, error)
                return signal.id, False
            await signals_repository.mark_sent(connection, signal.id)
            return signal.id, True

    async def _not_sent(self, connection: asyncpg.Connection, signal: StoredSignal, error: RPCError) -> None:
        if error.status is RPCStatusCode.NOT_FOUND and not signal.run_is_open:
            await signals_repository.mark_sent(connection, signal.id)
            await _record_undeliverable(connection, signal)
            return
        _log.warning("a signal was not delivered", run_id=signal.run_id, attempts=signal.attempts + 1, error=str(error))
        await signals_repository.mark_failed(connection, signal.id)


async def send_signal(client: Client, signal: StoredSignal) -> None:
    """Sends the signal under a request id made of its key, which the engine takes once.

    Raises:
        RPCError: the engine does not answer, or has no such open run.
    """
    context = WorkflowSerializationContext(namespace=client.namespace, workflow_id=signal.run_id)
    request = SignalWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=signal.run_id),
        signal_name=signal.signal,
        identity=client.identity,
        request_id=str(UUID(bytes=hashlib.sha256(signal.key.encode()).digest()[:16])),
    )
    request.input.payloads.extend(await client.data_converter.with_context(context).encode([signal.payload]))
    await client.workflow_service.signal_workflow_execution(request, timeout=SEND_TIMEOUT)


async def _record_undeliverable(connection: asyncpg.Connection, signal: StoredSignal) -> None:
    await append_event(
        connection,
        task_id=task_reference(signal.run_id).task_id,
        workflow_id=signal.run_id,
        type="signal.undeliverable",
        source="cell",
        payload={"signal": signal.signal, "reason": "the run has ended"},
        at=datetime.now(UTC),
    )
