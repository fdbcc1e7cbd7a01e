"""Entities, their tasks, and starting one."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse

from ntro_tenant.api import rendering, schemas
from ntro_tenant.api.addresses import EntityAddress
from ntro_tenant.api.authentication import CellDependency, Reader, Writer
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core import entities, tasks
from ntro_tenant.core.views import EntityView, WorkflowView

router = APIRouter(prefix="/entities", tags=["entities"], route_class=ExactRoute)


@router.get("", response_model=list[schemas.Entity])
async def list_entities(cell: CellDependency, _person: Reader) -> list[EntityView]:
    """All entities of the tenant."""
    async with cell.transaction() as connection:
        return await entities.list_entities(connection)


@router.get("/{entity_id}/tasks")
async def list_tasks(cell: CellDependency, _person: Reader, entity_id: EntityAddress) -> list[schemas.TaskListed]:
    """The entity's tasks, newest first, with what each waits for."""
    async with cell.transaction() as connection:
        await entities.entity(connection, entity_id)
        rows = await tasks.list_tasks(connection, entity_id=entity_id)
    return [rendering.task_listed(row) for row in rows]


@router.get("/{entity_id}/workflows", response_model=list[schemas.Workflow])
async def list_workflows(cell: CellDependency, _person: Reader, entity_id: EntityAddress) -> list[WorkflowView]:
    """What can be started for the entity, and with which parameters."""
    async with cell.transaction() as connection:
        return await entities.list_workflows(connection, entity_id)


@router.post("/{entity_id}/tasks", status_code=201)
async def start_task(
    cell: CellDependency,
    _person: Writer,
    entity_id: EntityAddress,
    body: schemas.TaskStartBody,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> JSONResponse:
    """Asks Workspace for a task of the entity; its answer, good or bad, is passed on."""
    async with cell.transaction() as connection:
        await entities.entity(connection, entity_id)
    wanted: dict[str, Any] = {
        "tenantId": str(cell.settings.tenant_id),
        "entityId": str(entity_id),
        "workflowId": body.workflow_id,
        "context": body.model_dump(mode="json")["context"],
    }
    status, answer = await cell.workspace.create_task(wanted, idempotency_key=idempotency_key)
    return JSONResponse(answer, status)
