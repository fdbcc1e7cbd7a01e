"""Quality checks at gates: shown while people look, kept in snapshots, in nobody's way."""

import asyncio
from typing import Any

from ntro.capabilities.checks import Finding, QualityCheckSpec, register_evaluator, run_quality_check
from ntro.testing import Scenario, WorkflowHarness
from ntro.testing.local import local_worker
from ntro.workflow import NtroWorkflow, runbook
from ntro.workflow.records import RecordBatch, RunRecord

BALANCED = QualityCheckSpec(id="journal_balanced", title="Journal balances", evaluator="code")
MODEL = {"id": "plausible", "title": "Plausible", "prompt": "Is it?"}
BASELINE = QualityCheckSpec(id="checks_test.growth", title="Growth", evaluator="code", requires_baseline=True)
LINES = {"lines": [{"account_code": "1", "debit": "1.00"}, {"account_code": "2", "credit": "1.00"}]}


@runbook.defn
class CheckedWorkflow(NtroWorkflow):
    """Reviews a journal, then waits for a document; with checks at both gates."""

    def __init__(self) -> None:
        super().__init__()
        self.document: dict[str, Any] = {}

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self.document = LINES

    @runbook.run
    async def run(self, baseline: dict[str, str] | None) -> dict[str, Any]:
        await self.review(baseline)
        await self.upload()
        return self._step_snapshots

    @runbook.step(name="review", title="Review")
    async def review(self, baseline: dict[str, str] | None) -> None:
        await self.wait_for_action(
            payload=LINES, checks_spec=[BALANCED, MODEL, BASELINE], checks_baseline=baseline, timeout=10
        )

    @runbook.step(name="upload", title="Upload")
    async def upload(self) -> None:
        await self.await_signal_with_action(
            predicate=lambda: bool(self.document),
            action="upload",
            checks_spec=[BALANCED],
            checks_submitted=lambda: self.document,
        )


@runbook.defn
class UncheckedWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> dict[str, Any]:
        await self.wait_for_action(payload=LINES)
        return self._step_snapshots


def checks_of(records: list[RunRecord], step: str) -> list[dict[str, Any]]:
    """What was recorded of the checks at the gate of `step`, in order."""
    gates = {
        record.data["gate_id"] for record in records if record.data.get("step_id") == step and "gate_id" in record.data
    }
    return [
        record.data["checks"] for record in records if record.data.get("gate_id") in gates and "checks" in record.data
    ]


def statuses(checks: dict[str, Any]) -> list[str]:
    return [item["status"] for item in checks["items"]]


class People:
    """Looks at everything that is recorded; approves a review when its checks have ended."""

    def __init__(self) -> None:
        self.records: list[RunRecord] = []
        self.checked = asyncio.Event()

    async def __call__(self, batch: RecordBatch) -> None:
        self.records += [record for record in batch.records if record not in self.records]
        if any(checks["status"] != "running" for checks in checks_of(self.records, "review")):
            self.checked.set()


async def test_checks_are_answered_in_order_while_the_gate_is_open_and_kept_in_snapshots():
    register_evaluator("checks_test.growth", lambda given, before: Finding("warn", f"{len(given)} {before}"))
    people = People()
    async with local_worker([CheckedWorkflow], task_queue="runbook:checked", record=people) as client:
        handle = await client.start_workflow(
            "CheckedWorkflow", {"nav": "1"}, id="checked", task_queue="runbook:checked"
        )
        async with asyncio.timeout(20):
            await people.checked.wait()
        pending = await handle.query("current_pending_action")
        assert statuses(pending["checks"]) == ["pass", "skipped", "warn"]
        assert pending["checks"]["summary"] == "1 warning, 1 passing, 1 skipped"
        assert "progress" not in pending["checks"]
        await handle.signal("user_action", {"kind": "approve"})
        await handle.signal("document_submitted", {})
        snapshots = await handle.result()
    assert [statuses(checks) for checks in checks_of(people.records, "review")] == [
        ["running", "running", "running"],
        ["pass", "running", "running"],
        ["pass", "skipped", "running"],
        ["pass", "skipped", "warn"],
    ]
    assert snapshots["review"]["checks"] == pending["checks"]
    assert snapshots["review"]["checks"]["items"][2]["detail"] == "1 {'nav': '1'}"
    assert [checks["status"] for checks in checks_of(people.records, "upload")] == ["running", "pass"]
    assert snapshots["upload"]["checks"]["items"][0]["data"]["total_debits"] == "1.00"


async def test_a_decision_does_not_wait_for_checks_and_those_without_an_answer_are_skipped():
    async with WorkflowHarness(CheckedWorkflow, extra_activities=[run_quality_check]) as harness:
        result = await harness.run(input=None)
    assert result.error is None
    kept = result.result["review"]["checks"]
    assert kept["status"] != "running"
    assert "running" not in statuses(kept)
    assert checks_of(result.records[result.workflow_id], "review")[-1] == kept


async def test_a_gate_that_expires_settles_its_checks():
    silent = Scenario(name="silent", review_overrides={"review": "ignored"})
    async with WorkflowHarness(CheckedWorkflow, extra_activities=[run_quality_check]) as harness:
        result = await harness.run(input=None, scenario=silent)
    assert result.status == "failed"
    assert checks_of(result.records[result.workflow_id], "review")[-1]["status"] != "running"


async def test_a_gate_without_checks_shows_none():
    async with WorkflowHarness(UncheckedWorkflow) as harness:
        result = await harness.run()
    assert not any("checks" in record.data for record in result.records[result.workflow_id])
    assert result.result == {}
