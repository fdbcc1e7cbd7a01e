"""What a task's page shows, gathered in one reading."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import asyncpg

from ntro.types.canonical import canonical_json
from ntro_tenant.core.documents import list_documents
from ntro_tenant.core.events import list_events
from ntro_tenant.core.known_people import names_of
from ntro_tenant.core.people import Person
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import task_detail
from ntro_tenant.core.views import DocumentView, EventView, GateView, TaskDetail
from ntro_tenant.db.agent_questions_repository import AgentQuestion, questions
from ntro_tenant.db.decisions_repository import DecidedGate, decided_gates
from ntro_tenant.ui.agent_requests import PastRequest, RequestCard, open_cards, past_requests, subject_of
from ntro_tenant.ui.review import Fact, Review, facts_of, files_of, review_of
from ntro_tenant.ui.slots import UploadSlot, feedback_text, upload_slots
from ntro_tenant.ui.tables import Source
from ntro_tenant.ui.timeline import Timeline, run_label, timeline_of
from ntro_tenant.ui.values import text_of

TIMELINE_EVENTS = 1000
FILES = 200


@dataclass(frozen=True, slots=True)
class GateCard:
    """An open gate. `slots` are there for uploads; `feedback` is what its run says to the person.

    `prepared` tells that the person who looks acted in this run already, where the gate asks for somebody else.
    `typed` holds, by form field, corrections that the run could not take: they are offered again.
    """

    gate: GateView
    review: Review
    slots: list[UploadSlot]
    feedback: str | None
    prepared: bool
    typed: dict[str, str]

    @property
    def key(self) -> str:
        """The gate's name in the page."""
        return hashlib.sha256(self.gate.id.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task's page. `signature` changes whenever what it shows changes; `last_seq` is its newest event."""

    detail: TaskDetail
    label: str
    cards: list[GateCard]
    requests: list[RequestCard]
    decided: list[DecidedGate]
    answers: list[PastRequest]
    files: list[DocumentView]
    timeline: Timeline
    result: tuple[Fact, ...]
    handed_out: tuple[Source, ...]
    names: dict[str, str]
    signature: str
    last_seq: int

    def values(self) -> dict[str, Any]:
        """The names that the templates use."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"refusal": None, "refused_gate": ""}


async def task_page(connection: asyncpg.Connection, reference: TaskReference, person: Person) -> TaskPage:
    """Everything of the page as `person` sees it.

    Raises:
        NotFound: there is no such task or run.
    """
    detail = await task_detail(connection, reference)
    files = _of_run(reference, await list_documents(connection, reference, limit=FILES))
    events = await list_events(connection, reference, limit=TIMELINE_EVENTS)
    decided = await decided_gates(connection, reference.task_id, reference.run_id)
    asked = await questions(connection, reference.task_id, reference.run_id)
    acted = {gate.decision.get("actor") for gate in decided}
    return TaskPage(
        detail=detail,
        label=run_label(reference.run_id, str(reference.task_id)),
        cards=_in_order(
            [_card(gate, detail, files, decided, acted=person.subject in acted) for gate in _shown_gates(detail)]
        ),
        requests=open_cards(asked, reference),
        decided=decided,
        answers=past_requests(asked),
        files=files,
        timeline=timeline_of(events, reference.run_id),
        result=facts_of(detail.result),
        handed_out=files_of(detail.result),
        names=await names_of(connection, _subjects(detail, files, events, decided, asked)),
        signature=signature_of(detail, files, events, asked),
        last_seq=events[-1].seq if events else 0,
    )


def _of_run(reference: TaskReference, files: list[DocumentView]) -> list[DocumentView]:
    """The files that are for the run: a run that takes in one document has its source in its id."""
    words = set(reference.run_id.split(":")[1:])
    own = [file for file in files if file.source in words]
    return own or files


def signature_of(
    detail: TaskDetail, files: Sequence[DocumentView], events: Sequence[EventView], asked: Sequence[AgentQuestion]
) -> str:
    """A short text that is equal while the page shows the same."""
    gates = [[gate.id, gate.payload_hash, gate.feedback, gate.checks, gate.display_hint] for gate in detail.gates]
    steps = [[step.id, step.status] for step in detail.steps]
    requests = [[str(question.request.id), question.is_open] for question in asked]
    seen = [detail.status, gates, steps, requests, len(files), events[-1].seq if events else 0]
    return hashlib.sha256(canonical_json(seen).encode()).hexdigest()[:16]


def _card(
    gate: GateView, detail: TaskDetail, files: Sequence[DocumentView], decided: Sequence[DecidedGate], *, acted: bool
) -> GateCard:
    review = review_of(gate)
    return GateCard(
        gate=gate,
        review=review,
        slots=upload_slots(gate, detail, files),
        feedback=feedback_text(gate.feedback),
        prepared=acted and gate.four_eyes,
        typed=_typed_before(gate, review, decided) if gate.feedback else {},
    )


def _typed_before(gate: GateView, review: Review, decided: Sequence[DecidedGate]) -> dict[str, str]:
    """What was typed at the same step last time, by form field."""
    before = next((item for item in decided if (item.run_id, item.step_id) == (gate.run_id, gate.step_id)), None)
    corrections = before.decision.get("corrections") if before else None
    new = {
        (item.get("line_item_id"), item.get("field")): text_of(item.get("new_value"))
        for item in corrections or ()
        if isinstance(item, dict)
    }
    return {
        cell.input: new[place] for cell in review.cells if cell.input and (place := (cell.line_id, cell.key)) in new
    }


def _in_order(cards: list[GateCard]) -> list[GateCard]:
    """What can be uploaded first, then reviews as they opened, then what nobody has to do anything for."""

    def rank(card: GateCard) -> int:
        if not card.slots:
            return 1
        return 0 if any(slot.takes_file for slot in card.slots) else 2

    return sorted(cards, key=rank)


def _shown_gates(detail: TaskDetail) -> list[GateView]:
    """One upload gate for all places where the run shows them together, and every review."""
    together = any(gate.kind == "submit_files" for gate in detail.gates)
    return [gate for gate in detail.gates if not (together and gate.kind == "submit_file")]


def _subjects(
    detail: TaskDetail,
    files: Sequence[DocumentView],
    events: Sequence[EventView],
    decided: Sequence[DecidedGate],
    asked: Sequence[AgentQuestion],
) -> list[str | None]:
    told = detail.result.values() if isinstance(detail.result, dict) else ()
    return [
        detail.task.requested_by,
        *(file.uploaded_by for file in files),
        *(event.actor for event in events),
        *(gate.decision.get("actor") for gate in decided),
        *(subject for question in asked for subject in (subject_of(question), question.request.answered_by)),
        *(value for value in told if isinstance(value, str)),
    ]
