"""Brings tasks in line with Temporal: starts what never reached it, closes what ended there without telling."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, ChildWorkflowError
from temporalio.service import RPCError, RPCStatusCode

from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.task_rows import close_task
from ntro_tenant.ops.tasks import TaskService

SETTLED_AFTER = timedelta(seconds=5)
MAX_TASKS = 500
_OPEN = """
select t.id, t.status, exists (select from system.runs r where r.workflow_id = t.id::text) as recorded
from system.tasks t where t.closed_at is null and t.updated_at < now() - $1::interval
order by t.updated_at limit $2"""
_ENDINGS = {
    WorkflowExecutionStatus.TERMINATED: ("Terminated", "The run was terminated."),
    WorkflowExecutionStatus.TIMED_OUT: ("TimedOut", "The run took longer than it may."),
    WorkflowExecutionStatus.CANCELED: ("Cancelled", "The run was cancelled."),
}
_log = structlog.get_logger(__name__)


class Reconciler:
    """Looks after tasks that have not ended and that nothing was heard of for a while."""

    def __init__(self, cell: Cell, tasks: TaskService, *, settled_after: timedelta = SETTLED_AFTER) -> None:
        self._cell = cell
        self._tasks = tasks
        self._settled_after = settled_after

    async def reconcile(self) -> None:
        """Looks at each such task once; trouble with one does not keep it from the others."""
        for task in await self._cell.pool.fetch(_OPEN, self._settled_after, MAX_TASKS):
            try:
                await self._reconcile(task)
            except Exception as error:  # noqa: BLE001 - one task must not hide the others; it is tried again
                _log.warning("task not reconciled", task_id=str(task["id"]), error=str(error))

    async def _reconcile(self, task: asyncpg.Record) -> None:
        handle: WorkflowHandle[Any, Any] = self._cell.client.get_workflow_handle(str(task["id"]))
        try:
            description = await handle.describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await self._missing(task)
            return
        if description.status is WorkflowExecutionStatus.COMPLETED:
            await self._close(task["id"], result=await handle.result())
        elif description.status is WorkflowExecutionStatus.FAILED:
            await self._close(task["id"], failure=await _failure(handle))
        elif ending := _ENDINGS.get(description.status) if description.status else None:
            await self._close(task["id"], failure=_failure_of(*ending))

    async def _missing(self, task: asyncpg.Record) -> None:
        if task["recorded"]:
            await self._close(task["id"], failure=_failure_of("RunMissing", "Temporal no longer has the run."))
        else:
            await self._tasks.launch(task["id"])

    async def _close(self, task_id: UUID, *, failure: dict[str, Any] | None = None, result: Any = None) -> None:
        async with self._cell.pool.acquire() as connection, connection.transaction():
            if await close_task(connection, task_id, failure=failure, result=result):
                _log.info("task closed from outside its run", task_id=str(task_id), failure=failure and failure["type"])


async def _failure(handle: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    try:
        await handle.result()
    except WorkflowFailureError as error:
        cause: BaseException | None = error.cause
        while isinstance(cause, ActivityError | ChildWorkflowError) and cause.cause is not None:
            cause = cause.cause
        if isinstance(cause, ApplicationError):
            return _failure_of(cause.type or "ApplicationError", cause.message)
        kind = "Cancelled" if isinstance(cause, CancelledError) else type(cause).__name__
        return _failure_of(kind, str(cause))
    return _failure_of("Failed", "The run failed.")


def _failure_of(kind: str, message: str) -> dict[str, Any]:
    return {"type": kind, "message": message, "step": None}
