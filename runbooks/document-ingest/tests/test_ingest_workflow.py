"""One document through the engine, the readers and a real database: each way that it can end."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowFailureError

from ntro.testing import HAPPY, REJECT_ALL, RunResult, Scenario
from ntro.testing.local import time_skipping_server, worker_for
from ntro.workflow._failures import describe

GOOD = b"code,name,debit,credit\n1100,Bank,100.10,\n3000,Shares,,100.10\n"
ODD = b"code,name,debit,credit\n1100,Bank,100.10,\n3000,Shares,,100.00\n"
NOT_READABLE = b"MZ\x90\x00 this is no table"


def closing(scenario: Scenario, ref: str) -> Scenario:
    return Scenario(
        name=scenario.name,
        approve_reviews=scenario.approve_reviews,
        review_overrides=scenario.review_overrides,
        corrections=scenario.corrections,
        extra_signal_payloads={"opening": {"document_ref": ref}},
    )


def gates(result: RunResult, kind: str) -> list[dict[str, Any]]:
    own = result.records[result.workflow_id]
    return [item.data for item in own if item.type == "gate.opened" and item.data["kind"] == kind]


async def committed(db: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await db.fetch("select * from ingest.extracted_payloads")
    return rows


async def test_a_document_is_committed_exactly_with_its_hash_and_who_reviewed_it(run: Any, upload: Any, db: Any):
    ref = await upload("tb.csv", GOOD)
    result = await run(closing(HAPPY, ref))
    assert result.error is None
    assert (result.result.status, result.result.sha256) == ("committed", hashlib.sha256(GOOD).hexdigest())
    [row] = await committed(db)
    assert (row["document_ref"], row["task_id"]) == (ref, result.workflow_id)
    assert [line["debit"] for line in row["payload"]["line_items"]] == ["100.10", "0"]
    assert row["payload"]["provenance"]["reviewed_by"]


async def test_a_reading_without_issues_needs_nobody_where_the_slot_says_so(run: Any, upload: Any):
    result = await run(closing(REJECT_ALL, await upload("tb.csv", GOOD)), review="when_issues")
    assert result.result.status == "committed"
    assert gates(result, "interactive_review") == []


async def test_a_reading_with_an_issue_is_always_shown(run: Any, upload: Any):
    result = await run(closing(HAPPY, await upload("tb.csv", ODD)), review="when_issues")
    [gate] = gates(result, "interactive_review")
    assert [issue["code"] for issue in gate["payload"]["issues"]] == ["does_not_balance"]


async def test_a_document_that_is_rejected_three_times_ends_the_run_and_nothing_is_committed(
    run: Any, upload: Any, db: Any
):
    result = await run(closing(REJECT_ALL, await upload("tb.csv", GOOD)))
    assert result.result.status == "rejected"
    assert len(gates(result, "interactive_review")) == 3
    assert await committed(db) == []


async def test_a_document_that_is_there_already_is_the_one_that_is_committed(run: Any, upload: Any):
    there, other = await upload("tb.csv", GOOD), await upload("odd.csv", ODD)
    result = await run(closing(HAPPY, other), document_ref=there)
    assert (result.result.status, result.result.document_ref) == ("committed", there)


async def test_a_file_that_cannot_be_read_leaves_the_upload_gate_open_with_the_reason(run: Any, upload: Any, db: Any):
    bad, good = await upload("tb.csv", NOT_READABLE), await upload("tb.csv", GOOD)
    second = closing(HAPPY, good)
    result = await run(second, document_ref=bad)
    assert result.result.status == "committed"
    feedback = gates(result, "submit_file")[-1]["display_hint"]["config"]["feedback"]
    assert feedback["level"] == "error"
    assert feedback["payload"]["code"]
    assert [row["document_ref"] for row in await committed(db)] == [good]


async def test_a_document_of_another_kind_than_the_slot_is_refused_by_code(run: Any, upload: Any):
    good = await upload("tb.csv", GOOD)
    statement = await upload("s.csv", b"a,b\n1,2\n")
    result = await run(closing(HAPPY, good), document_ref=statement)
    feedback = gates(result, "submit_file")[-1]["display_hint"]["config"]["feedback"]
    assert feedback["payload"]["code"]
    assert result.result.status == "committed"


async def test_a_correction_is_kept_beside_what_it_corrected(run: Any, upload: Any, db: Any):
    change = {"line_item_id": "row-2", "field": "credit", "old_value": "100.00", "new_value": "100.10"}
    corrected = Scenario(name="corrected", corrections={"review_document": [change]})
    result = await run(closing(corrected, await upload("tb.csv", ODD)))
    assert result.error is None
    [row] = await committed(db)
    assert row["payload"]["line_items"][1]["credit"] == "100.10"
    [kept] = row["corrections"]
    assert (kept["field"], kept["new_value"], kept["old_value"]) == ("credit", "100.10", "100.00")
    assert kept["actor"]


@pytest.mark.parametrize(
    "change",
    [
        {"line_item_id": "row-9", "field": "credit", "new_value": "1.00"},
        {"line_item_id": "row-2", "field": "nothing", "new_value": "1.00"},
        {"line_item_id": "row-2", "field": "credit", "new_value": "ten pounds"},
    ],
)
async def test_a_correction_that_does_not_fit_leaves_the_gate_open_with_the_reason(
    change: Any, run: Any, upload: Any, db: Any
):
    wrong = Scenario(name="wrong", corrections={"review_document": [change]})
    result = await run(closing(wrong, await upload("tb.csv", ODD)))
    _, second = gates(result, "interactive_review")
    assert second["display_hint"]["config"]["feedback"]["level"] == "error"
    [row] = await committed(db)
    assert row["payload"]["line_items"][1]["credit"] == "100.00"
    assert row["corrections"] == []


async def test_a_document_that_nobody_hands_in_ends_the_run_when_its_time_is_over(ingest: Any):
    given = {"tenant_slug": "acme", "entity_slug": "small-spv", "period": "2026-03", "timeout_hours": 24 * 7}
    async with time_skipping_server() as environment:
        client = environment.client
        async with worker_for(client, [ingest], "ingest"):
            with pytest.raises(WorkflowFailureError) as caught:
                await client.execute_workflow("DocumentIngestWorkflow", given, id=str(uuid4()), task_queue="ingest")
    assert describe(caught.value.cause).type == "TimeoutError"


async def test_a_document_of_another_tenant_is_not_read(run: Any, upload: Any):
    result = await run(closing(HAPPY, await upload("tb.csv", GOOD)), tenant_slug="other")
    assert result.failed_step == "read_document"
    assert result.error.startswith("WrongTenantError")
