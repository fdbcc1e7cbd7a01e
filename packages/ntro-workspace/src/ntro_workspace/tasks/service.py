"""Tasks: starting runs, finding them, taking over what cells report."""

from uuid import UUID, uuid4

import asyncpg
import structlog

from ntro.workspace.commands import TaskCancel, TaskStart
from ntro.workspace.models import Task, TaskCreate
from ntro.workspace.wire import StatusBatch
from ntro_server.errors import Conflict, NotFound
from ntro_workspace.commands import service as commands
from ntro_workspace.db.references import as_uuid
from ntro_workspace.entities import service as entities
from ntro_workspace.keys.types import Principal
from ntro_workspace.pages import PageRequest, moment_of
from ntro_workspace.tasks import repository
from ntro_workspace.tasks.context import split_context
from ntro_workspace.tasks.repository import TaskFilter
from ntro_workspace.tasks.views import rendered, to_task, upcoming
from ntro_workspace.tenants import service as tenants
from ntro_workspace.workflows import repository as workflow_repository
from ntro_workspace.workflows import service as workflows

_log = structlog.get_logger(__name__)


async def create(connection: asyncpg.Connection, body: TaskCreate, caller: Principal) -> Task:
    """A task in the state `READY`, and the command that starts it.

    Raises:
        NotFound: there is no such tenant, workflow or entity.
        Conflict: the tenant has no running cell.
        Invalid: the context is not what it has to be.
    """
    tenant = await tenants.resolve(connection, body.tenantId, caller)
    workflow = await workflows.resolve(connection, body.workflowId, caller)
    if workflow["tenant_id"] != tenant["id"]:
        raise NotFound("This tenant has no such workflow.", hint="GET /v1/workspace/registry/workflows lists them.")
    entity = await entities.resolve(connection, tenant, body.entityId or str(workflow["entity_id"]))
    tenants.require_active(tenant)
    context = split_context(body.context, public_key=tenant["sealing_public_key"], tenant_id=tenant["id"])
    task_id = uuid4()
    values = {
        "id": task_id,
        "tenant_id": tenant["id"],
        "entity_id": entity["id"],
        "workflow_id": workflow["id"],
        "runbook_slug": workflow["runbook_slug"],
        "runbook_version": workflow["runbook_version"],
        "period": context.period,
        "priority": context.priority,
        "dry_run": context.dry_run,
    }
    await repository.insert(connection, values)
    start = TaskStart(
        task_id=task_id,
        workflow=commands.workflow_entry(workflow),
        entity=commands.entity_entry(entity),
        context=context.plain(),
        sealed_context=context.sealed,
        requested_by=f"key:{caller.key_id}",
    )
    await commands.start_task(connection, tenant["id"], start)
    return to_task(await resolve(connection, str(task_id), caller))


async def resolve(connection: asyncpg.Connection, reference: str, caller: Principal) -> asyncpg.Record:
    """The task of an id; the id of a child run (`<task>:<step>:…`) leads to its task.

    Raises:
        NotFound: there is none that the key may see.
    """
    task_id = as_uuid(reference.partition(":")[0])
    row = None if task_id is None else await repository.find(connection, task_id)
    if row is None:
        raise NotFound("There is no such task.", hint="GET /v1/workspace/tasks lists them.")
    caller.check_tenant(row["tenant_id"], what="task")
    return row


async def cancel(connection: asyncpg.Connection, reference: str, caller: Principal) -> Task:
    """Asks the cell to end the run; it then shows as failed, with a type that says so.

    Raises:
        Conflict: the task has ended, or the tenant has no running cell.
    """
    row = await resolve(connection, reference, caller)
    if row["status"] in {"COMPLETED", "FAILED"}:
        raise Conflict(f"The task is {row['status']} already.")
    tenants.require_active(await tenants.resolve(connection, str(row["tenant_id"]), caller))
    command = TaskCancel(task_id=row["id"], requested_by=f"key:{caller.key_id}")
    await commands.cancel_task(connection, row["tenant_id"], command)
    return to_task(row)


async def list_tasks(connection: asyncpg.Connection, wanted: TaskFilter) -> list[Task]:
    return [to_task(row) for row in await repository.list_all(connection, wanted)]


async def rendered_list(connection: asyncpg.Connection, wanted: TaskFilter, page: PageRequest) -> str:
    """The JSON text of the tasks asked for, newest first; whole at most 10 000."""
    before = moment_of(page.cursor)
    limit = repository.MAX_ROWS if page.is_whole else page.size + 1
    return rendered(await repository.list_answers(connection, wanted, limit=limit, before=before), page)


async def schedule(connection: asyncpg.Connection, caller: Principal, workflow_id: UUID | None) -> list[Task]:
    """Tasks that are open, then the next run of each scheduled binding, soonest first."""
    wanted = TaskFilter(tenant_id=caller.tenant_id, workflow_id=workflow_id, open_only=True)
    active = await list_tasks(connection, wanted)
    rows = await workflow_repository.list_all(connection, caller.tenant_id)
    coming = [task for row in rows if workflow_id in {None, row["id"]} for task in upcoming(row)]
    return active + sorted(coming, key=lambda task: (task.dueDate or "", task.id))


async def apply_reports(connection: asyncpg.Connection, tenant_id: UUID, batch: StatusBatch) -> int:
    """Takes over the reports of a cell; what is older than what is known changes nothing.

    A report of a workflow the tenant does not have is dropped: sending it again would not help.
    """
    taken = 0
    for report in batch.reports:
        if await repository.apply_report(connection, tenant_id, report):
            taken += 1
        else:
            _log.info("report changed nothing", task_id=str(report.task_id), seq=report.seq)
    return taken
