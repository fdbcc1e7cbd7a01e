"""`/workspace/tasks`, history and schedule."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import parse_qsl

import asyncpg
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ntro.workspace.models import Page, Task, TaskCreate
from ntro_server.errors import Invalid
from ntro_workspace.api.context import Parts, Reader, Transaction, Writer
from ntro_workspace.api.paging import Paged, paged
from ntro_workspace.entities import service as entities
from ntro_workspace.keys.types import Principal
from ntro_workspace.pages import MAX_CURSOR, MAX_LIMIT, PageRequest, moment_of
from ntro_workspace.tasks import service
from ntro_workspace.tasks.repository import TaskFilter
from ntro_workspace.tasks.views import to_task
from ntro_workspace.tenants import service as tenants
from ntro_workspace.workflows import service as workflows

router = APIRouter(prefix="/workspace", tags=["tasks"])

Tasks = list[Task] | Page[Task]
WorkflowQuery = Annotated[str | None, Query(alias="workflowId")]


class TaskQuery(BaseModel):
    """What a list of tasks is narrowed to, and which page of it is wanted."""

    model_config = ConfigDict(frozen=True)

    status: Literal["PENDING", "READY", "IN_PROGRESS", "BLOCKED", "COMPLETED", "FAILED"] | None = None
    period: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")] | None = None
    tenant: Annotated[str | None, Field(alias="tenantId")] = None
    workflow: Annotated[str | None, Field(alias="workflowId")] = None
    entity: Annotated[str | None, Field(alias="entityId", description="As a slug it needs `tenantId`.")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] | None = None
    cursor: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None

    @property
    def page(self) -> PageRequest:
        return PageRequest(self.limit, self.cursor)

    @property
    def names_something(self) -> bool:
        """Whether it refers to a tenant, workflow or entity."""
        return any(name is not None for name in (self.tenant, self.workflow, self.entity))


@router.post("/tasks", status_code=201)
async def create_task(body: TaskCreate, connection: Transaction, caller: Writer) -> Task:
    """Starts a run of a workflow."""
    return await service.create(connection, body, caller)


@router.get("/tasks", response_model=Tasks)
async def list_tasks(connection: Transaction, caller: Reader, query: Annotated[TaskQuery, Query()]) -> Response:
    """Tasks, newest first; `status=READY` are queued, `status=BLOCKED` wait for a person."""
    wanted = await _narrowed(connection, caller, query)
    return _json(await service.rendered_list(connection, wanted, query.page))


def list_directly(parts: Parts, caller: Principal, query_string: str) -> Callable[[], Awaitable[bytes]] | None:
    """As `list_tasks`, where the query is right and names nothing that has to be looked up."""
    query = _understood(query_string)
    if query is None or query.names_something:
        return None
    wanted = TaskFilter(caller.tenant_id, status=query.status, period=query.period)

    async def read() -> bytes:
        async with parts.database.reading() as connection:
            return (await service.rendered_list(connection, wanted, query.page)).encode()

    return lambda: parts.shared_reads.get((wanted, query.page), read)


@lru_cache(maxsize=256)
def _understood(query_string: str) -> TaskQuery | None:
    try:
        query = TaskQuery.model_validate(dict(parse_qsl(query_string, keep_blank_values=True)))
        moment_of(query.cursor)
    except (ValidationError, Invalid):
        return None
    return query


async def _narrowed(connection: asyncpg.Connection, caller: Principal, query: TaskQuery) -> TaskFilter:
    """The filter of a list, its references resolved."""
    tenant_id, workflow_id, entity_id = caller.tenant_id, None, None
    if query.workflow is not None:
        found = await workflows.resolve(connection, query.workflow, caller)
        workflow_id, tenant_id = found["id"], found["tenant_id"]
    if query.tenant is not None:
        tenant_id = (await tenants.resolve(connection, query.tenant, caller))["id"]
    if query.entity is not None:
        entity_id = await entities.find_id(connection, query.entity, tenant_id)
    return TaskFilter(tenant_id, entity_id, workflow_id, query.status, query.period)


@router.get("/incoming", response_model=Tasks)
async def list_incoming(connection: Transaction, caller: Reader, page: Paged) -> Response:
    """Queued tasks."""
    wanted = TaskFilter(tenant_id=caller.tenant_id, status="READY")
    return _json(await service.rendered_list(connection, wanted, page))


@router.get("/pending", response_model=Tasks)
async def list_pending(connection: Transaction, caller: Reader, page: Paged) -> Response:
    """Tasks that wait for a person."""
    wanted = TaskFilter(tenant_id=caller.tenant_id, status="BLOCKED")
    return _json(await service.rendered_list(connection, wanted, page))


@router.get("/schedule")
async def list_schedule(
    connection: Transaction, caller: Reader, page: Paged, workflow: WorkflowQuery = None
) -> list[Task] | Page[Task]:
    """Open tasks and the next run of each scheduled workflow."""
    workflow_id = None
    if workflow is not None:
        workflow_id = (await workflows.resolve(connection, workflow, caller))["id"]
    return paged(await service.schedule(connection, caller, workflow_id), page)


@router.get("/tasks/{task}")
async def get_task(task: str, connection: Transaction, caller: Reader) -> Task:
    """One task. The id of a child run answers with its task."""
    return to_task(await service.resolve(connection, task, caller))


@router.post("/tasks/{task}/cancel")
async def cancel_task(task: str, connection: Transaction, caller: Writer) -> Task:
    """Asks the tenant's cell to end the run."""
    caller.require("decide")
    return await service.cancel(connection, task, caller)


@router.get("/tenants/{tenant}/entities/{entity}/tasks", response_model=Tasks)
async def list_history(tenant: str, entity: str, connection: Transaction, caller: Reader, page: Paged) -> Response:
    """The entity's tasks, newest first."""
    owner = await tenants.resolve(connection, tenant, caller)
    found = await entities.resolve(connection, owner, entity)
    wanted = TaskFilter(tenant_id=owner["id"], entity_id=found["id"])
    return _json(await service.rendered_list(connection, wanted, page))


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")
