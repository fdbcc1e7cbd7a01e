"""What an agent reports of its own steps and asks of people, as the task shows it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from pydantic import ValidationError

from ntro.types.validation import in_words
from ntro.types.wire import PendingAction, StepDescriptor
from ntro_server.errors import Conflict, Forbidden, Invalid
from ntro_tenant.core.people import Person
from ntro_tenant.core.posted_events import post_event
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.views import REVIEW_KIND, SUBMIT_KINDS
from ntro_tenant.db import agents_repository
from ntro_tenant.db.agents_repository import OpenSession

MAX_STEPS = 100
MAX_REQUESTS = 20
_ASKED = SUBMIT_KINDS | {REVIEW_KIND}
_MAX_TEXT = 500
_STATUS = {"step_started": "active", "step_completed": "completed", "step_failed": "failed"}
REPORTED = frozenset(
    {
        "reasoning.start",
        "reasoning.delta",
        "reasoning.end",
        "plan_declared",
        *_STATUS,
        "requires_input",
        "completed",
        "failed",
    }
)
"""What an agent may say. `input_resolved` is a person's answer and never its own."""


async def take_report(
    connection: asyncpg.Connection,
    reference: TaskReference,
    person: Person,
    *,
    kind: str,
    payload: dict[str, Any],
) -> int:
    """Applies a report of an agent to its steps, and appends it to the task's log; the caller commits.

    Args:
        connection: within a transaction.
        reference: the task.
        person: the agent.
        kind: the event's type.
        payload: the event as it was posted; what the agent says is in its member `payload`.

    Raises:
        Forbidden: agents may not say that.
        Conflict: the agent's session has ended, or it asks too much at once.
        Invalid: the report does not fit.
    """
    if kind not in REPORTED:
        raise Forbidden(f"An agent may not report {kind}.", hint="A person answers what an agent asks.")
    assert person.agent_id is not None, "only agents report"
    session = await agents_repository.open_session(connection, person.agent_id, reference.task_id)
    if session is None:
        raise Conflict("The agent's session on this task has ended.", hint="Nothing more is taken from it.")
    said: dict[str, Any] = payload.get("payload") or {}
    await _apply(connection, session, reference, kind, said, str(payload.get("groupKey") or ""))
    here = TaskReference(reference.task_id, session.run_id or reference.run_id)
    return await post_event(
        connection, here, person, kind=kind, source="agent", payload=payload | {"underStep": session.step_id}
    )


async def _apply(
    connection: asyncpg.Connection,
    session: OpenSession,
    reference: TaskReference,
    kind: str,
    said: dict[str, Any],
    group: str,
) -> None:
    step_id = str(said.get("step_id") or "")[:_MAX_TEXT]
    if kind == "plan_declared":
        await _declare(connection, session, said.get("steps"))
    elif kind in _STATUS and step_id:
        await _known(connection, session, step_id)
        failure = str(said["error"])[:_MAX_TEXT] if said.get("error") else None
        at = datetime.now(UTC)
        await agents_repository.set_status(connection, session.id, step_id, _STATUS[kind], at=at, failure=failure)
    elif kind == "reasoning.delta" and said.get("chunk") and group:
        await agents_repository.set_progress(connection, session.id, group, str(said["chunk"])[:_MAX_TEXT])
    elif kind == "requires_input":
        await _ask(connection, session, reference.task_id, step_id, said)


async def _declare(connection: asyncpg.Connection, session: OpenSession, steps: Any) -> None:
    if not isinstance(steps, list) or len(steps) > MAX_STEPS:
        raise Invalid(f"payload.steps is a list of at most {MAX_STEPS} steps.")
    for item in steps:
        try:
            step = StepDescriptor.model_validate({"status": "pending"} | item)
        except (ValidationError, TypeError) as error:
            why = in_words(error) if isinstance(error, ValidationError) else "a step is an object"
            raise Invalid(f"payload.steps does not fit: {why}.") from error
        await _room(connection, session, step.id)
        await agents_repository.put_step(
            connection, session.id, step.id[:_MAX_TEXT], title=step.title[:_MAX_TEXT], icon=step.icon
        )


async def _known(connection: asyncpg.Connection, session: OpenSession, step_id: str) -> None:
    """Enters a step that was not declared under its own name."""
    if not await agents_repository.has_step(connection, session.id, step_id):
        await _room(connection, session, step_id)
        await agents_repository.put_step(connection, session.id, step_id, title=step_id, icon=None)


async def _room(connection: asyncpg.Connection, session: OpenSession, step_id: str) -> None:
    if await agents_repository.has_step(connection, session.id, step_id):
        return
    if await agents_repository.count_steps(connection, session.id) >= MAX_STEPS:
        raise Conflict(f"A session has at most {MAX_STEPS} steps.")


async def _ask(
    connection: asyncpg.Connection, session: OpenSession, task_id: UUID, step_id: str, said: dict[str, Any]
) -> None:
    try:
        pending = PendingAction.model_validate(said.get("pending_action") or {})
        request_id = UUID(str(said.get("request_id") or uuid4()))
    except ValueError as error:
        raise Invalid("payload.pending_action and payload.request_id say what is asked; they do not fit.") from error
    if pending.kind not in _ASKED:
        raise Invalid(f"An agent asks for a file or for an approval, not for {pending.kind}.")
    if len(await agents_repository.open_requests(connection, task_id)) >= MAX_REQUESTS:
        raise Conflict(f"{MAX_REQUESTS} requests of this task wait for people.", hint="Wait for an answer.")
    asked = pending.model_dump(mode="json", exclude_none=True)
    await agents_repository.insert_request(connection, session.id, task_id, request_id, step_id, asked)
    if step_id:
        await _known(connection, session, step_id)
        await agents_repository.set_status(
            connection, session.id, step_id, "waiting_for_input", at=datetime.now(UTC), failure=None
        )
