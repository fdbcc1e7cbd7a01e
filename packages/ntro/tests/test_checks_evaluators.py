"""What each kind of check finds."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from temporalio.testing import ActivityEnvironment

from ntro.capabilities.checks import (
    CheckStatus,
    Finding,
    QualityCheckItem,
    QualityCheckSpec,
    QualityChecksResult,
    register_evaluator,
    register_type,
    run_quality_check,
    worst_of,
)
from ntro.capabilities.checks._books import journal_balanced
from ntro.workflow.hosting import sdk_activities

STATEMENT = {"fields": {"opening_balance": "100.00", "closing_balance": "150.00"}}
RENT_IN = {"account_code": "1200", "account_name": "Current account", "debit": "50.00"}
RENT = {"account_code": "4000", "credit": "50.00"}
ROLL = {"fields": {"total_rent_due": "60.00", "total_arrears": "10.00"}}
RECEIPT = {"category": "rent_receipt", "amount": "50.00"}


async def check(check_id: str, submitted: dict[str, Any], **spec: Any) -> QualityCheckItem:
    asked = QualityCheckSpec(id=check_id, title="Title", **({"evaluator": "code"} | spec))
    found: QualityCheckItem = await ActivityEnvironment().run(run_quality_check, asked, submitted, None, None)
    return found


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([RENT_IN, RENT], "pass"),
        ([RENT_IN, {**RENT, "credit": 50.0}], "pass"),
        ([RENT_IN, {**RENT, "credit": "£50.00"}], "pass"),
        ([RENT_IN, {**RENT, "credit": "49.99"}], "fail"),
        ([], "fail"),
        ([{"account_code": "1200"}, {"account_code": "4000"}], "fail"),
        ([{"account_code": "1200", "debit": "about fifty"}, RENT], "fail"),
        ("50.00", "fail"),
        (["50.00"], "fail"),
    ],
)
async def test_a_journal_passes_only_where_its_lines_balance(lines: Any, status: CheckStatus):
    assert (await check("journal_balanced", {"lines": lines})).status == status
    assert (await check("journal_balanced", {"proposal": {"lines": lines}})).status == status


@given(amounts=st.lists(st.decimals("0.01", "1000000", places=2), min_size=1), off=st.decimals("0.01", "9", places=2))
def test_a_journal_is_told_balanced_exactly_where_both_sides_are_equal(amounts: list[Decimal], off: Decimal):
    debits = [{"debit": str(amount)} for amount in amounts]
    balanced = journal_balanced({"lines": [*debits, {"credit": str(sum(amounts))}]}, None)
    assert (balanced.status, Decimal(balanced.data["delta"])) == ("pass", 0)
    wrong = journal_balanced({"lines": [*debits, {"credit": str(sum(amounts) + off)}]}, None)
    assert (wrong.status, Decimal(wrong.data["delta"])) == ("fail", -off)


@pytest.mark.parametrize(
    ("submitted", "status"),
    [
        ({"opening_tb": {"lines": [{"debit": "5"}, {"credit": "5"}]}, "lines": [RENT_IN, RENT]}, "pass"),
        ({"opening_tb": {"lines": [{"debit": "5"}, {"credit": "4"}]}, "lines": [RENT_IN, RENT]}, "fail"),
        ({"opening_tb": {"lines": []}, "lines": [RENT_IN, RENT]}, "fail"),
        ({"lines": [RENT_IN, RENT]}, "skipped"),
    ],
)
async def test_the_closing_trial_balance_is_checked_against_an_opening_one(submitted: Any, status: CheckStatus):
    assert (await check("closing_tb_balanced", submitted)).status == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "pass"),
        ({"gl_map": {"bank": "1200"}, "bank_statement": {"extracted_payload": STATEMENT}}, "pass"),
        ({"bank_statement": {"fields": {"opening_balance": "100.00", "closing_balance": "160.00"}}}, "fail"),
        ({"bank_statement": {"fields": {"opening_balance": "100.00"}}}, "fail"),
        ({"lines": []}, "fail"),
        ({"gl_map": None}, "skipped"),
        ({"gl_map": None, "lines": [{**RENT_IN, "account_name": "Bank"}, RENT]}, "pass"),
        ({"bank_statement": None}, "skipped"),
    ],
)
async def test_the_bank_account_of_the_gl_map_explains_the_statement(change: Any, status: CheckStatus):
    submitted = {"gl_map": {"bank": "1200"}, "bank_statement": STATEMENT, "lines": [RENT_IN, RENT]}
    assert (await check("bank_reconciles", submitted | change)).status == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "pass"),
        ({"rent_roll": {"rows": [{"rent_due": "30.00"}, {"rent_due": "30.99", "arrears": "10.00"}]}}, "pass"),
        ({"rent_roll": {"fields": {"total_rent_due": "61.00", "total_arrears": "10.00"}}}, "warn"),
        ({"rent_roll": {"fields": {"units": 3}}}, "fail"),
        ({"bank_statement": {"line_items": [{"amount": "50.00"}]}}, "skipped"),
        ({"bank_statement": {"fields": {"net_remittance": "50.00"}}}, "pass"),
        ({"rent_roll": None}, "skipped"),
    ],
)
async def test_rent_at_the_bank_and_arrears_account_for_the_rent_roll(change: Any, status: CheckStatus):
    submitted = {"bank_statement": {"line_items": [RECEIPT]}, "rent_roll": ROLL} | change
    assert (await check("bank_vs_rentroll_reconciles", submitted)).status == status


async def test_code_that_is_missing_or_raises_is_a_failed_check():
    def broken(_submitted: Any, _baseline: Any) -> Finding:
        raise LookupError("no such account")

    register_evaluator("checks_test.broken", broken)
    assert (await check("checks_test.broken", {})).detail == "no such account"
    assert (await check("checks_test.unknown", {})).status == "fail"
    with pytest.raises(ValueError):
        register_evaluator("", broken)
    with pytest.raises(TypeError):
        register_evaluator("checks_test.text", "broken")  # type: ignore[arg-type]  # what is tested


async def test_a_check_of_types_says_what_does_not_fit():
    class Rates(BaseModel):
        fee: Decimal

    register_type("checks_test.rates", Rates)
    assert (await check("checks_test.rates", {"fee": "0.1"}, evaluator="types")).status == "pass"
    assert (
        await check("checks_test.rates", {"rates": {"fee": "1"}}, evaluator="types", source="rates")
    ).status == "pass"
    wrong = await check("checks_test.rates", {"fee": "much"}, evaluator="types")
    assert wrong.status == "fail"
    assert "fee" in wrong.detail
    assert (await check("checks_test.untyped", {}, evaluator="types")).status == "fail"
    with pytest.raises(ValueError):
        register_type("", Rates)


async def test_what_cannot_be_asked_is_skipped_with_its_reason():
    run = ActivityEnvironment().run
    model = QualityCheckSpec(id="plausible", title="Plausible", prompt="Is it?")
    for config in (None, {}, {"provider": "ELSEWHERE"}):
        item = await run(run_quality_check, model, {}, None, config)
        assert (item.status, item.confidence) == ("skipped", None)
        assert item.detail
    growth = QualityCheckSpec(id="journal_balanced", title="Growth", evaluator="code", requires_baseline=True)
    for baseline in (None, {}):
        assert (await run(run_quality_check, growth, {}, baseline, None)).status == "skipped"
    assert (await run(run_quality_check, growth, {}, {"nav": "1"}, None)).status == "fail"


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ([], "skipped"),
        (["skipped", "skipped"], "skipped"),
        (["skipped", "pass"], "pass"),
        (["pass", "warn"], "warn"),
        (["warn", "fail", "skipped"], "fail"),
        (["fail", "running"], "running"),
    ],
)
def test_the_worst_of_the_checks_that_were_done_counts(statuses: list[CheckStatus], worst: CheckStatus):
    items = [QualityCheckItem(id=str(n), title="", status=status) for n, status in enumerate(statuses)]
    assert worst_of(items) == worst
    assert QualityChecksResult.of(items).status == worst


def test_the_result_counts_what_came_out_and_says_why_nothing_was_checked():
    items = [QualityCheckItem(id=str(n), title="", status=status) for n, status in enumerate(("fail", "warn", "warn"))]
    assert QualityChecksResult.of(items).summary == "1 failed, 2 warnings"
    skipped = [QualityCheckItem(id="a", title="", status="skipped", detail="no baseline")]
    assert QualityChecksResult.of(skipped).skipped_reason == "no baseline"
    assert QualityChecksResult.of(items).skipped_reason is None


def test_every_worker_has_the_activity():
    assert run_quality_check in sdk_activities()
