"""What people answer agents in the page. The forms need no script: each answers with a page or leads to one."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from ntro_server.errors import ApiError, Conflict, Invalid, NotFound, PayloadTooLarge, UnsupportedContent
from ntro_tenant.api.addresses import uuid_of
from ntro_tenant.api.authentication import CellDependency
from ntro_tenant.api.upload_forms import Received, UploadFields, received_upload
from ntro_tenant.core.agent_requests import Answer, answer_request
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.documents import Submission, submit_document
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import TaskReference, task_reference
from ntro_tenant.core.tasks import find_task
from ntro_tenant.db.agent_questions_repository import question as find_question
from ntro_tenant.ui.agent_requests import RequestCard, card_of
from ntro_tenant.ui.form_person import FormDecider
from ntro_tenant.ui.page_route import PageRoute
from ntro_tenant.ui.pages import frame, task_values
from ntro_tenant.ui.rendering import page

MAX_COMMENT = 4000
_CORRECTABLE = (Conflict, Invalid, PayloadTooLarge, UnsupportedContent)
_SEE_OTHER = 303

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/tasks/{run_id}/requests/{request_id}/answer")
async def approve_or_reject(
    request: Request, cell: CellDependency, person: FormDecider, run_id: str, request_id: str
) -> Response:
    """Approves or rejects what an agent asks."""
    reference, number = task_reference(run_id), uuid_of(request_id, "request")
    await _card(cell, reference, number)
    form = await request.form()
    try:
        answer = _decision(str(form.get("action") or ""), str(form.get("comments") or "").strip())
        async with cell.transaction() as connection:
            await answer_request(connection, reference, number, person, answer)
    except _CORRECTABLE as error:
        return await _refused(request, cell, person, reference, number, error)
    return RedirectResponse(f"/tasks/{run_id}", _SEE_OTHER)


@router.post("/tasks/{run_id}/requests/{request_id}/files")
async def hand_in(
    request: Request, cell: CellDependency, person: FormDecider, run_id: str, request_id: str
) -> Response:
    """Stores the file that an agent asks for and tells the agent, both or neither."""
    reference, number = task_reference(run_id), uuid_of(request_id, "request")
    card = await _card(cell, reference, number)
    limit = min(cell.settings.max_upload_bytes, card.max_bytes or cell.settings.max_upload_bytes)
    try:
        async with received_upload(request, UploadFields(), limit) as received:
            told = await _store_and_tell(cell, reference, number, person, card, received)
    except _CORRECTABLE as error:
        return await _refused(request, cell, person, reference, number, error)
    if told is not None:
        await cell.signals.deliver(told)
    return RedirectResponse(f"/tasks/{run_id}", _SEE_OTHER)


async def _store_and_tell(
    cell: Cell, reference: TaskReference, number: UUID, person: Person, card: RequestCard, received: Received
) -> str | None:
    """The run that waits for the document as well, if one does."""
    _check_accepted(card, received.filename)
    content_type = await received.upload.content_type(received.filename)
    submission = Submission(received.upload, received.filename, content_type, card.source)
    async with cell.transaction() as connection:
        stored = await submit_document(connection, reference, person, submission, cell.settings.tenant_slug)
        answer = Answer(document_id=stored.document.id)
        await answer_request(connection, reference, number, person, answer)
    return stored.run_id


async def _card(cell: Cell, reference: TaskReference, number: UUID) -> RequestCard:
    async with cell.pool.acquire() as connection:
        await find_task(connection, reference)
        found = await find_question(connection, reference.task_id, number)
    if found is None:
        raise NotFound("There is no such request of an agent on this task.")
    return card_of(found, reference)


def _decision(action: str, comments: str) -> Answer:
    if len(comments) > MAX_COMMENT:
        raise Invalid(f"The comment is longer than {MAX_COMMENT} characters.", hint="Shorten it.")
    if action == "approved":
        return Answer(action="approved", reason=comments or None)
    if action != "rejected":
        raise Invalid("Say whether you approve or reject.")
    if not comments:
        raise Invalid("Say why you reject: the agent must know what to change.")
    return Answer(action="rejected", reason=comments)


def _check_accepted(card: RequestCard, filename: str) -> None:
    """Kinds that are written as endings are checked; those written as media types are a hint to the browser alone."""
    endings = [kind for kind in card.accept if kind.startswith(".")]
    if endings and len(endings) == len(card.accept) and not filename.lower().endswith(tuple(endings)):
        raise Invalid(f"{filename} is not what the agent asks for.", hint=f"It takes {', '.join(endings)}.")


async def _refused(
    request: Request, cell: Cell, person: Person, reference: TaskReference, number: UUID, error: ApiError
) -> Response:
    shown = await task_values(cell, person, reference.run_id)
    said = " ".join(filter(None, (error.message, error.hint)))
    values = shown.values() | {"refusal": said, "refused_gate": str(number)}
    return page("task.html", status_code=error.status, **await frame(request, cell, person), **values)
