"""The audit log in the words of those who close books, and the places of an upload gate."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from ntro_tenant.core.views import Awaiting, DocumentView, EventView, GateView, RunView, TaskDetail, TaskRow
from ntro_tenant.ui.slots import upload_slots
from ntro_tenant.ui.task_list import sections_of, urgency, waits_for
from ntro_tenant.ui.timeline import run_label, timeline_of

TASK = UUID("00000000-0000-0000-0000-000000000001")
ROOT = str(TASK)
CHILD = f"{ROOT}:collect:document-ingest:rent-roll"
START = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def seqs() -> Iterator[int]:
    return count(1)


@pytest.fixture
def event(seqs: Iterator[int]) -> Any:
    def make(type_: str, run: str = ROOT, actor: str | None = None, **payload: Any) -> EventView:
        seq = next(seqs)
        return EventView(seq, TASK, run, type_, "worker", actor, payload, START + timedelta(seconds=seq), "0" * 64)

    return make


def decided(event: Any, action: str, run: str = ROOT, **decision: Any) -> EventView:
    said = {"action": action, "actor": "u-ruth", **decision}
    closed: EventView = event(
        "gate.closed", run, "u-ruth", gate_id=f"{run}/sign_off/3", outcome="decided", decision=said
    )
    return closed


def test_a_decision_says_its_step_its_verdict_and_its_reason(event: Any):
    events = [event("step.started", step_id="sign_off", title="Sign off"), decided(event, "approved", reason="Agreed")]
    (entry,) = timeline_of(events, ROOT).told
    assert entry.text == "Sign off: approved — Agreed"
    assert entry.actor == "u-ruth"
    assert entry.gate_id == f"{ROOT}/sign_off/3"


def test_a_step_whose_title_is_not_known_is_named_by_its_gate(event: Any):
    (entry,) = timeline_of([decided(event, "rejected", corrections=[{}, {}])], ROOT).told
    assert entry.text == "Sign off: rejected with 2 corrections"
    assert entry.tone == "fail"


def test_no_sentence_begins_with_a_colon_whatever_an_event_lacks(event: Any):
    kinds = ["gate.closed", "gate.opened", "step.completed", "step.failed", "document.uploaded", "document.ingested"]
    kinds += ["run.failed", "decision.ignored", "period.closed", "something.new", "task.created", "run.completed"]
    found = timeline_of([event(kind) for kind in kinds], ROOT)
    texts = [entry.text for passage in found.everything for entry in passage.entries]
    assert len(texts) == len(kinds)
    assert all(text and text[0].isupper() for text in texts)


def test_the_newest_comes_first_and_bookkeeping_is_left_out(event: Any):
    kinds = ["task.created", "run.started", "step.started", "gate.updated", "child.started", "child.closed"]
    found = timeline_of([*(event(kind) for kind in kinds), event("run.completed")], ROOT)
    assert [entry.text for entry in found.told] == ["Finished", "Started"]
    assert found.count == 2


def test_a_review_is_told_as_waiting_only_while_it_waits(event: Any):
    opened = event("gate.opened", kind="interactive_review", gate_id=f"{ROOT}/sign_off/3", reason="Sign off the NAV")
    assert [entry.text for entry in timeline_of([opened], ROOT).told] == ["Waiting: Sign off the NAV"]
    assert len(timeline_of([opened, decided(event, "approved")], ROOT).told) == 1


def test_uploads_of_one_person_on_end_are_one_line(event: Any):
    events = [event("document.uploaded", actor="u-ada", filename=f"{name}.pdf") for name in "abc"]
    events.append(event("document.uploaded", actor="u-bob", filename="d.pdf"))
    assert [entry.text for entry in timeline_of(events, ROOT).told] == [
        "d.pdf uploaded",
        "3 documents uploaded: a.pdf, b.pdf, c.pdf",
    ]


def test_events_on_end_of_a_run_below_are_one_passage(event: Any):
    steps = [event("step.completed", CHILD, step_id=name) for name in ("read", "review", "commit")]
    found = timeline_of([event("step.completed", step_id="open"), *steps, event("step.completed", step_id="nav")], ROOT)
    assert [(passage.run, len(passage.entries)) for passage in found.everything] == [("", 1), ("Rent roll", 3), ("", 1)]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (ROOT, ""),
        (CHILD, "Rent roll"),
        (f"{ROOT}:collect:document-ingest", "Document ingest"),
        (f"{ROOT}:collect:document-ingest:invoice:2", "Invoice 2"),
        ("", ""),
        ("3f0c6a2e-5d1b-4e57-9a3c-7b6f0d2e4c11", ""),
    ],
)
def test_runs_below_are_named_for_what_they_take_in(run: str, expected: str):
    assert run_label(run, ROOT) == expected


def gate(run: str, kind: str, **fields: Any) -> GateView:
    values: dict[str, Any] = dict.fromkeys(GateView.__slots__) | {
        "id": f"{run}/step/1",
        "task_id": TASK,
        "run_id": run,
        "kind": kind,
        "display_hint": {},
        "args": {},
        "tools": [],
        "four_eyes": False,
        "opened_at": START,
    }
    return GateView(**values | fields)


def task_row(status: str = "BLOCKED", awaiting: Awaiting | None = None) -> TaskRow:
    values: dict[str, Any] = dict.fromkeys(TaskRow.__slots__) | {"id": uuid4(), "status": status, "updated_at": START}
    return TaskRow(**values | {"awaiting": awaiting})


def detail(gates: list[GateView], children: list[RunView] | None = None) -> TaskDetail:
    values: dict[str, Any] = dict.fromkeys(TaskDetail.__slots__) | {"task": task_row(), "run_id": ROOT}
    return TaskDetail(**values | {"gates": gates, "children": children or [], "steps": [], "context": {}})


def collecting(status: str = "pending") -> GateView:
    expected = [{"source": "rent-roll", "title": "Rent roll", "status": status, "args": {"signal_task_id": CHILD}}]
    return gate(ROOT, "submit_files", display_hint={"config": {"expected": expected}})


def run(status: str, result: Any = None) -> RunView:
    return RunView(CHILD, ROOT, "collect", "document-ingest", status, result, None, START, None)


def document(minutes: int) -> DocumentView:
    at = START + timedelta(minutes=minutes)
    return DocumentView(uuid4(), "roll.pdf", "rent-roll", "application/pdf", 10, "0" * 64, at, "u-ada")


REFUSED = {"kind": "ingest", "payload": {"message": "roll.pdf: it has no table"}}


@pytest.mark.parametrize(
    ("recorded", "own", "child", "files", "expected"),
    [
        ("pending", None, None, [], "waiting"),
        ("pending", gate(CHILD, "submit_file"), run("RUNNING"), [], "waiting"),
        ("pending", gate(CHILD, "submit_file"), run("RUNNING"), [document(1)], "reading"),
        ("processing", gate(CHILD, "submit_file", feedback=REFUSED), run("RUNNING"), [document(-1)], "refused"),
        ("processing", gate(CHILD, "submit_file", feedback=REFUSED), run("RUNNING"), [document(1)], "reading"),
        ("processing", gate(CHILD, "interactive_review"), run("RUNNING"), [document(1)], "review"),
        ("processing", None, run("RUNNING"), [document(1)], "reading"),
        ("processing", None, run("COMPLETED", {"status": "committed"}), [document(1)], "done"),
        ("completed", None, run("COMPLETED", {"status": "rejected"}), [document(1)], "failed"),
        ("failed", None, None, [document(1)], "failed"),
        ("pending", None, run("FAILED"), [], "failed"),
    ],
)
def test_a_place_shows_what_the_run_behind_it_is_at(
    recorded: str, own: GateView | None, child: RunView | None, files: list[DocumentView], expected: str
):
    above = collecting(recorded)
    gates = [above, *([own] if own else [])]
    (slot,) = upload_slots(above, detail(gates, [child] if child else []), files)
    assert slot.state == expected
    assert slot.takes_file is (expected in ("waiting", "refused"))
    assert (slot.problem is not None) is (expected == "refused")


def test_a_gate_for_one_file_is_one_place_and_a_review_is_none():
    single = gate(
        CHILD, "submit_file", args={"source": "rent-roll"}, display_hint={"config": {"accept": [".pdf", ".xlsx"]}}
    )
    (slot,) = upload_slots(single, detail([single]), [])
    assert (slot.source, slot.title, slot.accept, slot.run_id) == ("rent-roll", "Rent roll", ".pdf,.xlsx", CHILD)
    assert upload_slots(gate(ROOT, "interactive_review"), detail([]), []) == []


def test_the_longest_wait_stands_on_top_and_states_are_counted():
    waits = [Awaiting("APPROVAL_FORM", "interactive_review", START + timedelta(hours=hours)) for hours in (3, 1, 2)]
    tasks = [*(task_row(awaiting=wait) for wait in waits), task_row("COMPLETED"), task_row("READY")]
    needs, failed, working, done = sections_of(tasks, "")
    assert [task.awaiting for task in needs.tasks] == [waits[1], waits[2], waits[0]]
    assert [section.count for section in (failed, working, done)] == [0, 1, 1]
    chosen = sections_of(tasks, "done")
    assert [(len(section.tasks), section.count) for section in chosen] == [(0, 3), (0, 0), (0, 1), (1, 1)]


def test_waits_have_words_and_grow_old():
    assert waits_for(task_row()) == ""
    assert waits_for(task_row(awaiting=Awaiting("APPROVAL_FORM", "interactive_review", START))) == "Sign-off"
    assert waits_for(task_row(awaiting=Awaiting(None, "submit_files", START))) == "Documents"
    assert waits_for(task_row(awaiting=Awaiting(None, "drill_down", START))) == "An answer"
    ages = [urgency(START, START + timedelta(hours=hours)) for hours in (0, 23, 24, 71, 72)]
    assert ages == ["fresh", "fresh", "aging", "aging", "stale"]
