"""Expenses as people and agents write them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntro.subledger.types.expense_columns import read_expense
from ntro.subledger.types.expenses import (
    ExpenseRow,
    canonicalize_tabular_expense_row,
    canonicalize_tabular_expense_rows,
)

TAXI = {"Vendor": "City Taxis", "Amount": "12.50"}


def errors(**row: Any) -> list[tuple[str, str]]:
    found = read_expense(TAXI | row, default_currency="GBP").errors
    return [(error["field"], error["code"]) for error in found]


def test_columns_are_known_by_their_usual_names_without_case_and_punctuation():
    written = {
        "MERCHANT": " Acme ", "Total Amount": "£1,234.50", "CCY": "gbp", "Transaction-Date": "31/03/2026",
        "paymentMethod": "card", "Tax": "205.75", "Memo": "chairs", "Category": "repairs", "Unknown": "x",
    }  # fmt: skip
    data, wrong = canonicalize_tabular_expense_row(written)
    assert wrong == []
    assert data == {
        "vendor": "Acme",
        "amount": Decimal("1234.50"),
        "currency": "GBP",
        "date": "31/03/2026",
        "payment_method": "card",
        "vat_amount": Decimal("205.75"),
        "notes": "chairs",
        "category": "repairs",
    }


def test_a_typed_reading_has_the_columns_of_the_ledger():
    reading = read_expense(TAXI | {"Date": "31/03/2026"}, default_currency="JEP")
    assert reading.errors == []
    assert reading.fields == {
        "vendor": "City Taxis",
        "amount_gross": Decimal("12.50"),
        "currency": "JEP",
        "expense_date": date(2026, 3, 31),
    }


@pytest.mark.parametrize(
    "amount", ["NaN", float("nan"), float("inf"), "(50.00)", "-50", "0", "", "abc", True, "1.00001"]
)
def test_what_is_no_amount_above_zero_is_an_error_of_the_row(amount: Any):
    data, wrong = canonicalize_tabular_expense_row({"vendor": "x", "amount": amount})
    assert data is None
    assert [(error["field"], error["code"]) for error in wrong] == [
        ("amount", "missing" if amount == "" else "invalid")
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"Vendor": " "}, ("vendor", "missing")),
        ({"Vat": "13.00"}, ("vat_amount", "invalid")),
        ({"Vat": "(1.00)"}, ("vat_amount", "invalid")),
        ({"Currency": "POUND"}, ("currency", "invalid")),
        ({"Amount": "€12.50", "Currency": "GBP"}, ("currency", "invalid")),
        ({"Date": "2026-99-99"}, ("expense_date", "invalid")),
        ({"Date": "Tuesday"}, ("expense_date", "invalid")),
    ],
)
def test_a_row_says_which_column_is_wrong(row: dict[str, Any], found: tuple[str, str]):
    assert errors(**row) == [found]


def test_the_currency_that_an_amount_is_written_with_counts():
    assert read_expense({"vendor": "x", "amount": "€1.50"}, default_currency="GBP").fields["currency"] == "EUR"
    assert read_expense({"vendor": "x", "amount": "1.50 usd"}, default_currency="GBP").fields["currency"] == "USD"


def test_a_row_keeps_what_could_be_read_beside_its_errors():
    reading = read_expense({"vendor": "Acme", "amount": "?", "date": "2026-03-01"}, default_currency="GBP")
    assert reading.fields == {"vendor": "Acme", "currency": "GBP", "expense_date": date(2026, 3, 1)}
    assert len(reading.errors) == 1


def test_rows_without_an_expense_are_given_back_with_their_place():
    accepted, rejected = canonicalize_tabular_expense_rows([TAXI, {"vendor": "x"}, TAXI])
    assert len(accepted) == 2
    assert [(item["row_index"], item["raw"]) for item in rejected] == [(2, {"vendor": "x"})]


@given(st.decimals(min_value="0.0001", max_value="99999999999", places=4))
def test_an_amount_survives_exactly_as_text_and_as_number(amount: Decimal):
    for given_amount in (f"{amount:.4f}", amount):
        data, wrong = canonicalize_tabular_expense_row({"vendor": "x", "amount": given_amount})
        assert wrong == []
        assert data is not None
        assert data["amount"] == amount


@given(
    st.dictionaries(
        st.sampled_from(["vendor", "amount", "currency", "date", "vat", "notes", "x"]),
        st.one_of(st.none(), st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.decimals()),
    )
)
def test_any_row_is_an_expense_that_the_ledger_takes_or_has_errors(row: dict[str, Any]):
    reading = read_expense(row, default_currency="GBP")
    if not reading.errors:
        block = {"entity_id": uuid4(), "task_id": uuid4(), "period": "2026-03", "event_id": uuid4()}
        ExpenseRow.model_validate(block | reading.fields)


def test_the_ledger_takes_no_amount_that_it_would_round():
    block = {"entity_id": uuid4(), "task_id": uuid4(), "period": "2026-03", "event_id": uuid4()}
    for amount in ("0.00001", "1e16", "NaN", "Infinity"):
        with pytest.raises(ValidationError):
            ExpenseRow.model_validate(block | {"vendor": "x", "currency": "GBP", "amount_gross": amount})
