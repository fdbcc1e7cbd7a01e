"""Boundary types."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from ntro.types import (
    CurrencyCode,
    ExactAmount,
    ForgivingDate,
    MoneyAmount,
    Period,
    StrictDate,
    accounting,
    currencies,
    dates,
)


def test_names_are_the_same_from_their_own_modules():
    assert accounting.Period is Period
    assert currencies.CurrencyCode is CurrencyCode
    assert dates.ForgivingDate is ForgivingDate
    assert MoneyAmount is ExactAmount


@pytest.mark.parametrize("written", ["2026-01", "1999-12", "0001-05"])
def test_a_period_is_a_calendar_month(written: str):
    assert TypeAdapter(Period).validate_python(written) == written


@pytest.mark.parametrize(
    "written", ["2026-13", "0000-01", "2026-00", "2026-5", "2026-05\n", "2026-Q1", " 2026-05", "", 202605, None]
)
def test_anything_else_is_no_period(written: object):
    with pytest.raises(ValidationError):
        TypeAdapter(Period).validate_python(written)


def test_currency_codes_are_raised_to_capitals():
    assert TypeAdapter(CurrencyCode).validate_python("gbp") == "GBP"
    assert TypeAdapter(CurrencyCode).validate_python("ZZZ") == "ZZZ"


@pytest.mark.parametrize("written", [" gbp", "GB", "GBPP", "G1P", "", "ßa", 826, None])
def test_other_text_is_no_currency_code(written: object):
    with pytest.raises(ValidationError):
        TypeAdapter(CurrencyCode).validate_python(written)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-03-31T23:59:00Z", date(2026, 3, 31)),
        ("31/03/2026", date(2026, 3, 31)),
        ("03/04/2026", date(2026, 4, 3)),
        ("31 March 2026", date(2026, 3, 31)),
        ("March 5, 2026", date(2026, 3, 5)),
        (" 5 Jan 2026 ", date(2026, 1, 5)),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (None, None),
        ("", None),
        ("  ", None),
        ("5", None),
        ("Tuesday", None),
        ("March 2026", None),
        ("2026", None),
        ("12:30", None),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("soon", None),
        (20260331, None),
        (3.5, None),
        (["2026-03-31"], None),
        ("1" * 5000, None),
    ],
)
def test_a_forgiving_date_takes_what_states_a_whole_date(written: object, day: object):
    assert TypeAdapter(ForgivingDate).validate_python(written) == day


@given(st.one_of(st.text(max_size=80), st.integers(), st.none(), st.binary(max_size=10)))
def test_a_forgiving_date_never_raises(value: object):
    found = dates.parse_forgiving_date(value)
    assert found is None or isinstance(found, date)


@given(st.dates())
def test_a_forgiving_date_reads_every_iso_date(day: date):
    assert dates.parse_forgiving_date(day.isoformat()) == day


def test_a_strict_date_is_iso_only():
    assert TypeAdapter(StrictDate).validate_python("2026-03-31") == date(2026, 3, 31)
    assert TypeAdapter(StrictDate).validate_json('"2026-03-31"') == date(2026, 3, 31)
    for written in (
        "20260331",
        "31/03/2026",
        "2026-02-30",
        "2026-03-31T00:00:00",
        0,
        datetime(2026, 3, 31, tzinfo=UTC),
    ):
        with pytest.raises(ValidationError):
            TypeAdapter(StrictDate).validate_python(written)


class _Line(BaseModel):
    amount: ExactAmount


def test_an_amount_travels_as_a_string_with_its_decimals():
    line = _Line.model_validate({"amount": "1234.50"})
    assert line.amount == Decimal("1234.50")
    assert line.model_dump_json() == '{"amount":"1234.50"}'
    assert _Line(amount=Decimal("1E+2")).model_dump() == {"amount": "100"}
    assert _Line(amount=Decimal("-0.00")).model_dump() == {"amount": "0.00"}
    assert _Line.model_json_schema()["properties"]["amount"]["type"] == "string"


@pytest.mark.parametrize("value", [1.5, True, "1e5", "NaN", "1,000.00", "", " 1", "1.", None, Decimal("Infinity")])
def test_floats_and_other_spellings_are_no_amounts(value: object):
    with pytest.raises(ValidationError):
        _Line.model_validate({"amount": value})


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))
def test_amounts_survive_json(amount: Decimal):
    assert _Line.model_validate_json(_Line(amount=amount).model_dump_json()).amount == amount
