"""What a person may do to a single expense."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.subledger.status import SubledgerStatus
from ntro.subledger.types.expenses_mutations import (
    EDITABLE_FIELDS,
    can_reject,
    coerce_edit_value,
    edit_cell,
    validate_cross_field_amounts,
)

OPEN: dict[str, Any] = {
    "status": "NEEDS_ATTENTION",
    "vendor": None,
    "currency": "GBP",
    "amount_gross": Decimal(10),
    "vat_amount": None,
}


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("vendor", " Acme ", "Acme"),
        ("vendor", "  ", None),
        ("currency", "gbp", "GBP"),
        ("expense_date", "2026-03-31", date(2026, 3, 31)),
        ("amount_gross", "12.50", Decimal("12.50")),
        ("amount_gross", 12, Decimal(12)),
        ("amount_gross", 0.1, Decimal("0.1")),
        ("vat_amount", Decimal(0), Decimal(0)),
        ("notes", None, None),
    ],
)
def test_a_cell_takes_what_fits(field: str, raw: object, value: object):
    result = coerce_edit_value(field, raw)
    assert (result.status, result.value) == ("OK", value)


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("status", "APPROVED"),
        ("posted_to_gl", "true"),
        ("currency", "POUND"),
        ("expense_date", "2026-99-99"),
        ("amount_gross", "0"),
        ("amount_gross", "-1"),
        ("amount_gross", "NaN"),
        ("amount_gross", float("nan")),
        ("amount_gross", float("inf")),
        ("amount_gross", "1e300"),
        ("amount_gross", "1.00001"),
        ("amount_gross", "twelve"),
        ("amount_gross", True),
        ("vat_amount", "-0.01"),
        ("vendor", ["Acme"]),
        ("vendor", "x" * 501),
    ],
)
def test_a_cell_refuses_what_does_not_fit_and_says_why(field: str, raw: object):
    result = coerce_edit_value(field, raw)
    assert result.status == "INVALID_FIELD"
    assert result.message


@given(st.decimals(min_value="0.0001", max_value="999999999999", places=4))
def test_an_amount_is_taken_exactly(amount: Decimal):
    assert coerce_edit_value("amount_gross", str(amount)).value == amount


@given(st.text(max_size=40))
def test_any_text_as_an_amount_is_an_amount_or_refused(text: str):
    result = coerce_edit_value("amount_gross", text)
    assert not result.is_ok or result.value is None or result.value > 0


def test_tax_is_not_larger_than_the_amount_that_contains_it():
    assert validate_cross_field_amounts(amount_gross=Decimal(10), vat_amount=Decimal(10)).is_ok
    assert validate_cross_field_amounts(amount_gross=None, vat_amount=Decimal(10)).is_ok
    assert not validate_cross_field_amounts(amount_gross=Decimal(10), vat_amount=Decimal("10.01")).is_ok
    assert not edit_cell(OPEN, "vat_amount", "10.01").is_ok


@pytest.mark.parametrize("status", list(SubledgerStatus))
def test_only_rows_that_need_attention_are_rejected_by_themselves(status: SubledgerStatus):
    assert can_reject(status).is_ok == (status in {"NEEDS_ATTENTION", "REJECTED"})


def test_the_edit_that_completes_a_row_lets_it_wait_for_approval():
    assert edit_cell(OPEN, "vendor", "Acme").value == {
        "vendor": "Acme",
        "status": SubledgerStatus.PENDING,
        "validation_errors": None,
    }


def test_an_edit_that_leaves_a_row_incomplete_changes_one_cell():
    assert edit_cell(OPEN, "notes", "taxi").value == {"notes": "taxi"}


@pytest.mark.parametrize("status", ["APPROVED", "POSTED", "REJECTED", "EXCLUDED"])
def test_a_row_that_is_decided_is_not_edited(status: str):
    assert edit_cell({**OPEN, "status": status}, "notes", "x").status == "INVALID_TRANSITION"


@pytest.mark.parametrize("field", ["vendor", "currency", "amount_gross"])
def test_a_pending_row_keeps_what_it_needs(field: str):
    pending = OPEN | {"status": "PENDING", "vendor": "Acme"}
    assert edit_cell(pending, field, " ").status == "INVALID_FIELD"


@given(
    st.sampled_from(EDITABLE_FIELDS),
    st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.none(), st.booleans(), st.decimals()),
    st.sampled_from(["NEEDS_ATTENTION", "PENDING"]),
)
def test_no_edit_makes_a_pending_row_incomplete(field: str, raw: object, status: str):
    row = OPEN | {"status": status, "vendor": "Acme"}
    result = edit_cell(row, field, raw)
    if result.is_ok:
        after = row | result.value
        assert after["status"] != "PENDING" or None not in (after["vendor"], after["currency"], after["amount_gross"])
