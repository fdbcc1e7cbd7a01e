"""The harness: runs go through their gates in memory, and what fails says why."""

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from ntro.testing import HAPPY, REJECT_ALL, Scenario, WorkflowHarness, load_runbook, load_runbook_with_children, report
from ntro.workflow import activity

INGEST = """
from datetime import timedelta
from typing import Any

from ntro.workflow import NtroWorkflow, runbook, ui_step

from .activities import parse
from .models import Context, Parsed


@runbook.defn
class DocumentIngestWorkflow(NtroWorkflow):
    def __init__(self) -> None:
        self.submission: dict[str, Any] | None = None

    @runbook.signal
    async def document_submitted(self, submission: dict[str, Any]) -> None:
        self.submission = submission

    @runbook.run
    async def run(self, ctx: Context) -> Parsed:
        await self.submit(ctx)
        parsed = await self.extract()
        return await self.review(parsed)

    @ui_step(name="submit", title="Submit", icon="Upload")
    async def submit(self, ctx: Context) -> None:
        await self.await_signal_with_action(
            predicate=lambda: self.submission is not None,
            action={"kind": "submit_file", "reason": "Awaiting the document"},
            display_hint={"source": ctx.source},
            timeout=timedelta(hours=24),
        )

    @ui_step(name="extract", title="Extract")
    async def extract(self) -> Parsed:
        return await runbook.execute_activity(parse, self.submission, start_to_close_timeout=timedelta(seconds=30))

    @ui_step(name="review", title="Review")
    async def review(self, parsed: Parsed) -> Parsed:
        answer = await self.wait_for_action(payload=parsed, four_eyes=True, timeout=timedelta(hours=1))
        if answer.action == "rejected":
            raise ValueError("the document was rejected")
        return parsed
"""
INGEST_ACTIVITIES = """
from typing import Any

from ntro.workflow import activity

from .models import Parsed


@activity.defn(name="document_ingest.parse")
async def parse(submission: dict[str, Any]) -> Parsed:
    raise RuntimeError("mocked in tests")
"""
INGEST_MODELS = """
from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from ntro.events import ObservableResult


class Context(BaseModel):
    source: str
    period: str = Field(pattern=r"^\\\\d{4}-\\\\d{2}$")


class Line(BaseModel):
    account: str
    amount: Annotated[Decimal, Field(gt=0)]
    side: Literal["debit", "credit"]


class Parsed(ObservableResult):
    lines: list[Line] = Field(min_length=1)

    class ObserverMeta:
        event_type = "document.parsed"
"""
PARENT = """
from typing import Any

from ntro.workflow import NtroWorkflow, runbook, ui_step


@runbook.defn
class NavMonthlyWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, ctx: dict[str, Any]) -> int:
        parsed = await self.collect()
        await self.sign_off(len(parsed))
        return len(parsed)

    @ui_step(name="collect", title="Collect", icon="Inbox")
    async def collect(self) -> list[Any]:
        sources = ["bank", "bank", "invoices"]
        return await self.collect_documents(
            expected=[{"source": source} for source in sources],
            inputs=[{"source": source, "period": "2026-01"} for source in sources],
        )

    @ui_step(name="sign_off", title="Sign off")
    async def sign_off(self, count: int) -> None:
        await runbook.sleep(86400)
        answer = await self.wait_for_action(payload={"documents": count}, reason="Sign the month off")
        if answer["kind"] == "reject":
            raise ValueError("not signed")
"""


def write_bundle(folder: Path, *, workflow: str, activities: str = "", models: str | None = None) -> Path:
    templates = folder / "templates"
    templates.mkdir(parents=True)
    (templates / "workflow.py").write_text(workflow)
    (templates / "activities.py").write_text(activities)
    if models is not None:
        (templates / "models.py").write_text(models.replace("\\\\", "\\"))
    return folder


@pytest.fixture
def ingest(tmp_path: Path) -> Path:
    return write_bundle(
        tmp_path / "document-ingest", workflow=INGEST, activities=INGEST_ACTIVITIES, models=INGEST_MODELS
    )


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "nav-monthly", workflow=PARENT)


async def test_a_runbook_goes_through_all_gates_with_mocks_and_an_example_input(ingest: Path):
    cls, activities = load_runbook(ingest)
    assert [fn.__name__ for fn in activities] == ["parse"]
    async with WorkflowHarness(cls) as harness:
        result = await harness.run()
        rejected = await harness.run(scenario=REJECT_ALL)
    assert result.status == "completed", result.error
    assert result.result.lines[0].side == "debit"
    assert [event.kind for event in result.events] == ["submit_file", "review", "done"]
    assert rejected.status == "failed"
    assert rejected.failed_step == "review"
    assert rejected.error is not None


async def test_children_are_driven_and_time_is_skipped_between_gates(ingest: Path, parent: Path):
    cls, children, _ = load_runbook_with_children(parent, children_dirs=[ingest])
    async with WorkflowHarness(cls, child_workflows=children) as harness:
        result = await harness.run(input={}, scenario=HAPPY)
    assert result.status == "completed", result.error
    assert result.result == 3
    base = f"{result.workflow_id}:collect:document-ingest"
    assert set(result.records) == {result.workflow_id, f"{base}:bank", f"{base}:bank:2", f"{base}:invoices"}
    assert len([event for event in result.events if event.kind == "submit_file"]) == 3
    statuses = [
        tuple(slot["status"] for slot in record.data["display_hint"]["config"]["expected"])
        for record in result.records[result.workflow_id]
        if record.type == "gate.updated"
    ]
    assert statuses[-1] == ("completed", "completed", "completed")
    assert any("processing" in status for status in statuses)
    started = result.records[f"{base}:bank:2"][0]
    assert started.type == "run.started"
    assert started.data["slug"] == "document-ingest"
    assert started.data["parent_workflow_id"] == result.workflow_id
    assert started.data["parent_step_id"] == "collect"
    assert [step["id"] for step in started.data["steps"]] == ["submit", "extract", "review"]


async def test_a_failing_child_is_shown_as_failed_and_the_others_still_end(ingest: Path, parent: Path):
    cls, children, _ = load_runbook_with_children(parent, children_dirs=[ingest])
    async with WorkflowHarness(cls, child_workflows=children) as harness:
        result = await harness.run(input={}, scenario=Scenario(name="no", review_overrides={"review": "rejected"}))
    assert result.status == "failed"
    assert result.failed_step == "collect"
    closed = [r.data["status"] for r in result.records[result.workflow_id] if r.type == "child.closed"]
    assert closed == ["failed"] * 3
    last = [r for r in result.records[result.workflow_id] if r.type == "gate.updated"][-1]
    assert [slot["status"] for slot in last.data["display_hint"]["config"]["expected"]] == ["failed"] * 3


async def test_a_gate_that_the_scenario_ignores_runs_into_its_timeout(ingest: Path):
    cls, _ = load_runbook(ingest)
    async with WorkflowHarness(cls) as harness:
        result = await harness.run(scenario=Scenario(name="away", review_overrides={"review": "ignored"}))
    assert result.status == "failed"
    outcomes = [r.data["outcome"] for r in result.records[result.workflow_id] if r.type == "gate.closed"]
    assert outcomes == ["satisfied", "timed_out"]


async def test_a_given_activity_replaces_the_mock_and_its_input_error_is_not_retried(ingest: Path):
    attempts = []

    @activity.defn(name="document_ingest.parse")
    async def parse(submission: dict[str, str]) -> None:
        attempts.append(submission["source"])
        raise ValueError("not a statement")

    cls, _ = load_runbook(ingest)
    async with WorkflowHarness(cls, extra_activities=[parse]) as harness:
        result = await harness.run(
            input={"source": "bank", "period": "2026-01"},
            scenario=Scenario(name="named", extra_signal_payloads={"submit": {"source": "renamed"}}),
        )
    assert attempts == ["renamed"]
    assert result.error is not None
    assert result.error.startswith("ValueError")
    assert result.failed_step == "extract"


async def test_an_input_that_does_not_fit_is_refused_before_the_run(ingest: Path):
    cls, _ = load_runbook(ingest)
    async with WorkflowHarness(cls) as harness:
        with pytest.raises(ValidationError):
            await harness.run(input={"source": "bank", "period": "January"})


async def test_a_run_that_waits_for_nobody_ends_at_the_deadline_with_its_cause(tmp_path: Path):
    stuck = PARENT.replace("await self.collect()", "await self.wait_for_signal('never')")
    folder = write_bundle(tmp_path / "nav-monthly", workflow=stuck)
    cls, _ = load_runbook(folder)
    async with WorkflowHarness(cls) as harness:
        async with asyncio.timeout(60):
            result = await harness.run(input={}, timeout_s=1)
    assert result.status == "failed"
    assert result.error


async def test_a_report_is_one_document(ingest: Path):
    cls, _ = load_runbook(ingest)
    async with WorkflowHarness(cls) as harness:
        results = [await harness.run()]
    document = json.loads(report.json(results))
    assert document[0]["scenario"] == "happy"
    assert "happy" in report.human(results)


async def test_a_run_costs_a_few_milliseconds_of_loading_because_models_and_activities_are_shared(ingest: Path):
    cls, _ = load_runbook(ingest)
    package = cls.__module__.rpartition(".")[0]
    assert cls.__ntro_bundle__.passthrough == (f"{package}.models", f"{package}.activities")  # type: ignore[attr-defined]  # set by the loader


async def test_a_reviewer_of_a_childs_document_cannot_sign_alone_for_its_parent(ingest: Path, tmp_path: Path):
    signing = PARENT.replace('reason="Sign the month off"', "four_eyes=True, timeout=60")
    parent = write_bundle(tmp_path / "nav-monthly", workflow=signing)
    cls, children, _ = load_runbook_with_children(parent, children_dirs=[ingest])
    async with WorkflowHarness(cls, child_workflows=children) as harness:
        same = await harness.run(input={}, scenario=Scenario(name="same", actor="ana"))
        others = await harness.run(input={})
    assert same.status == "failed"
    assert others.status == "completed", others.error
