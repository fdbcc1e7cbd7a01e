"""A whole close on the engine and a real database: through every gate, each way that it can end."""

from typing import Any

import pytest

from ntro.testing import HAPPY, REJECT_ALL, RunResult, Scenario

NOTHING_POSTED = "select (select count(*) from ledgers.journals) + (select count(*) from ledgers.nav) as written"
REJECT_SIGN_OFF = Scenario(name="reject_sign_off", review_overrides={"sign_off": "rejected"})
DOUBLED_RENT = [
    {"line_item_id": "0:0", "field": "debit", "new_value": "2500.00"},
    {"line_item_id": "0:1", "field": "credit", "new_value": "2500.00"},
]


def gates(result: RunResult, step: str) -> list[dict[str, Any]]:
    """What each gate of a step showed, in the order in which they opened."""
    own = result.records[result.workflow_id]
    return [item.data for item in own if item.type == "gate.opened" and item.data["step_id"] == step]


async def test_a_month_closes_with_the_known_nav_and_its_pack_is_a_document(close: Any, month: Any, db: Any):
    result = await close(HAPPY)
    assert result.error is None
    summary, truth = result.result, month.Month().nav()
    assert (summary.status, str(summary.nav)) == ("signed_off", month.written(truth))
    assert str(summary.nav_per_share) == month.per_share(truth)
    assert summary.failed_checks == []
    assert summary.prepared_by != summary.signed_by
    assert await db.fetchrow("select status from ledgers.periods") == {"status": "SIGNED_OFF"}
    stored = await db.fetch("select sha256 from ingest.submitted_documents where source = 'output:nav-pack'")
    assert {row["sha256"] for row in stored} == {item.sha256 for item in summary.pack}
    signed = gates(result, "sign_off")[0]
    assert len(signed["payload"]["documents"]) == len(month.Month().documents())
    assert signed["four_eyes"]


async def test_an_entity_without_loan_or_rent_roll_closes(close: Any, month: Any):
    what = month.without_loan_or_rent(month.Month())
    result = await close(HAPPY, what)
    assert result.error is None
    assert str(result.result.nav) == month.written(what.nav())


@pytest.mark.parametrize(
    ("scenario", "step"), [(REJECT_ALL, "review_journals"), (REJECT_SIGN_OFF, "sign_off")], ids=["review", "sign_off"]
)
async def test_a_rejection_posts_nothing_and_the_next_run_takes_the_period_over(
    scenario: Scenario, step: str, close: Any, db: Any
):
    result = await close(scenario)
    assert (result.result.status, result.result.rejected_at) == ("rejected", step)
    assert await db.fetchrow(NOTHING_POSTED) == {"written": 0}
    await db.execute("update system.tasks set closed_at = now(), status = 'COMPLETED'")
    assert (await close(HAPPY)).result.status == "signed_off"


async def test_corrected_journals_are_shown_again_before_they_count(close: Any, month: Any, db: Any):
    result = await close(Scenario(name="corrected", corrections={"review_journals": DOUBLED_RENT}))
    assert str(result.result.nav) == month.written(month.Month().nav() + 500_00)
    first, second = gates(result, "review_journals")
    assert first["payload_hash"] != second["payload_hash"]
    assert second["display_hint"]["config"]["feedback"]["level"] == "info"
    # The rent roll and the books now disagree, and the signer sees it.
    checks = {item["id"]: item["status"] for item in gates(result, "sign_off")[0]["payload"]["checks"]}
    assert (checks["arrears_agree"], result.result.failed_checks) == ("warn", [])
    assert any("2500.00" in item["explanation"] for item in second["payload"]["explanations"])
    lineage = await db.fetchrow("select source_refs from ledgers.journal_lines where debit = 2500")
    assert lineage["source_refs"]


async def test_corrections_that_do_not_fit_leave_the_gate_open_with_the_reason(close: Any, month: Any):
    unbalanced = Scenario(name="unbalanced", corrections={"review_journals": DOUBLED_RENT[:1]})
    result = await close(unbalanced)
    assert str(result.result.nav) == month.written(month.Month().nav())
    first, second = gates(result, "review_journals")
    assert first["payload"]["line_items"] == second["payload"]["line_items"]
    feedback = second["display_hint"]["config"]["feedback"]
    assert feedback["level"] == "error"
    assert first["payload"]["line_items"][0]["journal"] in feedback["payload"]["message"]


@pytest.mark.parametrize("step", ["review_journals", "sign_off"])
async def test_a_correction_without_any_is_no_approval(step: str, close: Any):
    result = await close(Scenario(name="empty", review_overrides={step: "corrected"}))
    assert len(gates(result, step)) == 2
    assert result.result.status == "signed_off"


async def test_who_reviewed_the_journals_cannot_sign_alone(close: Any, db: Any):
    result = await close(Scenario(name="alone", actor="ada"))
    assert result.status == "failed"
    assert [item.type for item in result.records[result.workflow_id]].count("gate.closed") == 2
    assert await db.fetchrow(NOTHING_POSTED) == {"written": 0}


async def test_a_failed_check_is_named_in_what_the_signer_is_asked(close: Any, month: Any):
    result = await close(HAPPY, month.Month(strange=1_00))
    for step in ("review_journals", "sign_off"):
        assert "1 check failed" in gates(result, step)[0]["reason"]
    assert result.result.failed_checks == ["Every bank entry is explained"]


async def test_a_rehearsal_goes_through_every_gate_and_posts_nothing(close: Any, month: Any, db: Any):
    result = await close(HAPPY, dry_run=True)
    assert (result.result.status, str(result.result.nav)) == ("rehearsed", month.written(month.Month().nav()))
    assert await db.fetchrow(NOTHING_POSTED) == {"written": 0}
    assert await db.fetch("select 1 from ledgers.periods") == []


async def test_documents_that_are_rejected_end_the_close_and_are_named(close: Any, db: Any):
    rejecting = Scenario(name="rejecting", review_overrides={"review_document": "rejected"})
    result = await close(rejecting, issues=[{"code": "odd", "message": "looks odd"}])
    assert result.failed_step == "collect_documents"
    assert "rent-roll" in result.error
    assert await db.fetchrow(NOTHING_POSTED) == {"written": 0}


async def test_an_opening_balance_that_does_not_balance_ends_the_close(close: Any, month: Any):
    class Lopsided(month.Month):
        def documents(self) -> Any:
            found = super().documents()
            found["trial-balance"]["payload"]["line_items"][0]["debit"] = "1.00"
            return found

    result = await close(HAPPY, Lopsided())
    assert result.failed_step == "check_starting_tb"
    assert result.error.startswith("StartingTrialBalanceInvalid")


async def test_a_month_that_is_signed_off_is_not_closed_again(close: Any):
    assert (await close(HAPPY)).status == "completed"
    again = await close(HAPPY)
    assert again.failed_step == "period_open"
    assert again.error.startswith("PeriodSignedOff")
