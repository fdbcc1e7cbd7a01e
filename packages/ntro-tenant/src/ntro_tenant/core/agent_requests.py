"""A person's answer to what an agent asked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg

from ntro_server.errors import Conflict, Invalid, NotFound
from ntro_tenant.core.documents import find_document
from ntro_tenant.core.people import Person
from ntro_tenant.core.posted_events import post_event
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import find_task
from ntro_tenant.core.views import SUBMIT_KINDS, AgentRequestView
from ntro_tenant.db import agents_repository

RESOLVED = "input_resolved"


@dataclass(frozen=True, slots=True)
class Answer:
    """`action` answers a request for an approval, `document_id` one for a file."""

    action: Literal["approved", "rejected"] | None = None
    reason: str | None = None
    document_id: UUID | None = None


async def list_requests(connection: asyncpg.Connection, reference: TaskReference) -> list[AgentRequestView]:
    """What agents ask of people for the task now.

    Raises:
        NotFound: there is no such task or run.
    """
    await find_task(connection, reference)
    return await agents_repository.open_requests(connection, reference.task_id)


async def answer_request(
    connection: asyncpg.Connection, reference: TaskReference, request_id: UUID, person: Person, answer: Answer
) -> int:
    """Answers a request, once, and tells the agent by an event, whose number is returned; the caller commits.

    Raises:
        NotFound: there is no such task, request or document.
        Conflict: it was answered already, or the agent has ended its work and hears nothing.
        Invalid: a request for a file was answered without one, or one for an approval without a decision.
    """
    await find_task(connection, reference)
    found = await agents_repository.locked_request(connection, reference.task_id, request_id)
    if found is None:
        raise NotFound(f"Task {reference.task_id} has no request {request_id}.")
    request, session = found
    if request.answered_at is not None:
        raise Conflict("The request was answered already.", hint="Reload the task.")
    if not await agents_repository.is_open(connection, session.id):
        raise Conflict("The agent that asked has ended its work, so it hears no answer.", hint="Reload the task.")
    result = await _result(connection, reference, request, person, answer)
    now = datetime.now(UTC)
    await agents_repository.answer_request(connection, request_id, result, by=person.subject, at=now)
    if request.step_id:
        await agents_repository.set_status(connection, session.id, request.step_id, "active", at=now, failure=None)
    here = TaskReference(reference.task_id, session.run_id or reference.run_id)
    payload = {"payload": {"request_id": str(request_id), "step_id": request.step_id, "result": result}}
    return await post_event(connection, here, person, kind=RESOLVED, source="api", payload=payload)


async def _result(
    connection: asyncpg.Connection,
    reference: TaskReference,
    request: AgentRequestView,
    person: Person,
    answer: Answer,
) -> dict[str, Any]:
    if request.pending_action.get("kind") in SUBMIT_KINDS:
        if answer.document_id is None:
            raise Invalid("documentId: this request is for a file.", hint="Upload the file, then name it.")
        document = await find_document(connection, reference, answer.document_id)
        return {
            "document_ref": str(document.id),
            "filename": document.filename,
            "content_type": document.content_type,
            "source": document.source,
            "actedBy": person.subject,
        }
    if answer.action is None:
        raise Invalid("action: this request is for an approval.", hint="Say approved or rejected.")
    return {"action": answer.action, "reason": answer.reason, "actedBy": person.subject}
