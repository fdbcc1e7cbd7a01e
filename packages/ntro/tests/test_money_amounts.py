"""Money and written amounts."""

from contextlib import suppress
from dataclasses import FrozenInstanceError
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.money import (
    AmountError,
    CurrencyMismatchError,
    Money,
    UnknownCurrencyError,
    infer_decimal_mark,
    is_known_currency,
    minor_units,
    parse_amount,
)

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)


def money(amount: str, currency: str = "GBP") -> Money:
    return Money(Decimal(amount), currency)


def test_money_is_frozen_and_refuses_floats():
    with pytest.raises(FrozenInstanceError):
        money("1.00").amount = Decimal(2)  # type: ignore[misc]  # the point of the test
    for amount in (1.0, 1, "1.00", True, None):
        with pytest.raises(TypeError):
            Money(amount, "GBP")  # type: ignore[arg-type]  # the point of the test
    for amount in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(ValueError):
            Money(Decimal(amount), "GBP")
    for currency in ("gbp", "GB", "", None):
        with pytest.raises(ValueError):
            Money(Decimal(1), currency)  # type: ignore[arg-type]  # the point of the test


def test_money_adds_and_compares_the_same_currency_only():
    assert money("1.10") + money("2.20") == money("3.30")
    assert money("1.10") - money("2.20") == money("-1.10")
    assert money("1.00") < money("1.01") <= money("1.01")
    assert money("1.02") > money("1.01") >= money("1.01")
    assert -money("1.00") == money("-1.00")
    for operation in ("__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(CurrencyMismatchError):
            getattr(money("1"), operation)(money("1", "EUR"))
        with pytest.raises(TypeError):
            getattr(money("1"), operation)(Decimal(1))


def test_money_is_multiplied_by_exact_numbers_only():
    assert money("10.00") * 3 == money("30.00")
    assert money("10.00") * Decimal("0.125") == money("1.25")
    for factor in (0.1, True, "2"):
        with pytest.raises(TypeError):
            money("1") * factor  # type: ignore[operator]  # the point of the test


def test_sums_are_exact_whatever_the_context():
    with localcontext() as context:
        context.prec = 3
        assert money("123456789.01") + money("0.02") == money("123456789.03")
        assert Money.total([money("99999.99")] * 3, "GBP") == money("299999.97")
    assert Money.total([], "GBP") == Money.zero("GBP")


def test_rounding_follows_the_minor_units_and_the_named_mode():
    assert money("1.005").quantized(rounding=ROUND_HALF_EVEN) == money("1.00")
    assert money("1.005").quantized(rounding=ROUND_HALF_UP) == money("1.01")
    assert str(money("1234.5", "JPY").quantized(rounding=ROUND_DOWN)) == "1234 JPY"
    assert str(money("1.2", "KWD").quantized(rounding=ROUND_DOWN)) == "1.200 KWD"
    with pytest.raises(UnknownCurrencyError):
        money("1", "ZZZ").quantized(rounding=ROUND_DOWN)


def test_minor_units_are_those_of_the_standard():
    assert [minor_units(code) for code in ("GBP", "JPY", "KWD", "CLF", "XAF", "TND")] == [2, 0, 3, 4, 0, 3]
    assert is_known_currency("EUR")
    assert not is_known_currency("XAU")


@given(AMOUNTS, AMOUNTS)
def test_subtraction_undoes_addition(one: Decimal, other: Decimal):
    total = Money(one, "EUR") + Money(other, "EUR")
    assert (total - Money(other, "EUR")).amount == one


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1\u2019234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("12,34,567.89", "1234567.89"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1234.50", "1234.50"),
        ("0,123", "0.123"),
        ("1234.567", "1234.567"),
        (".50", "0.50"),
        ("+5.00", "5.00"),
        ("-£5.00", "-5.00"),
        ("£-5.00", "-5.00"),
        ("£ 1,000.00", "1000.00"),
        ("(1,234.56)", "-1234.56"),
        ("(£1,234.56)", "-1234.56"),
        ("1,234.56-", "-1234.56"),
        ("\u22125.00", "-5.00"),
        ("EUR 1.234,50", "1234.50"),
        ("1.234,50 EUR", "1234.50"),
        ("CHF 1'000.-", "1000"),
        ("50,-", "50"),
        ("100.00 CR", "-100.00"),
        ("100.00DR", "100.00"),
        ("Cr 5.00", "-5.00"),
        ("12,50 kr", "12.50"),
        ("£1,250", "1250"),
        ("JPY 1,234", "1234"),
        ("-0.00", "0.00"),
    ],
)
def test_amounts_are_read_as_written(text: str, amount: str):
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "()", "£", "abc", "1,234", "1.234", "NaN", "Infinity", "-inf", "1e5", "1 2", "12 34"),
        *("1,23,4", "1,2,3", "1.,5", "5,", "5%", "5.00 XYZ", "5.00 EUR GBP", "(-5)", "--5", "5 CR -", "DR 5 CR"),
        *("1..2", "1,234.567,8", "KWD 1,234", "\u0661\u0662", "5.00 5.00", "1" * 65),
    ],
)
def test_what_is_no_single_amount_is_refused(text: str):
    with pytest.raises(AmountError):
        parse_amount(text)


def test_only_text_is_parsed():
    for value in (1.5, 1, None, b"1"):
        with pytest.raises(AmountError):
            parse_amount(value)  # type: ignore[arg-type]  # the point of the test


def test_options_decide_what_the_text_leaves_open():
    assert parse_amount("1,234", decimal_mark=".") == Decimal(1234)
    assert parse_amount("1,234", decimal_mark=",") == Decimal("1.234")
    assert parse_amount("1,234", currency="GBP") == Decimal(1234)
    assert parse_amount("5.00 CR", credit_is_negative=False) == Decimal("5.00")
    assert parse_amount("5.00 DR", credit_is_negative=False) == Decimal("-5.00")
    with pytest.raises(AmountError):
        parse_amount("1.234,56", decimal_mark=".")
    with pytest.raises(AmountError):
        parse_amount("1,234", currency="KWD")


def test_one_clear_amount_explains_the_doubtful_ones():
    assert infer_decimal_mark(["1,234", "950.00", "nothing"]) == "."
    assert infer_decimal_mark(["1.234", "1.234,50"]) == ","
    assert infer_decimal_mark(["1,234", "2,000"]) is None
    assert infer_decimal_mark(["1,50", "1.50"]) is None


def _written(amount: Decimal, group: str, mark: str) -> str:
    return f"{amount:,}".replace(",", "G").replace(".", mark).replace("G", group)


@given(
    AMOUNTS, st.sampled_from([(",", "."), (".", ","), ("'", "."), (" ", ","), ("\u00a0", ","), ("", "."), ("", ",")])
)
def test_every_grouping_gives_the_amount_back(amount: Decimal, marks: tuple[str, str]):
    assert parse_amount(_written(amount, *marks)) == amount
    if amount > 0:
        assert parse_amount(f"({_written(amount, *marks)})") == -amount
        assert parse_amount(f"{_written(amount, *marks)} CR") == -amount


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str):
    with suppress(AmountError):
        assert parse_amount(text).is_finite()
