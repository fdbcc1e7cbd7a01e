"""How the pages write amounts, names, times and states."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_server.kit import formats
from ntro_tenant.ui.values import as_input, grouped, is_amount, label_of, padded, sum_of, text_of, ungrouped

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15).map(
    lambda amount: f"{amount:f}"
)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@given(AMOUNTS)
def test_grouping_an_amount_changes_how_it_looks_and_never_what_it_is(amount: str):
    assert Decimal(ungrouped(grouped(amount))) == Decimal(amount)


@given(AMOUNTS, st.integers(0, 8))
def test_padding_an_amount_adds_digits_and_never_value(amount: str, places: int):
    shown = padded(amount, places)
    assert Decimal(shown) == Decimal(amount)
    assert len(shown.partition(".")[2]) >= places


@given(st.lists(AMOUNTS, min_size=1, max_size=30))
def test_totals_are_exact(amounts: list[str]):
    assert Decimal(sum_of(amounts)) == sum(map(Decimal, amounts), Decimal(0))


@given(st.text())
def test_text_that_is_no_amount_is_left_as_it_is(text: str):
    shown = grouped("x" + text)
    assert shown == "x" + text
    assert padded("x" + text, 2) == "x" + text


@given(st.text())
def test_a_field_gives_back_what_it_was_given(text: str):
    once = as_input(text)
    assert as_input(once) == once
    assert "\n" not in once


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("debit", "1200.50", True),
        ("nav_per_share", "1.1823", True),
        ("account_code", "1200", False),
        ("issue_date", "20260401", False),
        ("debit", "12,50", False),
        ("debit", "", False),
    ],
)
def test_codes_and_dates_are_no_amounts(key: str, text: str, expected: bool):
    assert is_amount(key, text) is expected


def test_an_amount_that_was_written_with_a_sign_or_zeros_still_reads():
    assert grouped("-1234567.80") == "-1,234,567.80"
    assert grouped("+5") == "5"
    assert grouped("0012345") == "12,345"


def test_names_of_fields_are_words():
    assert label_of("nav_per_share") == "NAV per share"
    assert label_of("rent-roll") == "Rent roll"
    assert label_of("") == ""


def test_values_are_read_as_people_write_them():
    assert [text_of(value) for value in (None, True, False, ["a", None, 2], Decimal("1.50"))] == [
        "",
        "yes",
        "no",
        "a, , 2",
        "1.50",
    ]


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=3, hours=4), "3 days ago"),
    ],
)
def test_ages_say_the_largest_unit(passed: timedelta, expected: str):
    assert formats.age(NOON - passed, NOON) == expected


def test_times_are_in_utc():
    summer = NOON.astimezone(tz=None)
    assert formats.moment(summer) == "01 Apr 2026 12:00 UTC"
    assert formats.iso(summer) == "2026-04-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (1536 * 1024, "1.5 MB"), (10**8, "95.3 MB")]
)
def test_sizes_are_for_people(count: int, expected: str):
    assert formats.size(count) == expected


def test_every_state_has_a_word_and_an_icon():
    assert formats.state_word("BLOCKED") == "Needs you"
    assert formats.state_word("SOMETHING_ELSE") == "Something else"
    assert formats.state_icon("SOMETHING_ELSE") == "circle"
    assert formats.check_icon("fail") == "circle-x"
    assert formats.check_icon("new") == "info"
