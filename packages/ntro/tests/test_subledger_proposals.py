"""What subledgers propose to a general ledger."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from ntro.subledger.proposals import make_idempotency_key
from ntro.subledger.types.expenses import ExpenseRow
from ntro.subledger.types.journal_proposals import JournalProposalRow

ENTITY, TASK = uuid4(), uuid4()
BLOCK = {"entity_id": ENTITY, "task_id": TASK, "period": "2026-02", "status": "APPROVED"}


def expense(**fields: Any) -> ExpenseRow:
    given = {"event_id": uuid4(), "vendor": "Acme", "amount_gross": "12.34", "currency": "GBP", "category": "5100"}
    return ExpenseRow.model_validate(BLOCK | given | fields)


def journal(**fields: Any) -> JournalProposalRow:
    lines = [
        {"account_code": "5100", "description": "a", "debit": "10.00", "tax_code": "NO_VAT"},
        {"account_code": "2100", "description": "b", "credit": "10.00"},
    ]
    return JournalProposalRow.model_validate(
        BLOCK | {"lines": lines, "currency": "GBP", "description": "memo"} | fields
    )


def test_an_approved_expense_is_one_bill_with_exact_amounts():
    row = expense(vat_amount="2.05", expense_date="2026-02-03", notes="n")
    (bill,) = ExpenseRow.propose_for_gl([row], task_id=TASK)
    assert (bill.total, bill.total_tax) == (Decimal("12.34"), Decimal("2.05"))
    assert (bill.bill_date, bill.due_date) == (date(2026, 2, 3), date(2026, 2, 3))
    assert (bill.supplier.display_name, bill.source_row_ids) == ("Acme", [row.id])
    assert [(line.total_amount, line.ledger_account.nominal_code) for line in bill.line_items] == [
        (Decimal("12.34"), "5100")
    ]
    assert bill.idempotency_key == f"expenses:{TASK}:{row.id}"


def test_a_category_is_mapped_to_its_account():
    (bill,) = ExpenseRow.propose_for_gl([expense(category="travel")], task_id=TASK, accounts={"travel": "5600"})
    assert bill.line_items[0].ledger_account.nominal_code == "5600"


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "PENDING"},
        {"category": "travel"},
        {"category": None},
        {"line_items": [{"description": "x", "amount": "12.33", "account_code": "5100"}]},
        {"line_items": [{"description": "x", "amount": "12.34", "account_code": "taxi fares"}]},
    ],
)
def test_an_expense_that_cannot_be_posted_right_is_refused(fields: dict[str, Any]):
    with pytest.raises(ValueError):
        ExpenseRow.propose_for_gl([expense(**fields)], task_id=TASK)


def test_lines_of_an_expense_may_be_net_of_its_tax():
    lines = [{"description": "x", "amount": "10.00", "account_code": "5100"}, {"amount": "0.29"}]
    (bill,) = ExpenseRow.propose_for_gl([expense(line_items=lines, vat_amount="2.05")], task_id=TASK)
    assert [line.ledger_account.nominal_code for line in bill.line_items] == ["5100", "5100"]


def test_nothing_cannot_be_proposed():
    with pytest.raises(ValueError):
        ExpenseRow.propose_for_gl([], task_id=TASK)
    with pytest.raises(ValueError):
        JournalProposalRow.propose_for_gl([], task_id=TASK)


def test_approved_journals_are_one_entry_that_keeps_tax_codes():
    rows = [journal(posting_date="2026-02-14"), journal()]
    entry = JournalProposalRow.propose_for_gl(rows, task_id=TASK)
    assert [line.type for line in entry.line_items] == ["Debit", "Credit"] * 2
    assert sum(line.total_amount for line in entry.line_items) == Decimal("40.00")
    assert entry.line_items[0].tax_rate is not None
    assert entry.line_items[0].tax_rate.code == "NO_VAT"
    assert entry.line_items[1].tax_rate is None
    assert (entry.posted_at, entry.currency, entry.memo) == (datetime(2026, 2, 14, tzinfo=UTC), "GBP", "memo")


def test_without_a_posting_date_a_journal_is_of_the_last_day_of_its_period():
    entry = JournalProposalRow.propose_for_gl([journal()], task_id=TASK)
    assert entry.posted_at == datetime(2026, 2, 28, tzinfo=UTC)


def test_the_key_of_an_entry_is_of_all_its_rows():
    first, second, third = journal(), journal(), journal()
    one = JournalProposalRow.propose_for_gl([first], task_id=TASK)
    assert one.idempotency_key == f"journal_proposals:{TASK}:{first.id}"
    both = JournalProposalRow.propose_for_gl([first, second], task_id=TASK).idempotency_key
    others = JournalProposalRow.propose_for_gl([first, third], task_id=TASK).idempotency_key
    assert len({one.idempotency_key, both, others}) == 3


@pytest.mark.parametrize("fields", [{"status": "PENDING"}, {"currency": "EUR"}])
def test_journals_that_do_not_belong_together_are_refused(fields: dict[str, Any]):
    with pytest.raises(ValueError):
        JournalProposalRow.propose_for_gl([journal(), journal(**fields)], task_id=TASK)


def test_a_key_names_type_task_row_and_part():
    assert make_idempotency_key(subledger_type="a", task_id="t", row_id="r") == "a:t:r"
    assert make_idempotency_key(subledger_type="a", task_id="t", row_id="r", suffix="1") == "a:t:r:1"
