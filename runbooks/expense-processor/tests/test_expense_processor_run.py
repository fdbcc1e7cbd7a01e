"""Expenses from submission to the ledger: the real workflow, the real activities, a real database."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter

from ntro import subledger
from ntro.testing import HAPPY, REJECT_ALL, WorkflowHarness

Starter = Callable[..., Any]
HEADER = "Date,Supplier,Amount,Currency,VAT,Category,Notes\n"
ROOF = "2026-03-04,Island Maintenance,120.00,GBP,20.00,,Roof\n"
TRAIN = "2026-03-09,Railways,45.10,GBP,,Travel,\n"
BROKEN = "2026-03-10,,12.00,GBP,,travel,Lost receipt\n"


async def test_approved_rows_are_posted_once_as_balanced_journals(expense_run: Starter):
    async with expense_run() as run:
        await run.gate("submit_file")
        await run.submit(HEADER + ROOF + TRAIN)
        review = await run.gate("interactive_review")
        assert [row["account_code"] for row in review["payload"]["rows"]] == ["5100", "5600"]
        config = review["display_hint"]["config"]
        assert [column["key"] for column in config["columns"]][:2] == ["status", "vendor"]
        await run.decide(review)
        result = await run.result()
        assert (result.status, result.posted_rows, result.posted_total) == ("posted", 2, Decimal("165.10"))
        assert result.approved_by == "anna"
        found = [(row["account_code"], row["debit"], row["credit"]) for row in await run.journals()]
        assert found == [
            ("5100", Decimal(120), Decimal(0)),
            ("2100", Decimal(0), Decimal(120)),
            ("5600", Decimal("45.10"), Decimal(0)),
            ("2100", Decimal(0), Decimal("45.10")),
        ]
        rows = await run.db.fetch("select status, posted_to_gl, posted_journal_ref, approved_at from ledgers.expenses")
        assert {row["status"] for row in rows} == {"POSTED"}
        assert {row["posted_journal_ref"] for row in rows} == {str(item) for item in result.journal_ids}
        assert all(row["posted_to_gl"] and row["approved_at"] for row in rows)


async def test_a_rejected_batch_posts_nothing(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF + BROKEN)
        await run.decide(await run.gate("interactive_review"), "rejected")
        result = await run.result()
        assert (result.status, result.rejected_rows, result.needs_attention) == ("rejected", 2, 0)
        assert set((await run.statuses()).values()) == {"REJECTED"}
        assert await run.journals() == []


async def test_an_invalid_row_lands_with_its_reasons_and_is_posted_once_it_is_edited(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + BROKEN)
        review = await run.gate("interactive_review")
        (row,) = review["payload"]["rows"]
        kept = await run.db.fetchrow("select status, validation_errors, raw_payload from ledgers.expenses")
        assert kept["status"] == row["status"] == "NEEDS_ATTENTION"
        assert [error["code"] for error in kept["validation_errors"]] == ["missing"]
        assert kept["raw_payload"]["Notes"] == "Lost receipt"

        expenses = subledger.open(name="expenses", entity_id=run.context["entity_id"], task_id=run.task_id, db=run.db)
        await expenses.update_fields(row["id"], {"vendor": "Taxi Co"})
        await expenses.mark_pending(ids=[row["id"]])
        await run.row_action(review, action="edit_cell", row_id=row["id"], field="vendor", value=" Taxi Co ")
        changed = await run.shown(lambda gate: gate["payload"]["rows"][0]["status"] == "PENDING")
        assert changed["payload_hash"] != review["payload_hash"]
        await run.decide(changed)
        assert (await run.result()).posted_rows == 1
        assert await run.statuses() == {"Taxi Co": "POSTED"}


async def test_a_row_that_is_rejected_by_itself_is_not_posted(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF + BROKEN)
        review = await run.gate("interactive_review")
        broken = review["payload"]["rows"][1]["id"]
        await run.db.execute("update ledgers.expenses set status = 'REJECTED' where id = $1::uuid", broken)
        await run.row_action(review, action="reject_row", row_id=broken)
        await run.decide(await run.shown(lambda gate: gate["payload"]["rows"][1]["status"] == "REJECTED"))
        result = await run.result()
        assert (result.posted_rows, result.rejected_rows, result.needs_attention) == (1, 1, 0)


async def test_a_row_action_that_does_not_fit_is_told_and_changes_nothing(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF)
        review = await run.gate("interactive_review")
        await run.row_action(review, action="reject_row", row_id=review["payload"]["rows"][0]["id"])
        told = await run.shown(lambda gate: "feedback" in gate)
        assert told["feedback"]["kind"] == "row_action"
        assert told["payload_hash"] == review["payload_hash"]


async def test_a_row_that_changed_while_somebody_approved_is_shown_again(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF)
        review = await run.gate("interactive_review")
        await run.db.execute("update ledgers.expenses set amount_gross = 999")
        await run.decide(review)
        again = await run.gate("interactive_review")
        assert again["payload"]["rows"][0]["amount_gross"] == "999.00"
        assert await run.journals() == []


async def test_a_duplicate_needs_attention_and_is_left_out(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF + TRAIN + ROOF.replace("Island ", "ISLAND  "))
        review = await run.gate("interactive_review")
        assert [row["status"] for row in review["payload"]["rows"]] == ["PENDING", "PENDING", "NEEDS_ATTENTION"]
        (error,) = review["payload"]["rows"][2]["validation_errors"]
        assert error["code"] == "duplicate"
        await run.decide(review)
        result = await run.result()
        assert (result.posted_rows, result.needs_attention) == (2, 1)


async def test_what_was_posted_by_an_earlier_task_is_a_duplicate(expense_run: Starter):
    for expected in ("PENDING", "NEEDS_ATTENTION"):
        async with expense_run() as run:
            await run.submit(HEADER + ROOF)
            review = await run.gate("interactive_review")
            assert review["payload"]["rows"][0]["status"] == expected
            await run.decide(review, "approved" if expected == "PENDING" else "rejected")
            await run.result()


async def test_a_table_without_rows_ends_empty(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER)
        result = await run.result()
        assert (result.status, result.submitted_rows) == ("empty", 0)


async def test_a_run_that_nobody_submits_to_ends_empty(expense_run: Starter):
    async with expense_run() as run:
        assert (await run.result()).status == "empty"


@pytest.mark.parametrize(("content", "filename"), [("a,b\n1,2\n", "x.csv"), ("%PDF-1.4 no table", "x.pdf")])
async def test_a_file_that_is_no_table_of_expenses_is_refused_at_the_upload_gate(
    expense_run: Starter, content: str, filename: str
):
    async with expense_run() as run:
        await run.gate("submit_file")
        await run.submit(content, filename)
        again = await run.gate("submit_file")
        assert (again["feedback"]["kind"], again["feedback"]["payload"]["status"]) == ("ingest", "failed")
        await run.submit(HEADER + ROOF)
        assert len((await run.gate("interactive_review"))["payload"]["rows"]) == 1


async def test_a_workbook_is_read_with_exact_amounts_and_dates(expense_run: Starter):
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, heading in enumerate(["Merchant", "Gross", "Transaction date", "Category"]):
            sheet.write(2, column, heading)
        sheet.write(3, 0, "Railways")
        sheet.write_number(3, 1, 0.1 + 0.2)
        sheet.write_number(3, 2, 46090, day)
        sheet.write(3, 3, "TRAVEL")
    async with expense_run() as run:
        await run.submit(content.getvalue(), "expenses.xlsx")
        (row,) = (await run.gate("interactive_review"))["payload"]["rows"]
        assert (row["amount_gross"], row["expense_date"], row["account_code"]) == ("0.30", "2026-03-09", "5600")


async def test_rows_come_as_data_too_and_are_waited_for(expense_run: Starter):
    async with expense_run(target_rows=3) as run:
        await run.gate("submit_file")
        event = {"event_id": str(uuid4()), "kind": "expense", "data": {"vendor": "Railways", "amount": 45.1}}
        for _ in range(2):
            await run.handle.signal("data_submitted", event)
        again = await run.gate("submit_file")
        assert again["feedback"]["payload"]["progress"] == {"accepted_rows": 1, "target_rows": 3}
        rows = [{"vendor": "Island Maintenance", "amount": "1.00"}, "nonsense"]
        await run.handle.signal("data_submitted", {"event_id": str(uuid4()), "data": {"rows": rows}})
        shown = (await run.gate("interactive_review"))["payload"]["rows"]
        assert [row["amount_gross"] for row in shown] == ["45.10", "1.00", None]
        records = await run.db.fetch("select id, kind, data from ingest.submitted_records order by received_at")
        assert [str(row["id"]) for row in records][:1] == [event["event_id"]]


async def test_a_submission_that_says_nothing_is_told_and_the_run_goes_on(expense_run: Starter):
    async with expense_run() as run:
        await run.gate("submit_file")
        for payload in ({}, {"document_ref": "no uuid"}):
            await run.handle.signal("document_submitted", payload)
        told = await run.shown(lambda gate: "feedback" in gate)
        assert told["feedback"]["level"] == "error"


async def test_rows_that_come_while_somebody_approves_are_shown_first(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF)
        review = await run.gate("interactive_review")
        await run.submit(HEADER + TRAIN, "more.csv")
        await run.decide(review)
        again = await run.gate("interactive_review")
        assert len(again["payload"]["rows"]) == 2
        assert await run.journals() == []
        await run.decide(again)
        assert (await run.result()).posted_rows == 2


async def test_an_approval_of_a_row_without_an_account_does_not_count_until_it_is_corrected(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF + "2026-03-05,Florist,9.99,EUR,,,\n")
        await run.decide(await run.gate("interactive_review"))
        again = await run.gate("interactive_review")
        assert again["feedback"]["kind"] == "review"
        row_id = again["payload"]["rows"][1]["id"]
        changes = {"category": "travel", "currency": "gbp", "vat_amount": "1.00"}
        cells = [{"line_item_id": row_id, "field": field, "new_value": value} for field, value in changes.items()]
        await run.decide(again, "corrected", cells)
        corrected = await run.gate("interactive_review")
        row = corrected["payload"]["rows"][1]
        assert (row["account_code"], row["category_source"], row["currency"]) == ("5600", "manual", "GBP")
        await run.decide(corrected)
        assert (await run.result()).posted_rows == 2


async def test_corrections_that_do_not_fit_change_nothing_and_are_told(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF)
        review = await run.gate("interactive_review")
        row_id = review["payload"]["rows"][0]["id"]
        cells = [
            {"line_item_id": row_id, "field": "vendor", "new_value": "Other"},
            {"line_item_id": row_id, "field": "amount_gross", "new_value": "1.00"},
        ]
        await run.decide(review, "approved", cells)
        again = await run.gate("interactive_review")
        assert again["feedback"]["level"] == "warning"
        assert await run.statuses() == {"Island Maintenance": "PENDING"}


async def test_a_row_is_left_out_by_its_status(expense_run: Starter):
    async with expense_run() as run:
        await run.submit(HEADER + ROOF + TRAIN)
        review = await run.gate("interactive_review")
        cell = {"line_item_id": review["payload"]["rows"][0]["id"], "field": "status", "new_value": "rejected"}
        await run.decide(review, "approved", [cell])
        result = await run.result()
        assert (result.posted_rows, result.rejected_rows) == (1, 1)


async def test_a_rehearsal_posts_nothing_and_leaves_nothing_to_repeat(expense_run: Starter):
    async with expense_run(dry_run=True) as run:
        await run.submit(HEADER + ROOF)
        await run.decide(await run.gate("interactive_review"))
        result = await run.result()
        assert (result.status, result.posted_rows, result.submitted_rows) == ("rehearsed", 0, 1)
        assert set((await run.statuses()).values()) == {"REJECTED"}
        assert await run.journals() == []


async def test_nothing_is_posted_into_a_signed_period(expense_run: Starter):
    async with expense_run() as run:
        await run.db.execute(
            """insert into ledgers.periods (entity_id, entity_slug, period, status)
               values ($1::uuid, 'spv1', '2026-03', 'SIGNED_OFF')""",
            run.context["entity_id"],
        )
        await run.submit(HEADER + ROOF)
        await run.decide(await run.gate("interactive_review"))
        with pytest.raises(Exception, match="Workflow"):
            await run.result()
        assert set((await run.statuses()).values()) == {"PENDING"}


@pytest.mark.parametrize(("scenario", "status"), [(HAPPY, "posted"), (REJECT_ALL, "rejected")])
async def test_the_harness_runs_it_with_mocked_activities(
    expense_bundle: tuple[type, list[Callable[..., Any]]], scenario: Any, status: str
):
    async with WorkflowHarness(expense_bundle[0]) as harness:
        result = await harness.run(scenario=scenario)
    assert result.error is None
    assert result.result.status == status
