"""What agents ask of people, as the page of their task shows it: open ones to answer, the others to read. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ntro.types.actors import agent_actor
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.views import SUBMIT_KINDS, GateView
from ntro_tenant.db.agent_questions_repository import AgentQuestion
from ntro_tenant.ui.review import Review, review_of
from ntro_tenant.ui.tables import Source
from ntro_tenant.ui.values import label_of

UNNAMED_SOURCE = "agent_request"
"""The source of a document that an agent asked for without a usable one: it never goes to a run by chance."""

_SOURCE = re.compile(r"^[A-Za-z0-9_.-]{1,200}\Z")
_MAX_TEXT = 300
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RequestCard:
    """An open request. `whole` is all that the agent sent for an approval; `telling` where only it shows everything."""

    key: str
    title: str
    agent: str
    asked_at: datetime
    takes_file: bool
    instructions: str
    accept: tuple[str, ...]
    max_bytes: int | None
    source: str
    approves: str
    rejects: str
    review: Review
    whole: str
    telling: bool


@dataclass(frozen=True, slots=True)
class PastRequest:
    """A request that is history. `outcome` is `approved`, `rejected`, `answered` or, where nobody did, `unanswered`."""

    title: str
    agent: str
    outcome: str
    reason: str
    document: Source | None
    by: str | None
    at: datetime


def open_cards(asked: Sequence[AgentQuestion], reference: TaskReference) -> list[RequestCard]:
    """The requests that people may answer now, the oldest first."""
    return [card_of(question, reference) for question in asked if question.is_open]


def past_requests(asked: Sequence[AgentQuestion]) -> list[PastRequest]:
    """The requests that were answered, or whose agent stopped working, the newest first."""
    return [_past(question) for question in reversed(asked) if not question.is_open]


def card_of(question: AgentQuestion, reference: TaskReference) -> RequestCard:
    """The card of a request. What the agent wrote is cut to a length, and is text and nothing else."""
    pending = question.request.pending_action
    config, args = _config(pending), _object(pending.get("args"))
    payload = pending.get("payload")
    return RequestCard(
        key=str(question.request.id),
        title=title_of(pending),
        agent=subject_of(question),
        asked_at=question.request.asked_at,
        takes_file=_takes_file(pending),
        instructions=_text(config.get("instructions")),
        accept=_accept(config.get("accept")),
        max_bytes=_max_bytes(config.get("max_size_mb")),
        source=_source(args.get("source") or config.get("source")),
        approves=_text(config.get("approve_label")),
        rejects=_text(config.get("reject_label")),
        review=review_of(_as_gate(question, reference)),
        whole="" if payload is None else json.dumps(payload, indent=2, ensure_ascii=False, default=str),
        telling=not _is_plain(payload),
    )


def title_of(pending: dict[str, Any]) -> str:
    """What is asked, in a line."""
    config = _config(pending)
    if title := _text(config.get("title")):
        return title
    if not _takes_file(pending):
        return "An approval"
    source = _object(pending.get("args")).get("source") or config.get("source")
    return f"A file: {label_of(_text(source))}" if source else "A file"


def subject_of(question: AgentQuestion) -> str:
    """The agent as the log names it."""
    return agent_actor(question.agent_id)


def _past(question: AgentQuestion) -> PastRequest:
    request = question.request
    answer = _object(request.answer)
    reference = answer.get("document_ref")
    return PastRequest(
        title=title_of(request.pending_action),
        agent=subject_of(question),
        outcome="unanswered" if request.answered_at is None else str(answer.get("action") or "answered"),
        reason=str(answer.get("reason") or ""),
        document=Source(str(reference), str(answer.get("filename") or "the file")) if reference else None,
        by=request.answered_by,
        at=request.answered_at or request.asked_at,
    )


def _as_gate(question: AgentQuestion, reference: TaskReference) -> GateView:
    """The request as a review reads it: facts and tables of a payload look as those of a gate, and are not typed in."""
    request = question.request
    payload = request.pending_action.get("payload")
    return GateView(
        id=str(request.id),
        task_id=reference.task_id,
        run_id=reference.run_id,
        step_id=request.step_id,
        kind=str(request.pending_action.get("kind")),
        reason=None,
        display_hint={},
        payload={"rows": payload} if isinstance(payload, list) else payload,
        payload_hash=None,
        args={},
        tools=[],
        feedback=None,
        checks=None,
        four_eyes=False,
        opened_at=request.asked_at,
        deadline=None,
    )


def _is_plain(payload: Any) -> bool:
    """Whether facts alone show all of a payload."""
    if payload is None:
        return True
    return isinstance(payload, dict) and not any(isinstance(value, dict | list) for value in payload.values())


def _takes_file(pending: dict[str, Any]) -> bool:
    return pending.get("kind") in SUBMIT_KINDS


def _config(pending: dict[str, Any]) -> dict[str, Any]:
    return _object(_object(pending.get("display_hint")).get("config"))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value.strip()[:_MAX_TEXT] if isinstance(value, str) else ""


def _accept(value: Any) -> tuple[str, ...]:
    return tuple(_text(kind).lower() for kind in value if _text(kind)) if isinstance(value, list) else ()


def _max_bytes(value: Any) -> int | None:
    return value * _MIB if isinstance(value, int) and value > 0 else None


def _source(value: Any) -> str:
    return value if isinstance(value, str) and _SOURCE.match(value) else UNNAMED_SOURCE
