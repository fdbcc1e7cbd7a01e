"""Journals, trial balances, rules and the allocation of a month's rent."""

import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError as ModelError

from ntro.accounting import models, proposal, validation
from ntro.accounting.amounts import exact_amount, ratio
from ntro.accounting.checks import check_journals_balanced

D = Decimal
GL = {
    "rental_income": "4000",
    "bank": "1000",
    "tenant_arrears": "1100",
    "mgmt_fees": "5200",
    "repairs_maintenance": "5000",
    "mgmt_fees_expense": "5201",
    "mgmt_fees_payable": "2100",
    "bad_debt_expense": "5500",
    "bad_debt_provision": "1190",
    "mortgage_interest_expense": "5300",
    "loan_principal": "2500",
}
TB = models.TrialBalance(period="2026-03", lines=[models.TBLine(account_code="1", debit=D(1), credit=D(1))])


def line(code: str, debit: str = "0", credit: str = "0") -> models.JournalLine:
    return models.JournalLine(account_code=code, debit=D(debit), credit=D(credit))


def journal(*lines: models.JournalLine) -> models.JournalProposal:
    return models.JournalProposal(entity_slug="spv", period="2026-03", lines=list(lines))


def fix(index: int, field: str, value: object) -> models.JournalLineCorrection:
    return models.JournalLineCorrection(line_index=index, field=field, new_value=value)


@pytest.mark.parametrize(
    "values",
    [
        {"debit": D(1), "credit": D(1)},
        {},
        {"debit": D(-1)},
        {"debit": 1.5},
        {"debit": D("NaN")},
        {"debit": "£5"},
        {"account_code": " ", "debit": D(1)},
    ],
)
def test_a_journal_line_has_an_exact_amount_on_exactly_one_side(values: dict[str, Any]):
    with pytest.raises(ModelError):
        models.JournalLine.model_validate({"account_code": "1"} | values)


def test_a_proposal_survives_json_with_its_decimals():
    original = journal(line("1", debit="10.00"), line("2", credit="10.00"))
    again = models.JournalProposal.model_validate_json(original.model_dump_json())
    assert again == original
    assert str(again.lines[0].debit) == "10.00"
    assert (again.lines[0].side, again.lines[1].side, again.lines[1].amount) == ("Dr", "Cr", D(10))


def test_corrections_are_coerced_and_applied_together():
    corrected = journal(line("1", debit="10"), line("2", credit="10")).with_corrections(
        [
            fix(0, "debit", "1,234.50"),
            fix(1, "credit", "£1,234.50"),
            fix(1, "account_code", "3"),
            fix(0, "tax_code", None),
        ]
    )
    assert (corrected.total_dr, corrected.total_cr, corrected.lines[1].account_code) == (
        D("1234.50"),
        D("1234.50"),
        "3",
    )
    swapped = corrected.with_corrections(
        [fix(0, "debit", ""), fix(0, "credit", "5"), fix(1, "credit", None), fix(1, "debit", "5")]
    )
    assert [item.side for item in swapped.lines] == ["Cr", "Dr"]


@pytest.mark.parametrize(
    "wrong",
    [
        [fix(2, "debit", "1")],
        [fix(-1, "debit", "1")],
        [fix(0, "amount", "1")],
        [fix(0, "debit", "ten")],
        [fix(0, "debit", 10.0)],
        [fix(0, "debit", "-10")],
        [fix(0, "debit", "11")],
        [fix(0, "debit", "1.234"), fix(1, "credit", "1.234")],
        [fix(0, "account_code", "")],
        [fix(0, "credit", "10")],
        [fix(0, "tax_code", "VAT_99")],
    ],
)
def test_corrections_that_do_not_fit_are_refused(wrong: list[models.JournalLineCorrection]):
    with pytest.raises(models.CorrectionError):
        journal(line("1", debit="10"), line("2", credit="10")).with_corrections(wrong)


amounts = st.integers(0, 10**9).map(lambda cents: D(cents).scaleb(-2))
corrections = st.builds(
    models.JournalLineCorrection,
    line_index=st.integers(0, 3),
    field=st.sampled_from(["debit", "credit"]),
    new_value=amounts | amounts.map(str) | st.none(),
)


@given(st.lists(corrections, max_size=4))
def test_no_corrections_ever_give_an_unbalanced_journal(changes: list[models.JournalLineCorrection]):
    before = journal(line("1", debit="10"), line("2", credit="4"), line("3", credit="6"))
    try:
        after = before.with_corrections(changes)
    except models.CorrectionError:
        return
    assert after.is_balanced
    assert all((item.debit > 0) != (item.credit > 0) for item in after.lines)
    assert before.total_dr == D(10)


def test_csv_runs_no_formula():
    risky = models.JournalLine(account_code="1", description='=HYPERLINK("x")', debit=D("1.50"))
    text = journal(risky, line("2", credit="1.50")).to_csv_bytes().decode()
    assert text.splitlines()[0] == "account_code,description,debit,credit,tax_code"
    assert text.splitlines()[1] == """1,"'=HYPERLINK(""x"")",1.50,0,"""


def test_a_trial_balance_is_read_exactly_or_refused():
    rows = [
        {"code": "1", "name": "Bank", "amount": "£1,000.10", "side": "Dr"},
        {"account_code": "2", "account_name": "Capital", "debit": "", "credit": "1000.10"},
    ]
    read = models.TrialBalance.from_extracted_payload({"rows": rows, "currency": "EUR"}, "2026-03", "spv")
    assert (read.total_debits, read.currency, read.by_account("2").credit) == (D("1000.10"), "EUR", D("1000.10"))
    read.assert_balanced()
    read.assert_period_match("2026-03")
    with pytest.raises(ValueError):
        read.assert_period_match("2026-04")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"code": "1", "debit": "twelve"}],
        [{"code": "1", "debit": 1.5}],
        [{"code": "", "debit": "1"}],
        [{"code": "1", "name": "no amount"}],
        [{"code": "1", "amount": "5", "side": "left"}],
    ],
)
def test_rows_that_state_no_amount_are_refused(rows: list[dict[str, Any]]):
    with pytest.raises(ValueError):
        models.TrialBalance.from_extraction({"line_items": rows}, "2026-03")


def test_an_empty_trial_balance_and_an_empty_journal_do_not_balance():
    assert not models.TrialBalance(period="2026-03").is_balanced
    with pytest.raises(ValueError):
        models.TrialBalance(period="2026-03").assert_balanced()
    assert validation.validate_journal_balance([]).rule_ref == "journal.has_lines"
    assert check_journals_balanced([]).status == "skipped"
    assert check_journals_balanced([journal()]).status == "fail"


def test_rules_name_themselves():
    chart = models.ChartOfAccounts.from_rows([{"code": "1", "name": "Bank"}])
    assert validation.validate_required_accounts(chart, ["1"]).passed
    with pytest.raises(validation.ValidationError) as caught:
        validation.validate_required_accounts(chart, ["1", "9"]).raise_if_failed()
    assert caught.value.rule_ref == "coa.required_accounts_present"
    off = [line("1", debit="10"), line("2", credit="9.99")]
    assert not validation.validate_journal_balance(off).passed
    assert not validation.validate_post_journal_tb_balanced(TB, off).passed
    assert validation.validate_post_journal_tb_balanced(TB, [line("1", "1"), line("2", credit="1")]).passed
    assert not validation.validate_period_match(TB, "2026-04").passed


def test_months_are_told_from_quarters():
    assert models.Period("2026-03").is_monthly
    assert not models.Period("2026-Q1").is_monthly
    assert not models.Period("2026-13").is_monthly


def propose(**changes: Any) -> models.JournalProposal:
    values: dict[str, Any] = {"tb": TB, "ingested": [], "gl_map": GL, "period": "2026-03", "entity_slug": "spv"}
    return proposal.propose_allocation_journal(**(values | changes))


def test_rent_is_allocated_with_itemised_deductions_taken_once():
    rows = [
        {"unit": "1", "monthly_rent": "£1,000.00", "management_fee_gross": "£120.00", "repairs_gross": "80"},
        {"unit": "2", "monthly_rent": "500.00"},
    ]
    rows[0]["net_remittance"] = "700.00"
    made = propose(rental_statement_rows=rows, rates=proposal.AllocationRates("ROUND_HALF_EVEN", D("0.05")))
    assert {item.account_code: item.debit - item.credit for item in made.lines} == {
        "1000": D(700),
        "1100": D(600),
        "5200": D(120),
        "5000": D(80),
        "4000": D(-1500),
    }
    assert made.is_balanced


def test_declared_deductions_that_contradict_their_items_are_refused():
    fields = {"total_deductions": "250", "management_fee_gross": "120", "repairs_gross": "80", "total_rent_due": "1000"}
    with pytest.raises(ValueError):
        propose(ingested=[{"source": "rent-roll", "extracted_payload": {"fields": fields}}])


def test_fee_and_provision_are_accrued_at_given_rates_only():
    fields = {"total_rent_due": "1000.00", "total_arrears": "333.33", "net_remittance": "666.67"}
    documents = [{"source": "rent-roll", "extracted_payload": {"fields": fields}}]
    assert len(propose(ingested=documents).lines) == 3
    rates = proposal.AllocationRates("ROUND_HALF_EVEN", D("0.05"), D("0.02"))
    made = propose(ingested=documents, rates=rates)
    debits = {item.account_code: item.debit for item in made.lines if item.debit}
    assert (debits["5201"], debits["5500"]) == (D("50.00"), D("6.67"))


@pytest.mark.parametrize("nested", [True, False])
def test_a_mortgage_is_split_as_its_agreement_says_wherever_it_says_it(nested: bool):
    terms = {"monthly_interest": "800.00", "monthly_principal": "600.00"}
    bank = {"transactions": [{"amount": "-1,400.00", "description": "MORTGAGE", "side": None}]}
    made = propose(
        ingested=[{"source": "bank-statement", "extracted_payload": bank, "document_ref": "d"}],
        mortgage_agreement={"fields": terms} if nested else terms,
    )
    assert [(item.account_code, item.debit, item.credit) for item in made.lines] == [
        ("5300", D(800), D(0)),
        ("2500", D(600), D(0)),
        ("1000", D(0), D(1400)),
    ]
    assert made.lines[0].source_refs[0].document_ref == "d"


def test_a_mortgage_without_a_split_is_noted_and_not_invented():
    bank = {
        "transactions": [{"amount": "100", "category": "rent_receipt"}, {"amount": "-1400", "description": "mortgage"}]
    }
    roll = {"fields": {"total_rent_due": "100"}}
    made = propose(
        ingested=[
            {"source": "bank-statement", "extracted_payload": bank},
            {"source": "rent-roll", "extracted_payload": roll},
        ],
        mortgage_agreement={"fields": {"lender": "Bank"}},
    )
    assert {item.account_code for item in made.lines} == {"1000", "4000"}
    assert any("mortgage" in note for note in made.explanation)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gl_map": {"bank": "1"}},
        {"rental_statement_rows": [{"unit": "1", "monthly_rent": "a lot"}]},
        {"rental_statement_rows": [{"unit": "1", "monthly_rent": 950.0}]},
        {"rental_statement_rows": [{"unit": "1"}]},
        {"rental_statement_rows": [{"monthly_rent": "9"}], "gl_map": {"bank": "1", "rental_income": "2"}},
    ],
)
def test_nothing_to_post_and_unreadable_amounts_are_refused(changes: dict[str, Any]):
    with pytest.raises(ValueError):
        propose(**changes)


def test_a_journal_that_does_not_balance_or_books_of_another_period_break_a_rule():
    rows = [{"monthly_rent": "100", "rent_received": "130"}]
    with pytest.raises(validation.ValidationError):
        propose(rental_statement_rows=rows)
    assert not propose(rental_statement_rows=rows, validate=False).is_balanced
    with pytest.raises(validation.ValidationError):
        propose(rental_statement_rows=[{"monthly_rent": "100"}], period="2026-04")


@pytest.mark.parametrize("wrong", [1.0, True, None, D("Infinity"), "", "five"])
def test_what_is_no_exact_amount_is_refused(wrong: object):
    with pytest.raises(ValueError):
        exact_amount(wrong)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_division_rounds_once_as_whole_numbers_say(cents: int, divisor: int):
    quotient, rest = divmod(abs(cents) * 100, divisor)
    expected = quotient + (rest * 2 >= divisor)
    got = ratio(D(cents).scaleb(-2), D(divisor), places=4, rounding="ROUND_HALF_UP")
    assert got == D(expected if cents >= 0 else -expected).scaleb(-4)


def test_accounting_loads_neither_ledger_clients_nor_drivers_and_warns_of_nothing():
    names = ("apideck_unify", "asyncpg", "temporalio")
    code = f"import sys, ntro.accounting.models; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rent_received_comes_from_the_bank_before_the_rent_roll():
    roll = {"source": "rent-roll", "extracted_payload": {"fields": {"total_rent_due": "100"}}}
    for bank, received in (
        ({"transactions": [{"amount": "60", "category": "rent_receipt"}]}, D(60)),
        ({"fields": {"net_bacs_received": "70"}}, D(70)),
        ({"fields": {}}, D(0)),
    ):
        made = propose(ingested=[roll, {"source": "bank-statement", "payload": bank}])
        assert sum(item.debit for item in made.lines if item.account_code == "1000") == received
        assert made.is_balanced


def test_a_declared_total_is_the_fee_less_the_repairs_that_are_itemised():
    for fields, fee, repairs in (
        ({"total_deductions": "20"}, D(20), D(0)),
        ({"total_deductions": "20", "repairs_gross": "5"}, D(15), D(5)),
        ({"total_deductions": "20", "repairs_gross": "5", "management_fee_gross": "15"}, D(15), D(5)),
        ({"management_fee_gross": "15"}, D(15), D(0)),
    ):
        payload = {"fields": {"total_rent_due": "100", "net_remittance": "80", **fields}}
        made = propose(ingested=[{"source": "rent-roll", "extracted_payload": payload}])
        debits = {item.account_code: item.debit for item in made.lines}
        assert (debits.get("5200", D(0)), debits.get("5000", D(0))) == (fee, repairs)


def test_rates_are_taken_of_the_rent_in_the_rows_where_no_total_is_given():
    rates = proposal.AllocationRates("ROUND_HALF_UP", management_fee=D("0.1"))
    made = propose(rental_statement_rows=[{"rent_due": "100", "received": "100"}], rates=rates)
    assert {item.account_code: item.debit for item in made.lines}["5201"] == D(10)
    assert proposal.AllocationRates("ROUND_HALF_UP").bad_debt is None


def test_a_mortgage_that_the_bank_did_not_pay_is_noted_and_not_posted():
    roll = {"source": "rent-roll", "extracted_payload": {"fields": {"total_rent_due": "100"}}}
    bank = {"source": "bank-statement", "extracted_payload": {"transactions": [{"amount": "-5"}, {"text": "x"}]}}
    terms = {"interest_portion": "80", "principal_portion": "20"}
    made = propose(ingested=[roll, bank], mortgage_agreement=terms)
    assert not [item for item in made.lines if item.account_code in {"5300", "2500"}]
    assert propose(ingested=[roll], mortgage_agreement=terms).is_balanced


def test_a_payload_may_be_a_model_and_a_period_shows_as_its_label():
    result = models.TrialBalance(period="2026-03", lines=[models.TBLine(account_code="1", debit=D(5))])
    read = models.TrialBalance.from_extraction(result, "2026-03")
    assert (read.lines[0].debit, str(models.Period("2026-03"))) == (D(5), "2026-03")
    assert read.by_account("9") is None
    with pytest.raises(ValueError):
        read.assert_balanced()


def test_a_credit_amount_stands_on_the_credit_side():
    rows = [{"code": "1", "amount": "5", "dr_cr": "cr"}]
    assert models.TrialBalance.from_extracted_payload({"lines": rows}, "2026-03").total_credits == D(5)


def test_nothing_is_divided_by_zero():
    with pytest.raises(ValueError):
        ratio(D(1), D(0), places=2, rounding="ROUND_HALF_UP")
