"""What a review shows, and the corrections that its form makes."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_tenant.core.views import GateView
from ntro_tenant.ui.corrections import corrections_of
from ntro_tenant.ui.review import facts_of, files_of, review_of
from ntro_tenant.ui.values import as_input, ungrouped

TASK = UUID("00000000-0000-0000-0000-000000000001")
AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
COLUMNS = [
    {"key": "journal", "label": "Journal"},
    {"key": "account_code", "label": "Account", "editable": True},
    {"key": "debit", "label": "Debit", "editable": True},
    {"key": "credit", "label": "Credit", "editable": True},
]
JOURNALS = [
    {"id": "0:0", "journal": "Rent", "account_code": "1200", "debit": "3200.00", "credit": ""},
    {"id": "0:1", "journal": "Rent", "account_code": "4000", "debit": "", "credit": "3200"},
    {"id": "1:0", "journal": "Fees", "account_code": "5200", "debit": "10.5", "credit": ""},
]


def gate(payload: Any, **config: Any) -> GateView:
    return GateView(
        id=f"{TASK}/review/1",
        task_id=TASK,
        run_id=str(TASK),
        step_id="review",
        kind="interactive_review",
        reason="Review",
        display_hint={"component": "DATA_TABLE", "config": config},
        payload=payload,
        payload_hash="a" * 64,
        args={},
        tools=[],
        feedback=None,
        checks=None,
        four_eyes=False,
        opened_at=AT,
        deadline=None,
    )


def journal_gate(rows: list[dict[str, Any]]) -> GateView:
    datasets = [{"key": "lines", "data_key": "line_items", "label": "Journal lines", "columns": COLUMNS}]
    return gate({"line_items": rows}, type="review_journals", datasets=datasets)


def form_of(shown: GateView) -> dict[str, str]:
    """The form as a browser sends it when nobody touched it."""
    return {cell.input or "": as_input(cell.text) for cell in review_of(shown).cells}


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(max_size=30)
    | st.from_regex(r"\A[+-]?[0-9]{1,12}(\.[0-9]{1,6})?\Z")
)
KEYS = st.sampled_from(["debit", "credit", "name", "account_code", "rent_due", "note", "a:b", "date"])
ROWS = st.lists(st.dictionaries(KEYS, SCALARS, min_size=1), min_size=1, max_size=5)
FIELDS = st.dictionaries(KEYS, SCALARS, max_size=5)


@given(ROWS, FIELDS)
def test_a_form_that_nobody_touched_corrects_nothing(rows: list[dict[str, Any]], fields: dict[str, Any]):
    shown = gate({"fields": fields, "line_items": rows}, type="review_extraction")
    assert corrections_of(review_of(shown), form_of(shown)) == []


@given(ROWS, FIELDS, st.data(), st.text(max_size=20))
def test_a_cell_that_was_changed_is_exactly_that_correction(
    rows: list[dict[str, Any]], fields: dict[str, Any], data: st.DataObject, typed: str
):
    rows = [{"id": f"line-{number}", **row} for number, row in enumerate(rows)]
    shown = gate({"fields": fields, "line_items": rows}, type="review_extraction")
    review = review_of(shown)
    if not review.cells:
        return
    cell = data.draw(st.sampled_from(review.cells))
    new = as_input("changed " + typed)
    (correction,) = corrections_of(review, form_of(shown) | {cell.input or "": new})
    assert correction["field"] == cell.key
    assert correction["line_item_id"] == correction["id"] == correction["expense_id"] == cell.line_id
    assert correction["old_value"] == cell.raw
    assert correction["new_value"] == new


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_an_amount_is_taken_exactly_with_or_without_its_commas(whole: int, pence: int):
    shown = journal_gate(JOURNALS)
    amount = f"{whole}.{pence:02}"
    for typed in (amount, f"{whole:,}.{pence:02}"):
        found = corrections_of(review_of(shown), {"cell:line_items:0:debit": typed})
        expected = [] if amount == "3200.00" else [amount]
        assert [item["new_value"] for item in found] == expected


def test_a_value_that_was_cleared_becomes_none():
    (found,) = corrections_of(review_of(journal_gate(JOURNALS)), {"cell:line_items:0:debit": "  "})
    assert found["new_value"] is None
    assert found["old_value"] == "3200.00"


def test_what_cannot_be_corrected_is_not_taken_from_a_form():
    forged = {"cell:line_items:0:journal": "x", "cell:line_items:9:debit": "1", "cell:line_items:0:id": "x", "y": "z"}
    assert corrections_of(review_of(journal_gate(JOURNALS)), forged) == []
    only_shown = gate({"fields": {"nav": "1.00"}, "rows": JOURNALS}, type="nav_sign_off")
    assert corrections_of(review_of(only_shown), {"field:nav": "2", "cell:rows:0:debit": "2"}) == []


def test_journal_lines_stand_under_their_journal_with_its_sums():
    (table,) = review_of(journal_gate(JOURNALS)).tables
    assert [column.key for column in table.columns] == ["account_code", "debit", "credit"]
    assert [(group.title, group.totals) for group in table.groups] == [
        ("Rent", ("", "3,200.00", "3,200")),
        ("Fees", ("", "10.50", "")),
    ]
    assert table.totals == ("", "3,210.50", "3,200")
    assert table.count == 3


def test_amounts_of_a_column_have_as_many_places_everywhere():
    (table,) = review_of(journal_gate(JOURNALS)).tables
    assert [row.cells[1].text for group in table.groups for row in group.rows] == ["3,200.00", "", "10.50"]


def test_columns_that_nobody_named_leave_out_what_is_empty_and_put_figures_last():
    rows = [{"id": "r1", "rent_due": "1.00", "unit": "A", "deposit": None, "where": "page 1"}]
    (table,) = review_of(gate({"line_items": rows}, type="review_extraction")).tables
    assert [column.key for column in table.columns] == ["unit", "rent_due"]


def test_a_line_names_each_source_document_once():
    refs = [{"document_ref": "d1", "row": "row-1"}, {"document_ref": "d1", "row": "row-2"}, {"document_ref": "d2"}]
    (table,) = review_of(journal_gate([{**JOURNALS[0], "source_refs": refs}])).tables
    (row,) = table.groups[0].rows
    assert [(source.document_ref, source.where) for source in row.sources] == [("d1", "row-1, row-2"), ("d2", "")]
    assert table.has_sources


def test_checks_that_failed_come_first_and_those_that_passed_are_quiet():
    checks = [
        {"id": "a", "title": "A", "status": "pass"},
        {"id": "b", "title": "B", "status": "skipped"},
        {"id": "c", "title": "C", "status": "fail", "detail": "off by one"},
        {"id": "d_e", "status": "strange"},
    ]
    review = review_of(gate({"checks": checks}))
    assert [check.title for check in review.to_look_at] == ["C"]
    assert [check.title for check in review.passed] == ["A"]
    assert [check.title for check in review.quiet] == ["B", "D e", "A"]


def test_checks_of_the_gate_itself_count_before_those_of_its_payload():
    shown = gate({"checks": [{"id": "a", "status": "pass"}]})
    review = review_of(
        GateView(**{name: getattr(shown, name) for name in GateView.__slots__} | {"checks": {"items": []}})
    )
    assert review.checks == ()


@pytest.mark.parametrize(
    "payload", [None, [], "text", {"line_items": "none"}, {"line_items": [1, None]}, {"issues": 3}]
)
def test_a_payload_of_another_shape_shows_what_it_can(payload: Any):
    review = review_of(gate(payload, datasets=[{"data_key": "line_items"}, "odd", {}], type="review_extraction"))
    assert review.tables == ()


def test_a_result_shows_its_values_in_words_and_hands_out_its_files():
    result = {
        "status": "signed_off",
        "nav": "2364551.46",
        "rejected_at": None,
        "pack": [{"document_ref": "d", "filename": "nav.xlsx"}],
        "notes": ["x"],
    }
    assert {fact.key: fact.cell.text for fact in facts_of(result)} == {"status": "Signed off", "nav": "2,364,551.46"}
    assert [source.where for source in files_of(result)] == ["nav.xlsx"]
    assert facts_of(None) == files_of([]) == ()


def test_ungrouping_leaves_what_other_countries_write():
    assert [ungrouped(text) for text in ("1,234.50", "1.234,50", "12,34", "1,234,56")] == [
        "1234.50",
        "1.234,50",
        "12,34",
        "1,234,56",
    ]


def test_a_suspended_sign_off_tells_who_signed_and_each_figure_that_moved():
    moved = [{"path": "lines.1200.debit", "before": "5.00", "after": "7.00"}, {"path": "note", "after": "late"}]
    told = {"actor": "user:grace", "acted_at": AT.isoformat(), "moves": [*moved, {"path": "", "more": 3}]}
    suspended = review_of(gate({"nav": "7.00"}, suspended=told)).suspended
    assert suspended is not None
    assert (suspended.actor, suspended.at, suspended.more) == ("user:grace", AT, 3)
    assert [(move.before, move.after) for move in suspended.moves] == [("5.00", "7.00"), ("", "late")]


def test_a_gate_that_nobody_signed_before_tells_of_no_suspension():
    assert review_of(gate({"nav": "7.00"})).suspended is None
