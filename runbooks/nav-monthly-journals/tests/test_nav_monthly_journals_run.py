"""A month's journals from committed documents to approved rows: real workflow, real activities, real database."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.testing import ActivityEnvironment

from ntro import subledger
from ntro.accounting.property_spv import PropertySpvError
from ntro.data import DataPlane
from ntro.subledger.types.journal_proposals import JournalProposalRow
from ntro.testing import HAPPY, REJECT_ALL, RunResult, Scenario, WorkflowHarness
from ntro.workflow import WorkflowError

Bundle = tuple[type, list[Callable[..., Any]]]
Commit = Callable[..., Awaitable[None]]


async def run(bundle: Bundle, context: dict[str, Any], scenario: Scenario = HAPPY) -> RunResult:
    async with WorkflowHarness(bundle[0], extra_activities=bundle[1]) as harness:
        return await harness.run(input=context, scenario=scenario)


def module(bundle: Bundle, name: str) -> Any:
    return import_module(f"{bundle[0].__module__.rpartition('.')[0]}.{name}")


async def rows_of(db: DataPlane, context: dict[str, Any], task_id: str) -> dict[UUID, JournalProposalRow]:
    entity_id = UUID(context["entity_id"])
    handle = subledger.open(name="journal_proposals", entity_id=entity_id, task_id=UUID(task_id), db=db)
    return {row.id: row for row in await handle.query() if isinstance(row, JournalProposalRow)}


async def test_approved_journals_are_left_as_approved_rows_that_lead_to_the_known_books(
    journals_bundle: Bundle,
    journals_db: DataPlane,
    journals_context: dict[str, Any],
    commit_documents: Commit,
    demo_truth: dict[str, Any],
):
    await commit_documents()
    done = await run(journals_bundle, journals_context)
    assert done.error is None
    result = done.result
    rows = await rows_of(journals_db, journals_context, done.workflow_id)
    assert [rows[row_id].status for row_id in result.row_ids] == ["APPROVED"] * len(rows)
    assert result.journal_count == len(rows) > 0
    assert all(row.approved_at is not None and row.raw_payload for row in rows.values())
    debits = sum(Decimal(line["debit"]) for row in rows.values() for line in row.lines)
    assert debits == result.total_debits == result.total_credits
    assert {line.account_code: line.balance for line in result.closing.lines} == {
        code: Decimal(balance) for code, balance in demo_truth["closing_trial_balance"].items()
    }
    assert await journals_db.fetchrow("select count(*) as n from ledgers.journals") == {"n": 0}


async def test_a_rejection_leaves_no_row(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    await commit_documents()
    done = await run(journals_bundle, journals_context, REJECT_ALL)
    assert (done.result.status, done.result.row_ids) == ("rejected", [])
    assert await rows_of(journals_db, journals_context, done.workflow_id) == {}


async def test_a_rehearsal_keeps_no_row(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    await commit_documents()
    done = await run(journals_bundle, journals_context | {"dry_run": True})
    assert (done.result.status, done.result.row_ids) == ("rehearsed", [])
    assert done.result.journal_count > 0
    assert await rows_of(journals_db, journals_context, done.workflow_id) == {}


async def test_a_second_approval_replaces_the_first(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    await commit_documents()
    first = await run(journals_bundle, journals_context)
    second = await run(journals_bundle, journals_context)
    assert second.result.superseded == first.result.journal_count
    earlier = await rows_of(journals_db, journals_context, first.workflow_id)
    assert {row.status for row in earlier.values()} == {"REJECTED"}
    (gate,) = [record.data for record in second.records[second.workflow_id] if record.type == "gate.opened"]
    warned = {item["id"]: item["status"] for item in gate["payload"]["checks"]}
    assert warned["approved_before"] == "warn"


async def test_where_journals_are_posted_no_others_are_proposed(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    await commit_documents()
    await run(journals_bundle, journals_context)
    await journals_db.execute("update ledgers.journal_proposals set status = 'POSTED'")
    done = await run(journals_bundle, journals_context)
    assert done.status == "failed"
    assert done.failed_step == "propose_journals"


async def test_a_signed_period_takes_no_journals(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    await commit_documents()
    await journals_db.execute(
        "insert into ledgers.periods (entity_id, entity_slug, period, status) values ($1::uuid, 'x', $2, 'SIGNED_OFF')",
        journals_context["entity_id"],
        journals_context["period"],
    )
    models, activities = module(journals_bundle, "models"), module(journals_bundle, "activities")
    request = models.ProposeInput.model_validate({"context": journals_context, "task_id": uuid4()})
    with pytest.raises(WorkflowError):
        await ActivityEnvironment().run(activities.propose_journals, request)


async def test_a_missing_document_is_a_failed_check_and_a_given_opening_balance_is_none(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    models, activities = module(journals_bundle, "models"), module(journals_bundle, "activities")

    def request(**changes: Any) -> Any:
        return models.ProposeInput.model_validate({"context": journals_context | changes, "task_id": uuid4()})

    with pytest.raises(PropertySpvError):
        await ActivityEnvironment().run(activities.propose_journals, request())
    await commit_documents(but=("trial-balance", "loan-agreement"))
    opening = {
        "entity_slug": journals_context["entity_slug"],
        "period": journals_context["period"],
        "lines": [{"account_code": "1100", "debit": "10"}, {"account_code": "3000", "credit": "10"}],
        "currency": journals_context["books"]["currency"],
    }
    bank_rules = [*journals_context["books"]["bank_rules"]]
    books = journals_context["books"] | {"bank_rules": [rule for rule in bank_rules if rule["role"] != "loan_payment"]}
    proposed = await ActivityEnvironment().run(activities.propose_journals, request(opening=opening, books=books))
    (found,) = [item for item in proposed.checks if item.id == "documents_complete"]
    assert found.status == "fail"
    assert "trial-balance" not in found.detail
    assert "loan-agreement" in found.detail


async def test_keeping_again_after_a_lost_answer_keeps_once(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    await commit_documents()
    models, activities = module(journals_bundle, "models"), module(journals_bundle, "activities")
    task_id = uuid4()
    request = models.ProposeInput.model_validate({"context": journals_context, "task_id": task_id})
    proposed = await ActivityEnvironment().run(activities.propose_journals, request)
    keep = models.KeepInput(context=request.context, task_id=task_id, journals=proposed.month.journals)
    kept = [await ActivityEnvironment().run(activities.keep_journals, keep) for _ in range(2)]
    assert kept[0] == kept[1]
    rows = await rows_of(journals_db, journals_context, str(task_id))
    assert set(rows) == set(kept[0].row_ids)
    assert {row.status for row in rows.values()} == {"APPROVED"}


async def test_corrections_are_checked_as_a_whole_and_said(
    journals_bundle: Bundle, journals_db: DataPlane, journals_context: dict[str, Any], commit_documents: Commit
):
    await commit_documents()
    models, activities = module(journals_bundle, "models"), module(journals_bundle, "activities")
    request = models.ProposeInput.model_validate({"context": journals_context, "task_id": uuid4()})
    proposed = await ActivityEnvironment().run(activities.propose_journals, request)

    def correction(line: str, field: str, value: str) -> dict[str, Any]:
        return {"line_item_id": line, "field": field, "new_value": value}

    wrong = models.CorrectInput(proposed=proposed, corrections=[correction("0:0", "debit", "1.00")], actor="anna")
    with pytest.raises(ValueError):
        await ActivityEnvironment().run(activities.correct_journals, wrong)
    right = models.CorrectInput(proposed=proposed, corrections=[correction("0:0", "description", "x")], actor="anna")
    corrected = await ActivityEnvironment().run(activities.correct_journals, right)
    assert corrected.month.journals[0].lines[0].description == "x"
    assert len(corrected.month.journals[0].explanation) == len(proposed.month.journals[0].explanation) + 1


@pytest.mark.parametrize(("scenario", "status"), [(HAPPY, "approved"), (REJECT_ALL, "rejected")])
async def test_the_harness_runs_it_with_mocked_activities(journals_bundle: Bundle, scenario: Scenario, status: str):
    async with WorkflowHarness(journals_bundle[0]) as harness:
        result = await harness.run(scenario=scenario)
    assert result.error is None
    assert result.result.status == status
