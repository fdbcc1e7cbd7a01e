"""The tenant's own ledger as a provider: posted once, balanced, final, and read back."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ntro import data
from ntro.capabilities import gl
from ntro.capabilities.gl import models
from ntro.capabilities.gl._internal import documents
from ntro.subledger.proposals import JournalProposal, make_idempotency_key
from ntro.subledger.types.expenses import ExpenseRow
from ntro.subledger.types.journal_proposals import JournalProposalRow

ENTITY, TASK = uuid4(), uuid4()
ACCOUNTS = {"accounts_payable": "2100", "accounts_receivable": "1100", "vat_input": "2200", "vat_output": "2210"}
TENANT: dict[str, Any] = {
    "gl": {"provider": "internal", "options": {"accounts": ACCOUNTS}},
    "books": {"currency": "GBP", "gl_map": {"vat_input": "9999"}},
    "chart": [{"code": "5100", "name": "Travel", "type": "Expense"}, {"code": "2100", "name": "Payables"}],
}


@pytest.fixture
def own_db(data_plane: data.DataPlane) -> data.DataPlane:
    return data_plane


@pytest.fixture
async def own(own_db: data.DataPlane) -> gl.GLProvider:
    return await gl.for_entity(ENTITY, tenant_config=TENANT)


def key(name: str = "expenses") -> str:
    return make_idempotency_key(subledger_type=name, task_id=TASK, row_id=uuid4())


def lines(*sides: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [
        {"type": side, "ledger_account": {"nominal_code": code}, "total_amount": amount} for side, code, amount in sides
    ]


def entry(**changes: Any) -> dict[str, Any]:
    given = {
        "memo": "Rent",
        "posted_at": datetime(2026, 3, 31, tzinfo=UTC),
        "currency": "GBP",
        "line_items": lines(("Debit", "1000", "10.01"), ("Credit", "4000", "10.01")),
    }
    return given | changes


async def test_approved_rows_are_posted_once_and_read_back(own: gl.GLProvider, own_db: data.DataPlane):
    journal_lines = [{"account_code": "1000", "debit": "10.01"}, {"account_code": "4000", "credit": "10.01"}]
    row = JournalProposalRow(
        entity_id=ENTITY, period="2026-03", task_id=TASK, status="APPROVED", lines=journal_lines, description="Rent"
    )
    proposal = JournalProposalRow.propose_for_gl([row], task_id=TASK)
    assert isinstance(proposal, JournalProposal)
    first = await own.journal_entries.create(proposal, external_id=proposal.idempotency_key)
    again = await own.journal_entries.create(proposal, external_id=proposal.idempotency_key)
    assert (first.item_id, first.success) == (again.item_id, True)
    found = await own.journal_entries.find_by_external_id(proposal.idempotency_key)
    assert isinstance(found, models.JournalEntry)
    assert [(line.type, line.total_amount) for line in found.line_items] == [
        ("Debit", Decimal("10.0100")),
        ("Credit", Decimal("10.0100")),
    ]
    assert await own.journal_entries.get(str(first.item_id)) == found
    assert await own.journal_entries.list(period="2026-03") == [found]
    assert await own.journal_entries.list(period="2026-04") == []
    assert await own.journal_entries.find_by_external_id("other") is None
    assert [row["task_id"] for row in await own_db.fetch("select task_id from ledgers.journals")] == [TASK]


async def test_the_same_key_for_another_journal_is_a_conflict_and_a_journal_is_final(own: gl.GLProvider):
    used = key("journal_proposals")
    created = await own.journal_entries.create(entry(), external_id=used)
    other = entry(line_items=lines(("Debit", "1000", "10.02"), ("Credit", "4000", "10.02")))
    for wrong in (other, entry(memo="Else"), entry(currency="EUR")):
        with pytest.raises(gl.IdempotencyConflictError):
            await own.journal_entries.create(wrong, external_id=used)
    with pytest.raises(gl.ValidationFailedError):
        await own.journal_entries.update(str(created.item_id), {"memo": "x"})


@pytest.mark.parametrize(
    "changes",
    [
        {"posted_at": None},
        {"line_items": []},
        {"line_items": lines(("Debit", "1000", "1.00"), ("Credit", "4000", "1.01"))},
        {"line_items": lines(("Debit", "", "1.00"), ("Credit", "4000", "1.00"))},
        {"line_items": lines(("Debit", "1000", "-1.00"), ("Credit", "4000", "-1.00"))},
        {"line_items": [{"type": "Left", "total_amount": "1"}]},
    ],
)
async def test_a_journal_that_is_not_whole_is_refused(own: gl.GLProvider, changes: dict[str, Any]):
    with pytest.raises(gl.ValidationFailedError):
        await own.journal_entries.create(entry(**changes), external_id=key())
    assert await own.journal_entries.list() == []


async def test_a_key_without_a_task_and_a_signed_period_are_refused(own: gl.GLProvider, own_db: data.DataPlane):
    with pytest.raises(gl.ValidationFailedError):
        await own.journal_entries.create(entry(), external_id="no task")
    await own_db.execute(
        "insert into ledgers.periods (entity_id, entity_slug, period, status) values ($1, 'spv', '2026-03', $2)",
        ENTITY,
        "SIGNED_OFF",
    )
    with pytest.raises(gl.ValidationFailedError):
        await own.journal_entries.create(entry(), external_id=key())


async def test_an_approved_expense_is_a_bill_with_its_journal(own: gl.GLProvider, own_db: data.DataPlane):
    row = ExpenseRow.model_validate(
        {
            "entity_id": ENTITY,
            "period": "2026-03",
            "task_id": TASK,
            "status": "APPROVED",
            "event_id": uuid4(),
            "vendor": "Cab Ltd",
            "amount_gross": "120.00",
            "vat_amount": "20.00",
            "currency": "GBP",
            "expense_date": "2026-03-05",
            "line_items": [{"description": "Taxi", "amount": "100.00", "account_code": "5100"}],
        }
    )
    (proposed,) = ExpenseRow.propose_for_gl([row], task_id=TASK)
    for _ in range(2):
        created = await own.bills.create(proposed, external_id=proposed.idempotency_key)
    posted = await own_db.fetch("select account_code, debit, credit from ledgers.journal_lines order by line_number")
    assert [(line["account_code"], line["debit"], line["credit"]) for line in posted] == [
        ("5100", Decimal(100), 0),
        ("2200", Decimal(20), 0),
        ("2100", 0, Decimal(120)),
    ]
    found = await own.bills.get(str(created.item_id))
    assert isinstance(found, models.Bill)
    assert (found.total, found.reference, found.id) == (Decimal("120.00"), proposed.idempotency_key, created.item_id)
    assert await own.bills.list(currency="GBP") == [found]
    assert await own.bills.list(currency="EUR") == []
    with pytest.raises(gl.IdempotencyConflictError):
        await own.bills.create(proposed.model_copy(update={"notes": "x"}), external_id=proposed.idempotency_key)
    with pytest.raises(gl.ValidationFailedError):
        await own.bills.update(str(created.item_id), {"notes": "x"})


async def test_invoices_and_expenses_post_their_journals(own: gl.GLProvider, own_db: data.DataPlane):
    line = {"ledger_account": {"nominal_code": "4000"}, "total_amount": "100.00"}
    await own.invoices.create(
        {
            "customer": {"display_name": "Tenant"},
            "invoice_date": date(2026, 3, 1),
            "total": "120.00",
            "total_tax": "20.00",
            "line_items": [line],
        },
        external_id=key("invoices"),
    )
    spent = {"account": {"nominal_code": "1000"}, "transaction_date": date(2026, 3, 2), "line_items": [line]}
    await own.expenses.create(spent, external_id=key("spent"))
    rows = await own_db.fetch(
        """select l.account_code, sum(l.debit) as debit, sum(l.credit) as credit
           from ledgers.journal_lines l group by 1 order by 1"""
    )
    assert [(row["account_code"], row["debit"], row["credit"]) for row in rows] == [
        ("1000", 0, 100),
        ("1100", 120, 0),
        ("2210", 0, 20),
        ("4000", 100, 100),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"bill_date": None},
        {"line_items": []},
        {"total": "99.00"},
        {"total": "120.00", "total_tax": "10.00"},
        {"total": 1.5},
        {"line_items": [{"total_amount": "100.00", "ledger_account": {}}]},
    ],
)
async def test_a_bill_that_does_not_add_up_is_refused(own: gl.GLProvider, changes: dict[str, Any]):
    line = {"ledger_account": {"nominal_code": "5100"}, "total_amount": "100.00"}
    bill = {"bill_date": date(2026, 3, 1), "total": "100.00", "line_items": [line]} | changes
    with pytest.raises((gl.ValidationFailedError, ValueError)):
        await own.bills.create(bill, external_id=key())
    assert await own.bills.list() == []


async def test_roles_and_currency_have_to_be_configured(own_db: data.DataPlane):
    bare = await gl.for_entity(ENTITY, tenant_config={"gl": {"provider": "internal"}})
    line = {"ledger_account": {"nominal_code": "5100"}, "total_amount": "1"}
    bill = {"bill_date": date(2026, 3, 1), "currency": "GBP", "line_items": [line]}
    with pytest.raises(gl.ValidationFailedError):
        await bare.bills.create(bill, external_id=key())
    with pytest.raises(gl.ValidationFailedError):
        await bare.journal_entries.create(entry(currency=None), external_id=key())


async def test_parties_are_kept_and_changed_and_accounts_are_read(own: gl.GLProvider, monkeypatch: pytest.MonkeyPatch):
    created = await own.suppliers.create({"display_name": "Cab Ltd"}, external_id=key("suppliers"))
    changed = await own.suppliers.update(str(created.item_id), {"tax_number": "GB1"})
    assert isinstance(changed, models.Supplier)
    assert (changed.display_name, changed.tax_number) == ("Cab Ltd", "GB1")
    assert [account.name for account in await own.chart_of_accounts.list(nominal_code="5100")] == ["Travel"]
    assert (await own.chart_of_accounts.get("2100")).model_dump()["name"] == "Payables"
    for call in (own.chart_of_accounts.get("1"), own.suppliers.get(str(uuid4())), own.journal_entries.get("x")):
        with pytest.raises(gl.ValidationFailedError):
            await call
    with pytest.raises(gl.ValidationFailedError):
        await own.journal_entries.list(status="posted")
    monkeypatch.setattr(documents, "MAX_LISTED", 0)
    with pytest.raises(gl.ValidationFailedError):
        await own.suppliers.list()


async def test_the_trial_balance_is_the_last_one_kept_and_the_journals_since(
    own: gl.GLProvider, own_db: data.DataPlane
):
    with pytest.raises(gl.ValidationFailedError):
        await own.trial_balance.get(period="2026-03")
    await own.journal_entries.create(entry(), external_id=key())
    balance = await own.trial_balance.get(period="2026-03")
    assert balance.is_balanced
    await keep(own_db, "2026-02", "closing", "100.00")
    balance = await own.trial_balance.get(period="2026-03")
    assert (balance.balance_of("1000"), balance.balance_of("4000")) == (Decimal("110.01"), Decimal("-110.01"))
    assert (await own.trial_balance.get(period="2026-02")).balance_of("1000") == Decimal(100)
    await keep(own_db, "2026-03", "opening", "200.00")
    assert (await own.trial_balance.get(period="2026-03")).balance_of("1000") == Decimal("210.01")
    await keep(own_db, "2026-03", "closing", "300.00")
    assert (await own.trial_balance.get(period="2026-03")).balance_of("1000") == Decimal(300)
    euros = entry(currency="EUR", posted_at=datetime(2026, 4, 1, tzinfo=UTC))
    await own.journal_entries.create(euros, external_id=key())
    with pytest.raises(gl.ValidationFailedError):
        await own.trial_balance.get(period="2026-04")


async def keep(db: data.DataPlane, period: str, kind: str, amount: str) -> UUID:
    rows = [{"account_code": "1000", "debit": amount}, {"account_code": "4000", "credit": amount}]
    row = await db.fetchrow(
        """insert into ledgers.trial_balances (entity_id, period, kind, currency, lines, task_id)
           values ($1, $2, $3, 'GBP', $4, $5) returning id""",
        ENTITY,
        period,
        kind,
        rows,
        uuid4(),
    )
    assert row is not None
    found: UUID = row["id"]
    return found
