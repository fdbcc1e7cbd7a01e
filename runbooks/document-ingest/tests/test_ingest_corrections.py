"""Corrections of a reading: whatever is sent, amounts stay exact decimals and nothing else changes."""

import importlib
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROWS = [{"id": "row-1", "debit": "1.00", "credit": None, "name": "Bank"}, {"id": "row-2", "debit": "0", "credit": "1"}]
FIELDS = {"currency": "GBP", "total_debit": "1.00", "closing": None}
CHANGES = st.fixed_dictionaries(
    {
        "line_item_id": st.sampled_from(["row-1", "row-2", "row-3", "", None]),
        "field": st.sampled_from(["debit", "credit", "name", "currency", "total_debit", "closing", "none"]),
        "new_value": st.one_of(
            st.none(),
            st.text(max_size=8),
            st.decimals(-100, 100, places=2).map(str),
            st.integers(),
            st.just("1,000.50"),
        ),
    }
)


@pytest.fixture(scope="session")
def rules(ingest: Any) -> Any:
    """The module of the rules, and the class of readings."""
    package = ingest.workflow_class.__module__.rpartition(".")[0]
    return importlib.import_module(f"{package}.corrections")


def reading(rules: Any) -> Any:
    return rules.Reading(fields=FIELDS, line_items=ROWS)


def is_amount(value: Any) -> bool:
    try:
        return Decimal(value).is_finite()
    except (InvalidOperation, TypeError):
        return False


@given(changes=st.lists(CHANGES, max_size=4))
def test_amounts_stay_amounts_and_what_is_not_named_stays_as_it_was(changes: Any, rules: Any):
    before = reading(rules)
    try:
        after = rules.corrected(before, changes)
    except ValueError:
        assert before == reading(rules)
        return
    for old, new in zip(before.line_items, after.line_items, strict=True):
        assert old.keys() == new.keys()
        assert all(new[side] is None or is_amount(new[side]) for side in ("debit", "credit"))
    assert after.fields["total_debit"] is None or is_amount(after.fields["total_debit"])
    named = {(change["line_item_id"] or "", change["field"]) for change in changes}
    untouched = [(row["id"], field) for row in ROWS for field in row if (row["id"], field) not in named]
    for row_id, field in untouched:
        rows = [next(row for row in found.line_items if row["id"] == row_id) for found in (before, after)]
        assert rows[0][field] == rows[1][field]


def test_an_amount_is_read_as_people_write_it(rules: Any):
    change = {"line_item_id": "row-1", "field": "debit", "new_value": " £1,234.50 "}
    assert rules.corrected(reading(rules), [change]).line_items[0]["debit"] == "1234.50"
