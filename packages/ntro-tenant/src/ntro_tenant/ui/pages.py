"""The addresses of the pages and of their live parts."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ntro_server.errors import NotFound
from ntro_tenant.api.authentication import CellDependency, Reader, current_session, session_keeper
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.entities import list_entities
from ntro_tenant.core.known_people import names_of
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import task_reference
from ntro_tenant.core.tasks import find_task, list_tasks
from ntro_tenant.db.agent_questions_repository import waiting_since
from ntro_tenant.db.decisions_repository import decided_gate
from ntro_tenant.db.gates_repository import gate as find_gate
from ntro_tenant.ui.models import TaskPage, task_page
from ntro_tenant.ui.page_route import PageRoute
from ntro_tenant.ui.rendering import ASSETS, page
from ntro_tenant.ui.review import review_of
from ntro_tenant.ui.task_list import STATES, sections_of, with_agents
from ntro_tenant.ui.timeline import run_label

router = APIRouter(include_in_schema=False, route_class=PageRoute)
otherwise = APIRouter(include_in_schema=False, route_class=PageRoute)

Choice = Annotated[str, Query(max_length=100)]


@router.get("/")
async def tasks(
    request: Request, cell: CellDependency, person: Reader, state: Choice = "", entity: Choice = "", period: Choice = ""
) -> HTMLResponse:
    """All tasks, what waits for a person first."""
    return page("tasks.html", **await frame(request, cell, person), **await _tasks(cell, state, entity, period))


@router.get("/fragments/tasks")
async def tasks_part(
    cell: CellDependency, _person: Reader, state: Choice = "", entity: Choice = "", period: Choice = ""
) -> HTMLResponse:
    """The list alone, for the live page."""
    return page("_task_list.html", **await _tasks(cell, state, entity, period))


@router.get("/tasks/{run_id}")
async def task(request: Request, cell: CellDependency, person: Reader, run_id: str) -> HTMLResponse:
    """One task, or one run below it."""
    shown = await task_values(cell, person, run_id)
    return page("task.html", **await frame(request, cell, person), **shown.values())


@router.get("/fragments/tasks/{run_id}")
async def task_part(
    request: Request, cell: CellDependency, person: Reader, run_id: str, seen: Annotated[str, Query()] = ""
) -> Response:
    """What changes on a task's page. What was seen already is answered with 204, so that nobody is disturbed."""
    shown = await task_values(cell, person, run_id)
    if seen == shown.signature:
        return Response(status_code=204)
    return page("_task.html", **await frame(request, cell, person), **shown.values())


@router.get("/gates/{gate_id:path}")
async def gate(request: Request, cell: CellDependency, person: Reader, gate_id: str) -> Response:
    """What a person decided on, as it was shown; an open gate is answered on its task's page."""
    async with cell.pool.acquire() as connection:
        found, decided = await find_gate(connection, gate_id), await decided_gate(connection, gate_id)
        if found is None:
            raise NotFound("There is no such gate in this tenant.")
        if decided is None:
            return RedirectResponse(f"/tasks/{found.run_id}", 303)
        names = await names_of(connection, [decided.decision.get("actor")])
        row = await find_task(connection, task_reference(found.run_id))
    values: dict[str, Any] = {
        "gate": found,
        "task": row,
        "decided": decided,
        "review": review_of(found),
        "label": run_label(found.run_id, str(found.task_id)),
        "names": names,
    }
    return page("gate.html", **await frame(request, cell, person), **values)


@router.get("/fragments/session")
async def session(_person: Reader) -> Response:
    """Whether the browser is still signed in."""
    return Response(status_code=204)


@router.get("/favicon.ico")
async def favicon() -> Response:
    """The icon, where a browser looks for one by itself."""
    return ASSETS.icon()


@otherwise.get("/{address}")
@otherwise.get("/tasks/{address:path}")
async def nowhere(_person: Reader, address: str) -> Response:
    """Every other address that looks like a page."""
    raise NotFound(f"There is no page {address} here.", hint="The list of tasks leads everywhere.")


async def frame(request: Request, cell: Cell, person: Person) -> dict[str, Any]:
    """What every page has around its content."""
    session_ = await current_session(request, cell)
    csrf = session_keeper(request).csrf_token(session_) if session_ else ""
    return {"person": person, "tenant": cell.settings.tenant_slug, "csrf": csrf}


async def task_values(cell: Cell, person: Person, run_id: str) -> TaskPage:
    """The page of a task or run as it is now."""
    async with cell.pool.acquire() as connection:
        return await task_page(connection, task_reference(run_id), person)


async def _tasks(cell: Cell, state: str, entity: str, period: str) -> dict[str, Any]:
    state = state if state in STATES else ""
    async with cell.pool.acquire() as connection:
        entities = await list_entities(connection)
        chosen = next((item for item in entities if str(item.id) == entity), None)
        listed = await list_tasks(connection, entity_id=chosen.id if chosen else None, period=period or None)
        found = with_agents(listed, await waiting_since(connection))
    return {
        "sections": sections_of(found, state),
        "total": len(found),
        "entities": entities,
        "chosen": {"state": state, "entity": _text(chosen.id if chosen else None), "period": period},
    }


def _text(value: UUID | None) -> str:
    return "" if value is None else str(value)
