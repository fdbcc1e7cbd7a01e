"""Subledgers against the cell's real schema."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from temporalio.testing import ActivityEnvironment

from ntro import data, subledger
from ntro.accounting.models import JournalLine, JournalProposal, SourceRef
from ntro.subledger import SubledgerStatus, registry, status
from ntro.subledger.persistence import json_columns
from ntro.subledger.types.expenses import ExpenseRow
from ntro.subledger.types.journal_proposals import JournalProposalRow

ENTITY, TASK, OTHER_TASK = uuid4(), uuid4(), uuid4()
LINES = [
    {"account_code": "1", "description": "a", "debit": "10.00", "credit": "0"},
    {"account_code": "2", "description": "b", "debit": 0, "credit": "10.00", "cost_centre": {"x": 1}},
]
JOURNAL: dict[str, Any] = {"period": "2026-03", "posting_date": "2026-03-31", "currency": "gbp", "lines": LINES}


@pytest.fixture
def db(data_plane: data.DataPlane) -> data.DataPlane:
    return data_plane


def handle(name: str, db: data.DataPlane | None = None, task: UUID = TASK) -> subledger.SubledgerHandle:
    return subledger.open(name=name, entity_id=ENTITY, task_id=task, db=db, tenant_slug="acme")


async def test_a_journal_survives_the_database_with_its_json(db: data.DataPlane):
    journals = handle("journal_proposals")
    row = journals.row(**JOURNAL)
    await journals.insert(row)
    (read,) = await journals.query(period="2026-03", status="PENDING")
    assert isinstance(read, JournalProposalRow)
    assert read.lines == LINES
    assert (read.id, read.currency, read.posting_date) == (row.id, "GBP", date(2026, 3, 31))
    assert read.created_at.tzinfo is not None


async def test_inserting_a_row_again_changes_nothing(db: data.DataPlane):
    journals = handle("journal_proposals", db)
    row = journals.row(**JOURNAL)
    for _ in range(2):
        await journals.insert(row)
    assert len(await journals.query()) == 1


async def test_a_retried_activity_leaves_each_row_once(db: data.DataPlane):
    async def activity() -> None:
        journals = handle("journal_proposals", db)
        for _ in range(2):
            await journals.insert(journals.row(**JOURNAL))
        await journals.insert_needs_attention(period="2026-03", raw_payload={"x": Decimal("1.5")}, validation_errors=[])

    for _ in range(2):
        await ActivityEnvironment().run(activity)
    rows = await handle("journal_proposals", db).query()
    assert sorted(row.status for row in rows) == ["NEEDS_ATTENTION", "PENDING", "PENDING"]


async def test_rows_move_only_as_their_life_cycle_allows(db: data.DataPlane):
    journals = handle("journal_proposals", db)
    rows = [journals.row(**JOURNAL) for _ in range(3)]
    for row in rows:
        await journals.insert(row)
    first, second, third = (row.id for row in rows)
    assert await journals.mark_posted(gl_external_ids={first: "x"}) == 0
    assert await journals.mark_approved(ids=[first, str(second)]) == 2
    assert await journals.mark_approved(ids=[first]) == 0
    assert await journals.mark_posted(gl_external_ids={str(first): "GL-1"}) == 1
    assert await journals.mark_posted(gl_external_ids={first: "GL-2"}) == 0
    assert await journals.mark_rejected(ids=[first, second, third]) == 2
    found = {row.id: row for row in await journals.query()}
    posted = found[first]
    assert isinstance(posted, JournalProposalRow)
    assert (posted.status, posted.posted_to_gl, posted.posted_journal_ref) == ("POSTED", True, "GL-1")
    assert posted.approved_at is not None
    assert found[second].status is found[third].status is SubledgerStatus.REJECTED


async def test_another_task_of_the_entity_sees_and_changes_nothing(db: data.DataPlane):
    journals, others = handle("journal_proposals", db), handle("journal_proposals", db, OTHER_TASK)
    row = journals.row(**JOURNAL)
    await journals.insert(row)
    assert await others.query() == []
    assert await others.mark_approved(ids=[row.id]) == await others.mark_rejected(ids=[row.id]) == 0
    with pytest.raises(ValueError):
        await others.insert(row)
    with pytest.raises(ValueError):
        await others.insert(others.row(**JOURNAL, id=row.id))
    with pytest.raises(TypeError):
        await others.insert(handle("expenses", task=OTHER_TASK).row(**_expense()))


async def test_an_unbalanced_journal_is_not_approved(db: data.DataPlane):
    journals = handle("journal_proposals", db)
    row = journals.row(**JOURNAL | {"lines": LINES[:1]})
    await journals.insert(row)
    with pytest.raises(ValidationError):
        await journals.mark_approved(ids=[row.id])
    assert [item.status for item in await journals.query()] == ["PENDING"]


async def test_an_expense_that_needs_attention_is_kept_with_its_reasons(db: data.DataPlane):
    expenses = handle("expenses", db)
    errors = [{"field": "vendor", "code": "missing", "message": "no vendor"}]
    row_id = await expenses.insert_needs_attention(
        period="2026-03",
        raw_payload={"amount": "x"},
        validation_errors=errors,
        source_ref="event:1",
        type_specific_fields={"event_id": uuid4(), "vendor": None, "status": "POSTED", "unknown": 1},
    )
    (read,) = await expenses.query(status=SubledgerStatus.NEEDS_ATTENTION)
    assert (read.id, read.validation_errors, read.raw_payload) == (row_id, errors, {"amount": "x"})


async def test_fields_of_an_undecided_row_are_corrected_and_coerced(db: data.DataPlane):
    expenses = handle("expenses", db)
    row = expenses.row(**_expense())
    await expenses.insert(row)
    changed = await expenses.update_fields(
        row.id, {"amount_gross": "15.25", "expense_date": "2026-03-02", "notes": "n"}
    )
    (read,) = await expenses.query()
    assert isinstance(changed, ExpenseRow)
    assert isinstance(read, ExpenseRow)
    assert (read.amount_gross, read.expense_date, read.notes) == (Decimal("15.25"), date(2026, 3, 2), "n")
    for wrong in ({"amount_gross": "-1"}, {"status": "POSTED"}, {"nothing": 1}, {}):
        with pytest.raises(ValueError):
            await expenses.update_fields(row.id, wrong)
    with pytest.raises(ValueError):
        await expenses.update_fields(uuid4(), {"notes": "n"})
    await expenses.mark_approved(ids=[row.id])
    with pytest.raises(subledger.IllegalTransitionError):
        await expenses.update_fields(row.id, {"notes": "late"})


async def test_a_handle_without_a_database_says_so():
    with pytest.raises(RuntimeError):
        await subledger.open(name="expenses", entity_id=ENTITY, task_id=TASK).query()


def _expense() -> dict[str, Any]:
    return {"period": "2026-03", "event_id": uuid4(), "vendor": "Shop", "amount_gross": "10.00", "currency": "GBP"}


@pytest.mark.parametrize(
    "wrong",
    [{"vendor": None}, {"vendor": ""}, {"amount_gross": "0"}, {"vat_amount": "10.01"}, {"currency": "pounds"}],
)
def test_an_expense_is_complete_unless_it_needs_attention(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        handle("expenses").row(**_expense() | wrong)
    if wrong.get("vendor", "x") in (None, ""):
        assert handle("expenses").row(**_expense() | wrong | {"status": "NEEDS_ATTENTION"})


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"account_code": "", "debit": "1"}],
        [{"account_code": "1"}],
        [{"account_code": "1", "debit": "1", "credit": "1"}],
        [{"account_code": "1", "debit": "-1"}],
        [{"account_code": "1", "debit": 1.5}],
        [{"account_code": "1", "debit": "£5"}],
    ],
)
def test_journal_lines_are_postings_unless_the_row_needs_attention(lines: list[dict[str, Any]]):
    with pytest.raises(ValidationError):
        handle("journal_proposals").row(**JOURNAL | {"lines": lines})
    assert handle("journal_proposals").row(**JOURNAL | {"lines": lines, "status": "NEEDS_ATTENTION"})


def test_a_proposal_becomes_a_row_with_its_lines_and_their_sources():
    lines = [
        JournalLine(account_code="1", debit=Decimal("123.456"), source_refs=(SourceRef(document_ref="doc", row="4"),)),
        JournalLine(account_code="2", credit=Decimal("123.456")),
    ]
    proposal = JournalProposal(entity_slug="spv", period="2026-03", description="Rent", currency="KWD", lines=lines)
    journals = handle("journal_proposals")
    row = journals.row(**JournalProposalRow.fields_of(proposal), status="APPROVED")
    assert isinstance(row, JournalProposalRow)
    assert [JournalLine.model_validate(line) for line in row.lines] == lines
    assert (journals.table, journals.entity_id, journals.task_id) == ("ledgers.journal_proposals", ENTITY, TASK)


def test_times_of_a_row_are_aware():
    with pytest.raises(ValidationError):
        handle("expenses").row(**_expense(), created_at=datetime(2026, 1, 1))  # noqa: DTZ001  # the point
    assert handle("expenses").row(**_expense()).created_at.utcoffset() == datetime.now(UTC).utcoffset()


statuses = st.sampled_from(SubledgerStatus)


@given(statuses, statuses)
def test_a_transition_is_legal_exactly_where_the_table_says(source: SubledgerStatus, target: SubledgerStatus):
    if target in status.TRANSITIONS[source]:
        assert subledger.transition(source, target) is target
        assert source in status.sources_of(target)
    else:
        with pytest.raises(ValueError):
            subledger.transition(source, target)


def test_json_columns_are_found_by_type_and_not_by_name():
    assert json_columns(ExpenseRow) == {"validation_errors", "raw_payload", "line_items"}
    assert json_columns(JournalProposalRow) == {"validation_errors", "raw_payload", "lines"}


def test_a_name_belongs_to_one_class_and_a_reload_replaces_it():
    def define() -> type[subledger.Row]:
        class Rent(subledger.Row):
            unit: str = ""

        return Rent

    first, again = define(), define()
    subledger.register_type("rent_for_test", owner_runbook="nav")(first)
    subledger.register_type("rent_for_test", owner_runbook="nav")(again)
    assert registry.lookup("rent_for_test").row_class is again
    assert registry.all_types()["rent_for_test"].table == 'ledgers."rent_for_test"'
    with pytest.raises(subledger.TypeAlreadyRegisteredError):
        subledger.register_type("rent_for_test", owner_runbook="other")(first)
    with pytest.raises(ValueError):
        subledger.register_type("rent; drop")(first)
    with pytest.raises(TypeError):
        subledger.register_type("plain")(dict)  # type: ignore[type-var]  # the point
    with pytest.raises(KeyError):
        registry.lookup("unknown")


def test_columns_follow_from_the_row_class():
    from ntro.subledger.review import columns_for, data_table_config

    columns = {column["key"]: column for column in columns_for(ExpenseRow)}
    assert columns["amount_gross"] == {
        "key": "amount_gross",
        "label": "Amount Gross",
        "type": "currency",
        "editable": True,
        "currencyKey": "currency",
    }
    kinds = {name: columns[name]["type"] for name in ("expense_date", "confidence", "posted_to_gl", "vendor")}
    assert kinds == {"expense_date": "date", "confidence": "number", "posted_to_gl": "boolean", "vendor": "text"}
    assert not columns["event_id"]["editable"]
    assert "entity_id" not in columns
    assert [column["key"] for column in columns_for(ExpenseRow, include=["vendor", "id", "none"])] == ["vendor", "id"]
    assert "notes" not in {column["key"] for column in columns_for(ExpenseRow, exclude=["notes"])}
    table = data_table_config(ExpenseRow, title="Expenses", editable_overrides={"vendor": False})
    assert table["columns"] == table["datasets"][0]["columns"]
    assert not next(column for column in table["columns"] if column["key"] == "vendor")["editable"]
    assert [action["id"] for action in table["actions"]] == ["approve", "reject_selected"]


def test_columns_of_flags_and_sides_are_told_by_their_names():
    from ntro.subledger.review import columns_for

    class Flagged(subledger.Row):
        is_debit: bool = True
        is_open: bool = True
        monthly_rent: Decimal = Decimal(0)

    kinds = {column["key"]: column["type"] for column in columns_for(Flagged, include_standard=True)}
    assert (kinds["is_debit"], kinds["is_open"], kinds["monthly_rent"]) == ("dr_cr", "boolean", "currency")
    assert kinds["created_at"] == "date"
    assert "currencyKey" not in columns_for(Flagged, include=["monthly_rent"])[0]
