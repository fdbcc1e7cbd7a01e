"""The cell's pure rules: which gate is next, safe names, places for documents."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.types.filenames import MAX_BYTES, safe_filename
from ntro_server.errors import Conflict, NotFound
from ntro_tenant.api.files import content_disposition
from ntro_tenant.core.gates import next_gate
from ntro_tenant.core.references import task_reference
from ntro_tenant.core.start_params import start_params
from ntro_tenant.core.submissions import choose_slot, open_slots
from ntro_tenant.core.views import GateView

TASK = uuid4()
UNKNOWN = "3f0c6a2e-5d1b-4e57-9a3c-7b6f0d2e4c11"


@dataclass(frozen=True)
class Waits:
    run_id: str
    kind: str


def gate(kind: str, *, run_id: str = "root", **fields: Any) -> GateView:
    return GateView(
        id=fields.pop("id", f"{run_id}/{kind}"),
        task_id=TASK,
        run_id=run_id,
        step_id=None,
        kind=kind,
        reason=None,
        display_hint=fields.pop("display_hint", {}),
        payload=None,
        payload_hash=None,
        args=fields.pop("args", {}),
        tools=[],
        feedback=None,
        checks=None,
        four_eyes=False,
        opened_at=datetime(2026, 4, 1, tzinfo=UTC),
        deadline=None,
    )


kinds = st.sampled_from(["submit_file", "submit_files", "interactive_review"])
waiting = st.lists(st.builds(Waits, run_id=st.sampled_from(["root", "root:a", "root:b"]), kind=kinds), max_size=6)


@given(waiting)
def test_some_gate_is_next_exactly_when_one_is_open(gates: list[Waits]):
    found = next_gate(gates, "root")
    assert (found is None) == (not gates)
    assert found is None or found in gates


@given(waiting)
def test_a_runs_own_review_comes_first(gates: list[Waits]):
    own = Waits("root", "interactive_review")
    assert next_gate([*gates, own], "root").run_id == "root"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\tb.xlsx", "tb.xlsx"),
        ("tb\u202excod.exe", "tbxcod.exe"),
        ("a\r\nb\x00.csv", "ab.csv"),
        ("  .. ", "document"),
        ("", "document"),
        ("Büro.pdf", "Büro.pdf"),
        ("ä" * 300 + ".xlsx", "ä" * 125 + ".xlsx"),
    ],
)
def test_names_of_files_are_made_safe(name: str, safe: str):
    assert safe_filename(name) == safe


@given(st.text(max_size=600))
def test_a_safe_name_is_bounded_visible_and_stays_as_it_is(name: str):
    safe = safe_filename(name)
    assert 0 < len(safe.encode()) <= MAX_BYTES
    assert not re.search(r"[/\\\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", safe)
    assert safe_filename(safe) == safe


@given(st.text(min_size=1, max_size=80))
def test_a_disposition_is_one_line_of_ascii(name: str):
    header = content_disposition(safe_filename(name))
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


@pytest.mark.parametrize("text", ["", "x", f"{UNKNOWN}:", f"{UNKNOWN}:a b", f"{UNKNOWN}\n"])
def test_what_names_no_task_is_not_found(text: str):
    with pytest.raises(NotFound):
        task_reference(text)


def test_a_run_below_a_task_names_its_task():
    found = task_reference(f"{TASK}:collect:document-ingest:tb")
    assert (found.task_id, found.is_root) == (TASK, False)
    assert task_reference(str(TASK)).is_root


def test_a_place_that_is_done_takes_nothing_more():
    expected = [{"source": "tb", "status": "completed"}, {"source": "rent", "status": "pending"}, "damaged"]
    shown = gate("submit_files", display_hint={"config": {"expected": expected}})
    assert [(slot.source, slot.run_id) for slot in open_slots(shown)] == [("rent", "root")]


@pytest.mark.parametrize("hint", [{}, {"config": None}, {"config": {"expected": {}}}])
def test_a_gate_that_shows_no_places_has_none(hint: Any):
    assert open_slots(gate("submit_files", display_hint=hint)) == []


def test_a_review_takes_no_document():
    assert choose_slot([gate("interactive_review", args={"source": "tb"})], source="tb", gate_id=None) is None
    with pytest.raises(Conflict):
        choose_slot([gate("interactive_review", id="g")], source=None, gate_id="g")


@pytest.mark.parametrize("schema", [{}, {"global": None}, {"global": {"properties": []}}, {"global": {"period": "x"}}])
def test_a_schema_without_global_part_has_no_start_parameters(schema: Any):
    assert start_params(schema) == []


def test_start_parameters_are_read_from_plain_properties_too():
    found = start_params({"global": {"mode": {"type": "string", "enum": ["a", "b"], "default": "a"}}})[0]
    assert (found.key, found.enum, found.default, found.required) == ("mode", ["a", "b"], "a", False)


def test_ids_of_tasks_are_uuids():
    assert isinstance(task_reference(str(TASK)).task_id, UUID)
