"""A property company's month: journals from documents, closing trial balance, NAV, checks."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntro.accounting import property_spv as spv
from ntro.accounting.checks import worst_of
from ntro.accounting.classification import Classification, ClassificationError
from ntro.accounting.journals import JournalEntry, JournalLine
from ntro.accounting.models import Account, ChartOfAccounts, TBLine, TrialBalance
from ntro.accounting.nav import NavError, compute_nav
from ntro.accounting.posting import PostingError, post_journals

D = Decimal
PERIOD = "2026-03"
CODES = {
    "bank": "1000",
    "rent_receivable": "1100",
    "vat_input": "1200",
    "property": "1500",
    "accounts_payable": "2000",
    "management_fee_payable": "2100",
    "loan_interest_payable": "2200",
    "loan_principal": "2500",
    "suspense": "2900",
    "capital": "3000",
    "rental_income": "4000",
    "repairs": "5000",
    "operating_expenses": "5100",
    "management_fee_expense": "5200",
    "loan_interest_expense": "5300",
    "bank_charges": "5400",
}
CLASSES = {"1": "asset", "2": "liability", "3": "equity", "4": "income", "5": "expense"}
CLASSIFICATION = Classification.of({code: CLASSES[code[0]] for code in CODES.values()})


def config(**changes: Any) -> spv.PropertySpvConfig:
    values: dict[str, Any] = {
        "currency": "GBP",
        "gl_map": CODES,
        "rounding": "ROUND_HALF_UP",
        "tax_recoverable": False,
        "management_fee": {"base": "rent_received", "rate": "0.085", "tax_rate": "0.2"},
        "bank_rules": [
            {"contains": "LOAN 77", "role": "loan_payment", "direction": "out"},
            {"contains": "monthly charge", "role": "bank_charges"},
        ],
        "supplier_rules": [{"contains": "plumb", "role": "repairs"}],
    }
    return spv.PropertySpvConfig.model_validate(values | changes)


def opening() -> TrialBalance:
    balances = {"1000": "10000.00", "1100": "950.00", "1500": "500000.00", "2500": "-200000.00", "3000": "-310950.00"}
    lines = [
        TBLine(account_code=code, debit=max(D(text), D(0)), credit=max(-D(text), D(0)))
        for code, text in balances.items()
    ]
    return TrialBalance(entity_slug="spv", period="2026-02", kind="closing", currency="GBP", lines=lines)


def inputs(**changes: Any) -> spv.PeriodInputs:
    roll = {
        "rows": [
            {"unit": "1", "tenant": "Anna Bell", "rent_due": "1000.00", "rent_received": "1000.00", "arrears": "0"},
            {"unit": "2", "tenant": "Carl Dean", "rent_due": "950.55", "rent_received": "500.00", "arrears": "1400.55"},
        ]
    }
    statement = {
        "account": "GB00",
        "currency": "GBP",
        "opening": "10000.00",
        "closing": "9730.50",
        "entries": [
            {"date": "2026-03-02", "amount": "1000.00", "reference": "RENT ANNA BELL"},
            {"date": "2026-03-09", "amount": "500.00", "reference": "Carl Dean part"},
            {"date": "2026-03-10", "amount": "-360.00", "reference": "INV-2041"},
            {"date": "2026-03-15", "amount": "-1400.00", "reference": "LOAN 77 MARCH"},
            {"date": "2026-03-31", "amount": "-9.50", "reference": "Monthly charge"},
        ],
    }
    invoice = {"number": "INV-2041", "issue_date": "2026-03-05", "seller": "Best Plumbing Ltd", "currency": "GBP"}
    invoice |= {"tax_basis": "300.00", "tax_total": "60.00", "grand_total": "360.00"}
    loan = {"lender": "Bank", "currency": "GBP"}
    loan |= {"fields": {"monthly_interest": "800.00", "monthly_principal": "600.00", "closing_balance": "199400.00"}}
    values: dict[str, Any] = {
        "entity_slug": "spv",
        "period": PERIOD,
        "posting_date": date(2026, 3, 31),
        "rent_roll": spv.RentRoll.from_payload(roll, "doc-roll"),
        "bank_statement": spv.BankStatement.from_payload(statement, "doc-bank"),
        "invoices": [spv.SupplierInvoice.from_payload(invoice, "doc-invoice")],
        "loan": spv.LoanMonth.from_payload(loan, "doc-loan"),
    }
    return spv.PeriodInputs.model_validate(values | changes)


def close(month: spv.PeriodInputs, rules: spv.PropertySpvConfig):
    journals = spv.propose_period_journals(month, rules)
    closing = post_journals(opening(), journals, period=PERIOD).closing
    checks = spv.quality_checks(month, rules, opening=opening(), journals=journals, closing=closing)
    return journals, closing, {item.id: item for item in checks}


def test_a_month_closes_to_the_known_net_asset_value():
    journals, closing, checks = close(inputs(), config())
    assert [journal.kind for journal in journals] == [
        "rent-accrual",
        "operating-expenses",
        "management-fee",
        "loan-interest",
        "rent-receipts",
        "supplier-payments",
        "loan-payment",
        "other-bank",
    ]
    assert all(journal.is_balanced and journal.explanation for journal in journals)
    assert {item.status for item in checks.values()} == {"pass"}, checks
    # Fee: 8.5 % of 1500.00 received = 127.50, tax 25.50, not recoverable.
    # Result: 1950.55 rent - 360.00 repairs - 153.00 fee - 800.00 interest - 9.50 charges = 628.05.
    nav = compute_nav(closing, CLASSIFICATION, shares=1000, currency="GBP", rounding="ROUND_HALF_UP")
    assert nav.total_assets == D("9730.50") + D("1400.55") + D("500000.00")
    assert nav.total_liabilities == D("153.00") + D("199400.00")
    assert (nav.nav, nav.nav_per_share) == (D("311578.05"), D("311.5781"))
    assert nav.income - nav.expenses == D("628.05")
    assert sum(line.amount for line in nav.lines_of(nav.lines[0].account_class)) == nav.total_assets


def test_every_line_that_a_document_made_names_its_document_and_row():
    journals, _, _ = close(inputs(), config())
    by_kind = {journal.kind: journal for journal in journals}
    accrual = by_kind["rent-accrual"].lines[2]
    assert [(ref.document_ref, ref.row) for ref in accrual.source_refs] == [("doc-roll", "2")]
    paid = by_kind["supplier-payments"].lines[0]
    assert [(ref.document_ref, ref.row) for ref in paid.source_refs] == [("doc-bank", "3"), ("doc-invoice", "INV-2041")]
    assert all(line.source_refs for journal in journals for line in journal.lines)


def test_recoverable_tax_is_an_asset_and_not_a_cost():
    _, closing, _ = close(inputs(), config(tax_recoverable=True))
    assert closing.balance_of(CODES["vat_input"]) == D("85.50")
    assert closing.balance_of(CODES["repairs"]) == D("300.00")


def test_an_entry_that_nothing_explains_goes_to_suspense_and_fails_its_check():
    month = inputs()
    assert month.bank_statement is not None
    unknown = spv.BankEntry(date=date(2026, 3, 20), amount=D("12.34"), reference="refund?")
    statement = month.bank_statement
    changed = statement.model_copy(
        update={"entries": (*statement.entries, unknown), "closing": statement.closing + unknown.amount}
    )
    _, closing, checks = close(month.model_copy(update={"bank_statement": changed}), config())
    assert closing.balance_of(CODES["suspense"]) == D("-12.34")
    assert checks["bank_entries_explained"].status == "fail"
    assert checks["bank_reconciles"].status == "pass"
    without = {role: code for role, code in CODES.items() if role != "suspense"}
    with pytest.raises(spv.PropertySpvError):
        spv.propose_period_journals(month.model_copy(update={"bank_statement": changed}), config(gl_map=without))


def test_a_loan_payment_that_differs_from_the_agreement_is_not_split_by_guess():
    month = inputs()
    assert month.loan is not None
    month = month.model_copy(update={"loan": month.loan.model_copy(update={"principal": D("650.00")})})
    journals, closing, checks = close(month, config())
    assert "loan-payment" not in {journal.kind for journal in journals}
    assert closing.balance_of(CODES["suspense"]) == D("1400.00")
    assert (checks["bank_entries_explained"].status, checks["loan_balance_agrees"].status) == ("fail", "fail")


def test_rent_that_the_bank_did_not_receive_is_a_warning_with_both_figures():
    month = inputs()
    assert month.rent_roll is not None
    rows = month.rent_roll.rows
    changed = (rows[0], rows[1].model_copy(update={"rent_received": D("600.00")}))
    month = month.model_copy(update={"rent_roll": spv.RentRoll(rows=changed)})
    _, _, checks = close(month, config(management_fee=None))
    assert checks["bank_vs_rentroll_reconciles"].status == "warn"
    assert checks["bank_vs_rentroll_reconciles"].data == {
        "expected": "1600.00",
        "actual": "1500.00",
        "difference": "-100.00",
    }


def test_a_statement_that_does_not_add_up_fails_its_checks():
    month = inputs()
    assert month.bank_statement is not None
    off = month.bank_statement.model_copy(update={"closing": D("9730.51")})
    _, _, checks = close(month.model_copy(update={"bank_statement": off}), config())
    assert (checks["statement_adds_up"].status, checks["bank_reconciles"].status) == ("fail", "fail")


def test_checks_without_anything_to_compare_are_skipped_and_empty_books_never_pass():
    month = spv.PeriodInputs(entity_slug="spv", period=PERIOD, posting_date=date(2026, 3, 31))
    empty = TrialBalance(period=PERIOD)
    checks = spv.quality_checks(month, config(), opening=empty, journals=[], closing=empty)
    assert not [item for item in checks if item.status == "pass"]
    assert worst_of(checks) == "fail"
    assert worst_of([]) == "skipped"


def test_a_fee_on_rent_without_a_rent_roll_is_refused():
    with pytest.raises(spv.PropertySpvError):
        spv.propose_period_journals(inputs(rent_roll=None), config())


@pytest.mark.parametrize("field", ["bank_statement", "loan", "invoices"])
def test_a_document_in_another_currency_is_refused(field: str):
    document = getattr(inputs(), field)
    if field == "invoices":
        foreign: Any = (document[0].model_copy(update={"currency": "EUR"}),)
    else:
        foreign = document.model_copy(update={"currency": "EUR"})
    with pytest.raises(spv.PropertySpvError):
        spv.propose_period_journals(inputs().model_copy(update={field: foreign}), config())


def test_a_role_without_an_account_is_refused_by_name():
    without = {role: code for role, code in CODES.items() if role != "repairs"}
    with pytest.raises(spv.PropertySpvError):
        spv.propose_period_journals(inputs(), config(gl_map=without))


@pytest.mark.parametrize(
    "fee",
    [
        {"base": "fixed"},
        {"base": "rent_due", "amount": "5"},
        {"base": "fixed", "amount": "5", "rate": "0.1"},
        {"base": "fixed", "amount": 5.0},
    ],
)
def test_a_fee_needs_exactly_its_own_exact_measure(fee: dict[str, Any]):
    with pytest.raises(ValidationError):
        spv.ManagementFee.model_validate(fee)


def test_the_same_invoice_twice_is_refused():
    invoice = inputs().invoices[0]
    with pytest.raises(ValidationError):
        inputs(invoices=[invoice, invoice])


@pytest.mark.parametrize("tax_recoverable", [True, False])
def test_a_credit_note_takes_back_what_its_invoice_booked_and_its_refund_clears_the_payable(tax_recoverable: bool):
    head = {"issue_date": "2026-03-20", "seller": "Best Plumbing Ltd", "currency": "GBP"}
    amounts = {"tax_basis": "300.00", "tax_total": "60.00", "grand_total": "360.00"}
    invoice = spv.SupplierInvoice.from_payload({"number": "INV-2041", **head, **amounts}, "doc-invoice")
    credit = spv.SupplierInvoice.from_payload({"number": "CN-0088", "is_credit": True, **head, **amounts}, "doc-credit")
    entry = {"date": "2026-03-30", "amount": "360.00", "reference": "Refund CN-0088"}
    statement = {"currency": "GBP", "opening": "10000.00", "closing": "10360.00", "entries": [entry]}
    month = inputs(
        rent_roll=None,
        loan=None,
        invoices=[invoice, credit],
        bank_statement=spv.BankStatement.from_payload(statement, "doc-bank"),
    )
    rules = config(management_fee=None, tax_recoverable=tax_recoverable)
    journals, closing, checks = close(month, rules)
    assert closing.balance_of(CODES["repairs"]) == closing.balance_of(CODES["vat_input"]) == 0
    # The invoice is still to be paid, the credit note was paid back.
    assert closing.balance_of(CODES["accounts_payable"]) == D("-360.00")
    assert checks["bank_entries_explained"].status == "pass"
    assert {ref.document_ref for line in journals[-1].lines for ref in line.source_refs} == {"doc-bank", "doc-credit"}


def test_an_invoice_that_does_not_add_up_is_refused():
    payload = {"number": "1", "issue_date": "2026-03-05", "seller": "S", "currency": "GBP"}
    with pytest.raises(ValidationError):
        spv.SupplierInvoice.from_payload({**payload, "net": "1.00", "tax": "0.20", "gross": "1.21"}, "doc")


def test_posting_refuses_what_does_not_fit_the_books():
    good = spv.propose_period_journals(inputs(), config())[0]
    lines = opening().lines
    for books, journal in [
        (opening().model_copy(update={"lines": [*lines, TBLine(account_code="9", debit=D(1))]}), good),
        (opening(), good.model_copy(update={"lines": good.lines[:1]})),
        (opening(), good.model_copy(update={"lines": []})),
        (opening(), good.model_copy(update={"period": "2026-04"})),
        (opening(), good.model_copy(update={"entity_slug": "other"})),
        (opening(), good.model_copy(update={"currency": "EUR"})),
    ]:
        with pytest.raises(PostingError):
            post_journals(books, [journal], period=PERIOD)


def test_posting_to_an_account_that_the_chart_lacks_or_has_closed_is_refused():
    journal = spv.propose_period_journals(inputs(), config())[0]
    accounts = [Account(code="1100", name="Rent receivable", type="asset")]
    for chart in (accounts, [*accounts, Account(code="4000", name="Rent", type="income", is_active=False)]):
        with pytest.raises(PostingError):
            post_journals(opening(), [journal], period=PERIOD, chart=ChartOfAccounts(accounts=chart))
    chart = ChartOfAccounts(accounts=[*accounts, Account(code="4000", name="Rent", type="Revenue")])
    posted = post_journals(opening(), [journal], period=PERIOD, chart=chart).closing
    assert [line.account_name for line in posted.lines if line.account_code == "4000"] == ["Rent"]
    assert Classification.of({}, chart).class_of("4000") == "income"


def test_net_asset_value_names_every_account_without_a_class():
    with pytest.raises(ClassificationError) as caught:
        compute_nav(opening(), Classification.of({}), shares=1, currency="GBP", rounding="ROUND_HALF_UP")
    assert all(line.account_code in str(caught.value) for line in opening().lines)
    with pytest.raises(ClassificationError):
        Classification.of({"1": "assets!"})


@pytest.mark.parametrize(("shares", "currency"), [(0, "GBP"), (-1, "GBP"), (1, "EUR")])
def test_net_asset_value_refuses_no_shares_and_another_currency(shares: int, currency: str):
    with pytest.raises(NavError):
        compute_nav(opening(), CLASSIFICATION, shares=shares, currency=currency, rounding="ROUND_HALF_UP")


cents = st.integers(min_value=1, max_value=10**12)
accounts = st.sampled_from(sorted(CODES.values()))


@st.composite
def balanced_journals(draw: st.DrawFn) -> list[JournalEntry]:
    journals = []
    for _ in range(draw(st.integers(0, 5))):
        amounts = draw(st.lists(cents, min_size=1, max_size=5))
        lines = [JournalLine(account_code=draw(accounts), debit=D(amount).scaleb(-2)) for amount in amounts]
        lines.append(JournalLine(account_code=draw(accounts), credit=D(sum(amounts)).scaleb(-2)))
        journals.append(JournalEntry(entity_slug="spv", period=PERIOD, lines=lines))
    return journals


@given(balanced_journals(), st.integers(1, 10**9))
def test_any_balanced_journals_keep_the_books_balanced_and_the_value_equal_on_both_sides(
    journals: list[JournalEntry], shares: int
):
    posting = post_journals(opening(), journals, period=PERIOD)
    assert posting.closing.is_balanced
    # The oracle counts whole cents.
    moved: dict[str, int] = {}
    for line in (line for journal in journals for line in journal.lines):
        moved[line.account_code] = moved.get(line.account_code, 0) + int(line.debit * 100) - int(line.credit * 100)
    for movement in posting.movements:
        assert int((movement.closing - movement.opening) * 100) == moved.get(movement.account_code, 0)
    nav = compute_nav(posting.closing, CLASSIFICATION, shares=shares, currency="GBP", rounding="ROUND_HALF_EVEN")
    assert nav.nav == nav.equity + nav.income - nav.expenses == nav.total_assets - nav.total_liabilities
    assert abs(nav.nav_per_share * shares - nav.nav) * 2 <= D(shares).scaleb(-4)


@given(st.lists(st.tuples(cents, st.integers(0, 100)), min_size=1, max_size=20), st.integers(0, 10_000))
def test_the_fee_is_rounded_once_as_whole_cents_say(units: list[tuple[int, int]], basis_points: int):
    rows = [
        {"unit": str(number), "rent_due": f"{D(rent).scaleb(-2)}", "received": "0"}
        for number, (rent, _) in enumerate(units)
    ]
    month = inputs(rent_roll=spv.RentRoll.from_payload({"rows": rows}, "doc"), bank_statement=None, loan=None)
    fee = {"base": "rent_due", "rate": f"{D(basis_points).scaleb(-4)}"}
    journals = {item.kind: item for item in spv.propose_period_journals(month, config(management_fee=fee))}
    rent = sum(rent for rent, _ in units)
    assert journals["rent-accrual"].total_dr == journals["rent-accrual"].total_cr == D(rent).scaleb(-2)
    expected = (rent * basis_points * 2 + 10_000) // 20_000  # half up, in cents
    accrued = journals["management-fee"].total_cr if "management-fee" in journals else D(0)
    assert accrued == D(expected).scaleb(-2)


def with_entries(month: spv.PeriodInputs, *entries: tuple[str, str]) -> spv.PeriodInputs:
    assert month.bank_statement is not None
    added = tuple(
        spv.BankEntry(date=date(2026, 3, 30), amount=D(amount), reference=reference) for amount, reference in entries
    )
    statement = month.bank_statement
    closing = statement.closing + sum((entry.amount for entry in added), D(0))
    changed = statement.model_copy(update={"entries": (*statement.entries, *added), "closing": closing})
    return month.model_copy(update={"bank_statement": changed})


def test_an_invoice_or_the_loan_paid_again_goes_to_suspense():
    month = with_entries(inputs(), ("-360.00", "INV-2041 again"), ("-1400.00", "LOAN 77 again"))
    _, closing, checks = close(month, config())
    assert closing.balance_of(CODES["suspense"]) == D("1760.00")
    assert checks["bank_entries_explained"].data == {"entries": "7", "unexplained": "2", "amount": "1760.00"}
    assert checks["loan_balance_agrees"].status == "pass"


def test_a_payment_that_names_an_invoice_but_not_its_amount_goes_to_suspense():
    _, closing, _ = close(with_entries(inputs(), ("-100.00", "INV-2041 part")), config())
    assert closing.balance_of(CODES["suspense"]) == D("100.00")


def test_a_loan_is_recognised_by_its_own_reference_and_refused_without_an_agreement():
    month = inputs()
    assert month.loan is not None
    named = month.model_copy(update={"loan": month.loan.model_copy(update={"reference": "loan 77 march"})})
    _, _, checks = close(named, config(bank_rules=[{"contains": "charge", "role": "bank_charges"}]))
    assert checks["bank_entries_explained"].status == "pass"
    without, _, _ = close(month.model_copy(update={"loan": None}), config())
    assert any("no loan agreement" in text for journal in without for text in journal.explanation)


def test_one_payment_of_a_tenant_of_two_units_names_both():
    roll = {"rows": [{"unit": unit, "tenant": "Anna Bell", "rent_due": "5", "received": "5"} for unit in "ab"]}
    month = with_entries(inputs(rent_roll=spv.RentRoll.from_payload(roll, "roll")), ("10.00", "Anna Bell both"))
    journals = {journal.kind: journal for journal in spv.propose_period_journals(month, config())}
    assert [ref.row for ref in journals["rent-receipts"].lines[-1].source_refs] == ["1", "2"]


def test_an_entry_allocated_by_rule_still_names_the_invoice_or_unit_that_its_text_names():
    rules = [
        {"contains": "INV", "role": "accounts_payable", "direction": "out"},
        {"contains": "RENT", "role": "rent_receivable"},
        {"contains": "LOAN", "role": "loan_payment"},
        {"contains": "charge", "role": "bank_charges"},
    ]
    month = with_entries(inputs(), ("-360.00", "INV-2041 again"), ("-50.00", "INV-1999 of last month"))
    journals, closing, _ = close(month, config(bank_rules=rules))
    by_kind = {journal.kind: journal for journal in journals}
    assert [ref.document_ref for ref in by_kind["rent-receipts"].lines[1].source_refs] == ["doc-bank", "doc-roll"]
    assert [ref.document_ref for ref in by_kind["supplier-payments"].lines[0].source_refs] == [
        "doc-bank",
        "doc-invoice",
    ]
    assert by_kind["supplier-payments"].total_dr == D("410.00")
    assert closing.balance_of(CODES["suspense"]) == D("360.00")
    assert spv.propose_period_journals(inputs(rent_roll=None), config(bank_rules=rules, management_fee=None))


def test_a_fixed_fee_is_accrued_as_it_stands_and_a_figure_with_too_many_places_is_refused():
    fee = {"base": "fixed", "amount": "250.00"}
    journals = {item.kind: item for item in spv.propose_period_journals(inputs(), config(management_fee=fee))}
    assert journals["management-fee"].total_cr == D("250.00")
    with pytest.raises(spv.PropertySpvError):
        spv.propose_period_journals(inputs(), config(management_fee=fee | {"amount": "250.001"}))


def test_a_month_whose_entries_are_all_explained_needs_no_suspense_account():
    without = {role: code for role, code in CODES.items() if role != "suspense"}
    assert len(spv.propose_period_journals(inputs(), config(gl_map=without))) == 8


def test_a_bank_rule_cannot_name_the_bank_itself():
    with pytest.raises(ValidationError):
        spv.BankRule(contains="transfer", role="bank")


def test_whether_a_statement_reconciles_is_told_by_its_entries():
    month = inputs()
    assert month.bank_statement is not None
    assert month.bank_statement.reconciles
    assert not month.bank_statement.model_copy(update={"opening": D(0)}).reconciles


def test_books_that_do_not_hold_together_have_no_net_asset_value():
    nav = compute_nav(opening(), CLASSIFICATION, shares="1000", currency="GBP", rounding="ROUND_DOWN")
    with pytest.raises(NavError):
        nav.model_copy(update={"equity": D(0)}).checked()
    one_sided = opening().model_copy(update={"lines": opening().lines[:1]})
    with pytest.raises(NavError):
        compute_nav(one_sided, CLASSIFICATION, shares=1, currency="GBP", rounding="ROUND_DOWN")
    with pytest.raises(ClassificationError):
        CLASSIFICATION.class_of("9999")


def test_an_account_that_moved_without_a_journal_is_found():
    journals, closing, _ = close(inputs(), config())
    lines = [
        line.model_copy(update={"debit": line.debit + 1}) if line.account_code in {"1000", "1100"} else line
        for line in closing.lines
    ]
    moved = closing.model_copy(update={"lines": lines})
    items = spv.quality_checks(inputs(), config(), opening=opening(), journals=journals, closing=moved)
    (found,) = [item for item in items if item.id == "account_movements"]
    assert (found.status, found.data["unexplained"]) == ("fail", "2")
