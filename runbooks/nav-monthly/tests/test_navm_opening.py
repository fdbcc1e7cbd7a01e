"""What an opening trial balance must be: balanced, known, in the books' currency, and where the last close ended."""

from decimal import Decimal
from typing import Any

import pytest

from ntro.accounting.models import TBLine, TrialBalanceReport


def balance(amounts: dict[str, int], *, kind: str = "opening", period: str = "2026-03", currency: str = "GBP") -> Any:
    lines = [
        TBLine(account_code=code, debit=Decimal(max(amount, 0)), credit=Decimal(max(-amount, 0)))
        for code, amount in amounts.items()
    ]
    return TrialBalanceReport(entity_slug="small-spv", period=period, kind=kind, lines=lines, currency=currency)


LAST = {"1100": 100, "2000": -40, "3000": -20, "4000": -70, "5300": 30}


def statuses(navm: Any, month: Any, opening: Any, last: Any = None, **changes: Any) -> dict[str, str]:
    context = navm.models.NavMonthlyContext.model_validate(month.Month().context(**changes))
    previous = None
    if last is not None:
        previous = navm.models.PreviousClose(
            period=last.period, currency="GBP", nav="60", nav_per_share="1", shares="60", closing=last
        )
    return {item.id: item.status for item in navm.opening.opening_checks(context, opening, previous)}


def test_a_first_month_has_nothing_to_follow(navm: Any, month: Any):
    found = statuses(navm, month, balance(LAST))
    assert found.pop("follows_last_close") == "skipped"
    assert set(found.values()) == {"pass"}


@pytest.mark.parametrize(
    ("amounts", "currency", "failed"),
    [
        (LAST | {"1100": 101}, "GBP", "opening_tb_balanced"),
        ({}, "GBP", "opening_tb_balanced"),
        (LAST | {"9999": 0}, "GBP", "accounts_known"),
        (LAST, "EUR", "opening_currency"),
    ],
)
def test_what_does_not_fit_fails(amounts: Any, currency: str, failed: str, navm: Any, month: Any):
    found = statuses(navm, month, balance(amounts, currency=currency))
    assert [name for name, status in found.items() if status == "fail"] == [failed]


def test_a_balance_finer_than_the_books_fails(navm: Any, month: Any):
    fine = balance(LAST)
    lines = [
        TBLine(account_code="1000", debit=Decimal("0.001")),
        TBLine(account_code="3100", credit=Decimal("0.001")),
    ]
    found = statuses(navm, month, fine.model_copy(update={"lines": [*fine.lines, *lines]}))
    assert found["opening_places"] == "fail"


@pytest.mark.parametrize(
    ("opening", "period", "status"),
    [
        (LAST, "2026-02", "pass"),
        (LAST | {"1000": 0}, "2026-02", "pass"),
        (LAST | {"1100": 101, "2000": -41}, "2026-02", "fail"),
        # The year's result of 40 goes to the reserves.
        ({"1100": 100, "2000": -40, "3000": -20, "3100": -40}, "2026-02", "pass"),
        ({"1100": 100, "2000": -40, "3000": -60, "4000": 0, "5300": 0}, "2026-02", "pass"),
        # Only half of it went, or something else moved with it.
        ({"1100": 100, "2000": -40, "3000": -20, "3100": -10, "4000": -60, "5300": 30}, "2026-02", "fail"),
        ({"1100": 110, "2000": -50, "3000": -20, "3100": -40}, "2026-02", "fail"),
        # Months in between were closed elsewhere.
        (LAST | {"1100": 101, "2000": -41}, "2026-01", "warn"),
        (LAST, "2026-01", "pass"),
    ],
)
def test_every_account_opens_where_it_closed_or_the_year_has_ended(
    opening: Any, period: str, status: str, navm: Any, month: Any
):
    last = balance(LAST, kind="closing", period=period)
    assert statuses(navm, month, balance(opening), last)["follows_last_close"] == status


@pytest.mark.parametrize(
    ("period", "following"), [("2026-01", "2026-02"), ("2026-12", "2027-01"), ("1999-11", "1999-12")]
)
def test_the_month_after_a_month(period: str, following: str, navm: Any):
    assert navm.opening.next_month(period) == following
