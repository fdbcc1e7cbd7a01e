"""Tasks as people see them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from ntro_tenant.api import rendering, schemas
from ntro_tenant.api.addresses import TaskAddress
from ntro_tenant.api.authentication import CellDependency, Reader
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core import next_steps, tasks
from ntro_tenant.core.agent_gates import seen_by_agent
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.views import TaskDetail

router = APIRouter(prefix="/tasks", tags=["tasks"], route_class=ExactRoute)


@router.get("")
async def list_tasks(
    cell: CellDependency,
    _person: Reader,
    status: schemas.TaskStatus | None = None,
    entity_id: Annotated[UUID | None, Query(alias="entityId")] = None,
    period: schemas.Period | None = None,
) -> list[schemas.TaskListed]:
    """The newest thousand tasks that fit, newest first."""
    async with cell.transaction() as connection:
        rows = await tasks.list_tasks(connection, status=status, entity_id=entity_id, period=period)
    return [rendering.task_listed(row) for row in rows]


@router.get("/{task}")
async def get_task(cell: CellDependency, person: Reader, task: TaskAddress) -> schemas.Task:
    """A task, or a run below it, with all that is known of it; for an agent what it needs to know."""
    shown = await _shown(cell, person, task)
    return rendering.task(shown) if person.agent_id is None else rendering.task_for_agent(shown)


@router.get("/{task}/ui")
async def get_screen(cell: CellDependency, person: Reader, task: TaskAddress) -> schemas.Screen:
    """What a person sees of the task now; an agent sees the gates that the tenant lets it decide."""
    shown = await _shown(cell, person, task)
    if person.agent_id is not None:
        async with cell.transaction() as connection:
            shown = await seen_by_agent(connection, shown)
    return rendering.screen(shown)


@router.get("/{task}/next-step")
async def get_next_step(cell: CellDependency, person: Reader, task: TaskAddress) -> schemas.NextStep:
    """What to do next; where only runs below the task wait, the gate of the first of those."""
    return rendering.next_step(next_steps.next_step(await _shown(cell, person, task)))


@router.get("/{task}/snapshots")
async def get_snapshots(cell: CellDependency, _person: Reader, task: TaskAddress) -> dict[str, Any]:
    """What was shown and decided, by step id."""
    async with cell.transaction() as connection:
        return await tasks.snapshots(connection, task)


async def _shown(cell: Cell, person: Person, reference: TaskReference) -> TaskDetail:
    """The task as it is shown to `person`, who knows of its open gates from now on."""
    async with cell.transaction() as connection:
        detail = await tasks.task_detail(connection, reference)
    cell.attention.note(person.subject, reference.task_id, (gate.id for gate in detail.gates))
    return detail
