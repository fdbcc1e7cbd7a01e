"""What every month of a property company shares: committed documents, standing journals, corrections by line."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from ntro.accounting.journal_review import corrected_journals, journal_rows
from ntro.accounting.journals import CorrectionError, JournalProposal
from ntro.accounting.models import Account, ChartOfAccounts
from ntro.accounting.property_spv import CommittedDocument, PropertySpvError, opening_balance, period_inputs
from ntro.accounting.property_spv.month import check_cut_off
from ntro.accounting.standing import StandingJournal

MONTH: dict[str, Any] = {"entity_slug": "spv", "period": "2026-02", "currency": "GBP"}
STANDING = {
    "description": "Insurance",
    "lines": [{"account_code": "5000", "debit": "9.99"}, {"account_code": "1300", "credit": "9.99"}],
}


def document(schema: str, source: str = "slot", **payload: Any) -> CommittedDocument:
    return CommittedDocument(source, schema, "doc:1", payload)


def invoice(**fields: Any) -> CommittedDocument:
    given = {"number": "1", "seller": "Acme", "issue_date": "2026-02-10", "currency": "GBP"}
    amounts = {"tax_basis": "10.00", "tax_total": "2.00", "grand_total": "12.00"}
    return document("invoice", fields=given | amounts | fields)


def standing() -> JournalProposal:
    month = {"entity_slug": "spv", "period": "2026-02", "posting_date": date(2026, 2, 28), "currency": "GBP"}
    return StandingJournal.model_validate(STANDING).for_month(**month)


def test_the_opening_balance_is_the_one_committed_trial_balance():
    rows = [{"account_code": "1", "debit": "5"}, {"account_code": "2", "credit": "5"}]
    balance = document("trial-balance-x", line_items=rows, fields={"currency": "EUR"})
    assert opening_balance([balance], **MONTH).currency == "EUR"
    for documents in ([], [balance, balance]):
        with pytest.raises(PropertySpvError):
            opening_balance(documents, **MONTH)


def test_an_invoice_over_a_negative_total_is_a_credit_note():
    negative = {"tax_basis": "-10.00", "tax_total": "-2.00", "grand_total": "-12.00"}
    inputs = period_inputs([invoice(), invoice(number="2", **negative), invoice(number="3", type_code="381")], **MONTH)
    assert [(item.is_credit, item.gross) for item in inputs.invoices] == [
        (False, Decimal("12.00")),
        (True, Decimal("12.00")),
        (True, Decimal("12.00")),
    ]
    assert inputs.posting_date == date(2026, 2, 28)


def test_the_repayment_of_a_loan_is_not_its_principal():
    fields = {"lender": "Bank", "principal": "900000", "monthly_interest": "10.00", "monthly_principal": "5.00"}
    loan = period_inputs([document("loan-agreement", fields=fields)], **MONTH).loan
    assert loan is not None
    assert loan.payment == Decimal("15.00")


def test_a_document_that_cannot_be_used_is_named():
    with pytest.raises(PropertySpvError, match="slot"):
        period_inputs([document("bank-statement", fields={"currency": "GBP"})], **MONTH)
    with pytest.raises(PropertySpvError):
        period_inputs([document("bank-statement", fields={"statements": [{}, {}]})], **MONTH)


def test_documents_of_another_month_are_noticed():
    assert check_cut_off(period_inputs([], **MONTH)).status == "skipped"
    assert check_cut_off(period_inputs([invoice()], **MONTH)).status == "pass"
    assert check_cut_off(period_inputs([invoice(issue_date="2026-03-01")], **MONTH)).status == "warn"


def test_a_standing_journal_is_of_its_month_and_has_one_side_a_line():
    journal = standing()
    assert (journal.is_balanced, journal.description, journal.kind) == (True, "Insurance 2026-02", "standing")
    both = StandingJournal.model_validate(STANDING | {"lines": [{"account_code": "1"}, {"account_code": "2"}]})
    with pytest.raises(ValidationError):
        both.for_month(entity_slug="spv", period="2026-02", posting_date=date(2026, 2, 28), currency="GBP")


def test_lines_are_corrected_by_the_ids_they_are_shown_under():
    chart = ChartOfAccounts(accounts=[Account(code="5000", name="Insurance")])
    rows = journal_rows([standing()], chart)
    assert [(row["id"], row["account_name"]) for row in rows] == [("0:0", "Insurance"), ("0:1", "")]
    cells = [
        {"line_item_id": "0:0", "field": "debit", "new_value": "8.00"},
        {"id": "0:1", "field": "credit", "new_value": "8.00"},
    ]
    (journal,) = corrected_journals([standing()], cells, places=2, actor="anna")
    assert journal.total_dr == journal.total_cr == Decimal("8.00")
    assert len(journal.explanation) == 3


@pytest.mark.parametrize(
    ("line", "value"), [("0:0", "8.00"), ("0:0", "9.991"), ("1:0", "9.99"), ("0:9", "9.99"), ("", "1"), ("²:0", "1")]
)
def test_a_correction_that_does_not_fit_is_refused(line: str, value: str):
    cells = [{"line_item_id": line, "field": "debit", "new_value": value}]
    if value == "9.991":
        cells.append({"line_item_id": "0:1", "field": "credit", "new_value": value})
    with pytest.raises(CorrectionError):
        corrected_journals([standing()], cells, places=2, actor=None)
