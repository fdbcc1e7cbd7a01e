"""Starting and cancelling tasks. Each call may be repeated; what was done is not done again."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from ntro.workspace.commands import EntityEntry, TaskCancel, TaskStart, WorkflowEntry
from ntro.workspace.sealing import SealError, unseal
from ntro_tenant.ops.bundles import Bundle, find_bundle
from ntro_tenant.ops.cell import Cell, run_queue
from ntro_tenant.ops.processes import ProcessManager
from ntro_tenant.ops.registry import store_entity
from ntro_tenant.ops.task_rows import close_task, insert_task, note_cancel_request
from ntro_tenant.ops.versions import pinned_to

NOT_DEPLOYED = "RunbookNotDeployed"
_INPUT = """
select t.context, t.workflow_id, t.entity_id, t.runbook_slug, t.runbook_version, t.closed_at, e.slug as entity_slug,
       e.name as entity_name, e.config as entity_config,
       case when g.tenant_id is null then coalesce(n.config, '{}')
            when g.config is null then n.config - 'gl'
            else jsonb_set(n.config, '{gl}', g.config) end as tenant_config
from system.tasks t join system.entities e on e.id = t.entity_id
    left join system.tenant n on n.id = $2
    left join system.gl_connection g on g.tenant_id = n.id
where t.id = $1"""
_log = structlog.get_logger(__name__)


class BadCommandError(ValueError):
    """A command that no repetition makes right; its message holds no content of the tenant."""


class TaskNotHereError(LookupError):
    """The task has not come to this cell, perhaps not yet."""


class TaskService:
    """Starts tasks on the version that they are pinned to or that is current, and cancels them."""

    def __init__(self, cell: Cell, processes: ProcessManager) -> None:
        self._cell = cell
        self._processes = processes

    async def start(self, command: TaskStart) -> None:
        """Enters the task and starts its run.

        Raises:
            BadCommandError: the sealed context does not open here, or is no JSON object.
        """
        context = command.context | self._unsealed(command.sealed_context)
        await self.enter(command.task_id, command.workflow, command.entity, context, requested_by=command.requested_by)
        await self.launch(command.task_id)

    async def enter(
        self,
        task_id: UUID,
        workflow: WorkflowEntry,
        entity: EntityEntry,
        context: dict[str, Any],
        *,
        scheduled: bool = False,
        requested_by: str | None = None,
    ) -> None:
        """Enters the task as queued, on the version that it is to run on."""
        async with self._cell.pool.acquire() as connection, connection.transaction():
            bundle = await find_bundle(connection, workflow.runbook_slug, workflow.runbook_version)
            await store_entity(connection, entity)
            await insert_task(
                connection,
                task_id,
                workflow,
                entity,
                context=workflow.default_config | context,
                version=bundle.version if bundle else workflow.runbook_version,
                scheduled=scheduled,
                requested_by=requested_by,
            )

    async def launch(self, task_id: UUID) -> None:
        """Starts the run of a task that was entered. Without a bundle the task ends as failed."""
        async with self._cell.pool.acquire() as connection:
            task = await connection.fetchrow(_INPUT, task_id, self._cell.settings.tenant_id)
            if task is None or task["closed_at"] is not None:
                return
            bundle = await find_bundle(connection, task["runbook_slug"], task["runbook_version"])
            if bundle is None:
                await self._not_deployed(connection, task_id, task)
                return
        await self._start_run(task_id, bundle, self._input(task_id, task))
        await self._processes.keep(bundle)

    async def cancel(self, command: TaskCancel) -> None:
        """Asks the run to end; a task without a run ends at once.

        Raises:
            TaskNotHereError: the task has not come to this cell yet.
        """
        async with self._cell.pool.acquire() as connection, connection.transaction():
            task = await connection.fetchrow("select closed_at from system.tasks where id = $1", command.task_id)
            if task is None:
                raise TaskNotHereError(f"There is no task {command.task_id} in this cell.")
            if task["closed_at"] is not None:
                return
            await note_cancel_request(connection, command.task_id, command.requested_by)
        try:
            await self._cell.client.get_workflow_handle(str(command.task_id)).cancel()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            failure = {"type": "Cancelled", "message": "The task was cancelled before it ran.", "step": None}
            async with self._cell.pool.acquire() as connection, connection.transaction():
                await close_task(connection, command.task_id, failure=failure)

    async def _start_run(self, task_id: UUID, bundle: Bundle, run_input: dict[str, Any]) -> None:
        try:
            await self._cell.client.start_workflow(
                bundle.workflow_class,
                run_input,
                id=str(task_id),
                task_queue=run_queue(bundle.slug),
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                versioning_override=pinned_to(bundle),
            )
        except WorkflowAlreadyStartedError:
            _log.info("the run was started before", task_id=str(task_id))

    async def _not_deployed(self, connection: asyncpg.Connection, task_id: UUID, task: asyncpg.Record) -> None:
        version = f" version {task['runbook_version']}" if task["runbook_version"] else ""
        message = (
            f"The runbook {task['runbook_slug']}{version} is not deployed to this tenant; deploy it, then run again."
        )
        async with connection.transaction():
            await close_task(connection, task_id, failure={"type": NOT_DEPLOYED, "message": message, "step": None})

    def _input(self, task_id: UUID, task: asyncpg.Record) -> dict[str, Any]:
        ids = {
            "tenant_id": str(self._cell.settings.tenant_id),
            "tenant_slug": self._cell.settings.tenant_slug,
            "entity_id": str(task["entity_id"]),
            "entity_slug": task["entity_slug"],
            "entity_name": task["entity_name"],
            "workflow_id": str(task["workflow_id"]),
            "task_id": str(task_id),
        }
        return {**task["tenant_config"], **task["entity_config"], **task["context"], **ids}

    def _unsealed(self, sealed: str | None) -> dict[str, Any]:
        if sealed is None:
            return {}
        settings = self._cell.settings
        private_key = settings.sealing_private_key.get_secret_value()
        try:
            found = json.loads(unseal(sealed, private_key=private_key, tenant_id=settings.tenant_id))
        except (SealError, ValueError):
            raise BadCommandError("The sealed context does not open in this cell.") from None
        if not isinstance(found, dict):
            raise BadCommandError("The sealed context is not a JSON object.")
        return found
