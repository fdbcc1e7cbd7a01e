"""The addresses of the pages, their live parts, and what their forms do."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles

from ntro_server.errors import ApiError
from ntro_tenant.api.authentication import CellDependency, Decider, Reader, Writer, current_session, session_keeper
from ntro_tenant.api.upload_forms import UploadFields, received_upload
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.decisions import Verdicts, decision_for, send_decision
from ntro_tenant.core.documents import Submission, submit_document
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import task_reference
from ntro_tenant.core.tasks import list_tasks, task_detail
from ntro_tenant.ui.models import TaskPage, task_page
from ntro_tenant.ui.rendering import STATIC, page
from ntro_tenant.ui.review import corrections_of

FILTERS = (
    ("", "All"),
    ("BLOCKED", "Needs you"),
    ("IN_PROGRESS", "Working"),
    ("COMPLETED", "Done"),
    ("FAILED", "Failed"),
)
PARTS = {
    "head": "_head.html",
    "steps": "_steps.html",
    "gates": "_gates.html",
    "files": "_files.html",
    "timeline": "_timeline.html",
}


class PageRoute(APIRoute):
    """A route whose errors are pages: a person reads them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_as_page(request: Request) -> Response:
            try:
                return await handle(request)
            except ApiError as error:
                tenant = request.app.state.cell.settings.tenant_slug
                text = " ".join(filter(None, (error.message, error.hint)))
                return page(
                    "message.html",
                    status_code=error.status,
                    heading=error.status.phrase,
                    text=text,
                    person=None,
                    tenant=tenant,
                )

        return handle_as_page


router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/")
async def tasks(request: Request, cell: CellDependency, person: Reader, status: str = "") -> HTMLResponse:
    """All tasks, the newest first."""
    return page("tasks.html", **await _frame(request, cell, person), **await _tasks(cell, status))


@router.get("/fragments/tasks")
async def tasks_part(cell: CellDependency, _person: Reader, status: str = "") -> HTMLResponse:
    """The list alone, for the live page."""
    return page("_task_list.html", **await _tasks(cell, status))


@router.get("/tasks/{run_id}")
async def task(request: Request, cell: CellDependency, person: Reader, run_id: str) -> HTMLResponse:
    """One task, or one run below it."""
    shown = await _task(cell, person, run_id)
    return page("task.html", **await _frame(request, cell, person), **shown.values())


@router.get("/fragments/tasks/{run_id}/{part}")
async def task_part(
    request: Request, cell: CellDependency, person: Reader, run_id: str, part: str, seen: Annotated[str, Query()] = ""
) -> Response:
    """One part of a task's page. What was seen already is answered with 204, so that typing is not disturbed."""
    shown = await _task(cell, person, run_id)
    if part not in PARTS or (part == "gates" and seen == shown.signature):
        return Response(status_code=204)
    return page(PARTS[part], **await _frame(request, cell, person), **shown.values())


@router.post("/tasks/{run_id}/decide")
async def decide(
    request: Request,
    cell: CellDependency,
    person: Decider,
    run_id: str,
    gate_id: Annotated[str, Form()],
    action: Annotated[str, Form(pattern="^(approved|rejected|corrected)$")],
    payload_hash: Annotated[str, Form()] = "",
    comments: Annotated[str, Form(max_length=4000)] = "",
) -> HTMLResponse:
    """Decides a gate with what was typed into its form; answers the gates that are open then."""
    reference = task_reference(run_id)
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    message = None
    try:
        async with cell.pool.acquire() as connection:
            detail = await task_detail(connection, reference)
            shown = next((gate for gate in detail.gates if gate.id == gate_id), None)
            said = Verdicts(
                action=action,  # type: ignore[arg-type]  # the pattern of the form allows a verdict only
                comments=comments.strip() or None,
                gate_id=gate_id,
                payload_hash=payload_hash or None,
                corrections=tuple(corrections_of(shown, form)) if shown and action != "rejected" else (),
            )
            gate, decision = await decision_for(connection, cell.attention, reference, person, said)
        await send_decision(await cell.temporal.client(), gate, decision)
    except ApiError as error:
        message = error.message
    return await _gates(request, cell, person, run_id, message)


@router.post("/tasks/{run_id}/files")
async def upload(request: Request, cell: CellDependency, person: Writer, run_id: str) -> HTMLResponse:
    """Takes a document in from a gate's form; answers the gates that are open then."""
    reference = task_reference(run_id)
    message = None
    try:
        async with received_upload(request, UploadFields(), cell.settings.max_upload_bytes) as received:
            content_type = await received.upload.content_type(received.filename)
            submission = Submission(received.upload, received.filename, content_type, received.source, received.gate_id)
            async with cell.transaction() as connection:
                submitted = await submit_document(connection, reference, person, submission, cell.settings.tenant_slug)
        if submitted.run_id is not None:
            await cell.signals.deliver(submitted.run_id)
    except ApiError as error:
        message = error.message
    return await _gates(request, cell, person, run_id, message)


def install_pages(app: FastAPI) -> None:
    """Adds the pages and what they load to `app`."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


async def _gates(request: Request, cell: Cell, person: Person, run_id: str, message: str | None) -> HTMLResponse:
    shown = await _task(cell, person, run_id)
    return page("_gates.html", **await _frame(request, cell, person), **(shown.values() | {"message": message}))


async def _tasks(cell: Cell, status: str) -> dict[str, Any]:
    async with cell.pool.acquire() as connection:
        found = await list_tasks(connection, status=status or None)
    return {"tasks": found, "status": status, "filters": FILTERS}


async def _task(cell: Cell, person: Person, run_id: str) -> TaskPage:
    """The page as it is shown to `person`, who knows of its open gates from now on."""
    reference = task_reference(run_id)
    async with cell.pool.acquire() as connection:
        shown = await task_page(connection, reference)
    cell.attention.note(person.subject, reference.task_id, (gate.id for gate in shown.detail.gates))
    return shown


async def _frame(request: Request, cell: Cell, person: Person) -> dict[str, Any]:
    session = await current_session(request, cell)
    csrf = session_keeper(request).csrf_token(session) if session else ""
    return {"person": person, "tenant": cell.settings.tenant_slug, "csrf": csrf}
