"""The pure rules of expenses, and the activities tried again."""

from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from ntro import data, subledger
from ntro.subledger.types.expense_columns import problem

Modules = Callable[[str], ModuleType]
TOLERANT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
CENTS = st.decimals(min_value="0.01", max_value="9999999", places=2)


def review_row(modules: Modules, **fields: Any) -> Any:
    given_fields = {"id": uuid4(), "status": "PENDING", "vendor": "Acme", "currency": "GBP", "category": "travel"}
    return modules("models").ReviewRow.model_validate(given_fields | {"amount_gross": "10.00"} | fields)


def context_of(modules: Modules, given_context: dict[str, Any], **changes: Any) -> Any:
    books = given_context["books"] | changes.pop("books", {})
    return modules("models").ExpenseProcessorContext.model_validate(given_context | {"books": books} | changes)


@TOLERANT
@given(gross=CENTS, share=st.integers(0, 100), recoverable=st.booleans())
def test_the_journal_of_an_expense_balances_to_the_penny(
    expense_modules: Modules, expense_context: dict[str, Any], gross: Decimal, share: int, recoverable: bool
):
    tax = (gross * share / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    context = context_of(expense_modules, expense_context, books={"tax_recoverable": recoverable})
    row = review_row(expense_modules, amount_gross=gross, vat_amount=tax)
    journal = expense_modules("accounts").journal_of(row, context)
    assert journal.is_balanced
    assert journal.total_cr == gross
    claimed = [line.debit for line in journal.lines if line.account_code == "1400"]
    assert claimed == ([tax] if recoverable and tax else [])


@pytest.mark.parametrize(
    ("day", "posted"), [("2026-03-04", "2026-03-04"), ("2026-02-28", "2026-03-31"), (None, "2026-03-31")]
)
def test_an_expense_is_posted_in_its_period(
    expense_modules: Modules, expense_context: dict[str, Any], day: str | None, posted: str
):
    row = review_row(expense_modules, expense_date=day)
    assert expense_modules("accounts").posting_date(row, "2026-03").isoformat() == posted


@pytest.mark.parametrize(
    ("row", "context"),
    [
        ({"category": None}, {}),
        ({"category": "bank"}, {}),
        ({"currency": "EUR"}, {}),
        ({}, {"chart": [{"code": "2100", "name": "Payables", "type": "liability"}]}),
        ({}, {"books": {"gl_map": {}}}),
        ({"vat_amount": "1"}, {"books": {"tax_recoverable": True, "gl_map": {"accounts_payable": "2100"}}}),
    ],
)
def test_what_has_no_place_in_the_books_is_not_posted(
    expense_modules: Modules, expense_context: dict[str, Any], row: dict[str, Any], context: dict[str, Any]
):
    configured = context_of(expense_modules, expense_context, **context)
    accounts = expense_modules("accounts")
    assert accounts.open_points(review_row(expense_modules, **row), configured)
    with pytest.raises(ValueError):
        accounts.journal_of(review_row(expense_modules, **row), configured)


@TOLERANT
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["Acme", " acme", "Other"]), st.sampled_from(["1", "1.00", "2"]), st.booleans())
    )
)
def test_of_rows_that_are_the_same_all_but_the_first_are_flagged(
    expense_modules: Modules, expense_context: dict[str, Any], rows: list[tuple[str, str, bool]]
):
    module, context = expense_modules("rows"), context_of(expense_modules, expense_context)
    values = [{"vendor": vendor, "amount": amount, "date": "2026-03-01"} for vendor, amount, _ in rows]
    read = [module.typed(uuid4(), row, row, context) for row in values]
    flagged = module.flag_duplicates(read, set())
    kept = [row.key for row in flagged if not row.errors]
    assert len(kept) == len(set(kept)) == len({row.key for row in read})
    assert all(row.errors for row in module.flag_duplicates(read, {row.key for row in read}))


def test_data_are_rows_however_they_come(expense_modules: Modules):
    rows_of = expense_modules("rows").rows_of
    assert rows_of({"vendor": "x"}) == [{"vendor": "x"}]
    assert rows_of([{"vendor": "x"}, 3]) == [{"vendor": "x"}, {"value": 3}]
    assert rows_of({"rows": [{"vendor": "x"}]}) == [{"vendor": "x"}]
    assert rows_of({}) == rows_of([]) == []


@pytest.mark.parametrize(
    "action",
    [
        {"action": "edit_cell", "row_id": "unknown", "field": "notes", "value": "x"},
        {"action": "delete_row"},
        {"action": "reject_row"},
        {"action": "edit_cell", "field": "status", "value": "POSTED"},
        {"action": "edit_cell", "field": "amount_gross", "value": "-1"},
    ],
)
def test_a_row_action_that_does_not_fit_is_refused(expense_modules: Modules, action: dict[str, Any]):
    row = review_row(expense_modules)
    with pytest.raises(ValueError):
        expense_modules("review").after_action([row], {"row_id": str(row.id)} | action)


def test_the_edit_of_a_flagged_row_lets_it_wait_for_approval(expense_modules: Modules):
    flagged = review_row(
        expense_modules, status="NEEDS_ATTENTION", validation_errors=[problem("vendor", "duplicate", "x")]
    )
    action = {"action": "edit_cell", "row_id": str(flagged.id), "field": "notes", "value": "the way back"}
    (after,) = expense_modules("review").after_action([flagged], action)
    assert (after.status, after.notes, after.validation_errors) == ("PENDING", "the way back", [])


async def test_activities_that_are_tried_again_take_in_and_post_once(
    expense_modules: Modules, expense_context: dict[str, Any], expense_db: data.DataPlane
):
    models, activities = expense_modules("models"), expense_modules("activities")
    task_id, context = uuid4(), context_of(expense_modules, expense_context)
    given_rows = [{"vendor": "Railways", "amount": "45.10", "category": "travel"}, {"vendor": "Nobody"}]
    submission = models.Submission(event_id=uuid4(), data=given_rows)
    request = models.IngestInput(context=context, task_id=task_id, submission=submission)
    taken = [await ActivityEnvironment().run(activities.ingest_expenses, request) for _ in range(2)]
    assert taken[0] == taken[1]
    assert taken[0].outcome.status == "partial"

    rows = models.RowsInput(context=context, task_id=task_id, row_ids=taken[0].row_ids)
    batch = await ActivityEnvironment().run(activities.load_expenses, rows)
    shown = models.CommitInput(context=context, task_id=task_id, shown=batch.rows)
    for _ in range(2):
        assert (await ActivityEnvironment().run(activities.commit_expenses, shown)).status == "committed"
    posted = [await ActivityEnvironment().run(activities.post_expenses, rows) for _ in range(2)]
    assert posted[0] == posted[1]
    assert len(posted[0].journal_ids) == 1
    assert await expense_db.fetchrow("select count(*) as n from ledgers.journal_lines") == {"n": 2}
    assert (await ActivityEnvironment().run(activities.commit_expenses, shown)).status == "committed"
    kept = subledger.open(name="expenses", entity_id=UUID(str(context.entity_id)), task_id=task_id, db=expense_db)
    assert {row.status for row in await kept.query()} == {"POSTED", "NEEDS_ATTENTION"}


async def test_a_file_of_another_entity_is_not_taken_in(
    expense_modules: Modules, expense_context: dict[str, Any], expense_db: data.DataPlane
):
    from ntro.ingest import insert_submitted_document
    from ntro.workflow import WorkflowError

    document = await insert_submitted_document(
        expense_db,
        entity_slug="other",
        period=None,
        source="expenses",
        filename="x.csv",
        content_type="text/csv",
        data_bytes=b"vendor,amount\nx,1\n",
        task_id=None,
    )
    models = expense_modules("models")
    request = models.IngestInput(
        context=context_of(expense_modules, expense_context),
        task_id=uuid4(),
        submission=models.Submission(document_ref=document.id),
    )
    with pytest.raises(WorkflowError):
        await ActivityEnvironment().run(expense_modules("activities").ingest_expenses, request)
