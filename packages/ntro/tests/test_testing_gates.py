"""The harness answers every kind of gate, in one voice whatever dialect a runbook reads, and stops where it must."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from ntro.capabilities.checks import QualityCheckSpec
from ntro.testing import BUILT_IN_SCENARIOS, HAPPY, REJECT_ALL, RunResult, Scenario, WorkflowHarness
from ntro.testing.driver import MAX_ANSWERS
from ntro.workflow import NtroWorkflow, get_runtime, runbook
from ntro.workflow.runtime import TemporalRuntime


class Submitting(NtroWorkflow):
    """Keeps whatever is handed in."""

    def __init__(self) -> None:
        self.handed_in: list[dict[str, Any]] = []

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self.handed_in.append(payload)

    @runbook.signal
    def data_submitted(self, payload: dict[str, Any]) -> None:
        self.handed_in.append(payload)

    @runbook.signal
    def tb_submitted(self, payload: dict[str, Any]) -> None:
        self.handed_in.append(payload)

    async def wait(self, count: int, **action: Any) -> list[dict[str, Any]]:
        hint = action.pop("hint", None)
        await self.await_signal_with_action(
            predicate=lambda: len(self.handed_in) >= count, action=action, display_hint=hint, timeout=timedelta(days=1)
        )
        return self.handed_in


@runbook.defn
class SeveralFilesWorkflow(Submitting):
    @runbook.run
    async def run(self) -> list[str]:
        run_id = runbook.info().workflow_id
        UUID(run_id)
        return await self.collect([{"source": name, "args": {"signal_task_id": run_id}} for name in ("bank", "rent")])

    @runbook.step(name="collect", title="Collect")
    async def collect(self, expected: list[dict[str, Any]]) -> list[str]:
        hint = {"component": "MULTI_FILE_UPLOAD", "config": {"expected": expected}}
        return [item["source"] for item in await self.wait(2, kind="submit_files", hint=hint)]


@runbook.defn
class BareFilesWorkflow(Submitting):
    @runbook.run
    async def run(self) -> list[str]:
        return [item["source"] for item in await self.wait(1, kind="submit_files")]


@runbook.defn
class DataWorkflow(Submitting):
    @runbook.run
    async def run(self) -> list[dict[str, Any]]:
        return await self.submit()

    @runbook.step(name="submit", title="Submit")
    async def submit(self) -> list[dict[str, Any]]:
        args = {"source": "expense", "signal_name": "data_submitted"}
        return await self.wait(1, kind="submit_file", args=args)


@runbook.defn
class OwnSignalWorkflow(Submitting):
    @runbook.run
    async def run(self) -> list[dict[str, Any]]:
        return await self.wait(1, kind="submit_file", args={"signal_name": "tb_submitted", "source": "tb"})


@runbook.defn
class DialectsWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> list[Any]:
        answer = await self.wait_for_action(payload={"nav": "1.00"})
        return [
            answer.action,
            answer["action"],
            answer["kind"],
            answer["type"],
            answer.get("kind", "approve") != "reject",
        ]


@runbook.defn
class CheckedWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> str:
        spec = [QualityCheckSpec(id="journal_balanced", title="Balanced", evaluator="code")]
        return (await self.wait_for_action(payload={"lines": []}, checks_spec=spec)).action


@runbook.defn
class EndlessWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> None:
        while True:
            await self.wait_for_action(payload={}, timeout=timedelta(hours=1))


class Named(BaseModel):
    when: "str"
    parts: "list[Part]"


class Part(BaseModel):
    period: "str"


@runbook.defn
class StringAnnotationsWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, given: "Named") -> "int":
        return len(given.parts)


async def run(cls: type, scenario: Scenario = HAPPY, **options: Any) -> RunResult:
    async with WorkflowHarness(cls) as harness:
        return await harness.run(scenario=scenario, **options)


async def test_each_document_of_a_list_is_handed_in():
    result = await run(SeveralFilesWorkflow)
    assert (result.error, result.result) == (None, ["bank", "rent"])
    assert [event.detail["source"] for event in result.events if event.kind == "submit_file"] == ["bank", "rent"]


async def test_files_that_nobody_lists_are_one_document():
    assert (await run(BareFilesWorkflow)).result == ["document"]


async def test_data_is_handed_in_as_a_cell_sends_it():
    rows = {"rows": [{"vendor": "Rail"}]}
    result = await run(DataWorkflow, Scenario(name="rows", extra_signal_payloads={"submit": {"data": rows}}))
    [event] = result.result
    assert set(event) == {
        "event_id",
        "kind",
        "tenant_slug",
        "entity_slug",
        "source",
        "source_ref",
        "data",
        "received_at",
    }
    assert (event["kind"], event["data"]) == ("expense", rows)


async def test_a_signal_of_the_runbooks_own_is_sent():
    [payload] = (await run(OwnSignalWorkflow)).result
    assert payload["source"] == "tb"


async def test_a_document_that_the_scenario_ignores_never_comes():
    result = await run(DataWorkflow, Scenario(name="away", review_overrides={"submit": "ignored"}))
    assert result.status == "failed"
    assert [r.data["outcome"] for r in result.records[result.workflow_id] if r.type == "gate.closed"] == ["timed_out"]


@pytest.mark.parametrize(
    ("scenario", "answers"),
    [
        (HAPPY, ["approved", "approved", "approve", "approved", True]),
        (REJECT_ALL, ["rejected", "rejected", "reject", "rejected", False]),
    ],
)
async def test_an_answer_is_the_same_in_every_dialect(scenario: Scenario, answers: list[Any]):
    assert (await run(DialectsWorkflow, scenario)).result == answers


async def test_a_gate_with_checks_is_answered():
    assert (await run(CheckedWorkflow)).result == "approved"


async def test_a_step_that_asks_without_end_is_answered_a_bounded_number_of_times():
    result = await run(EndlessWorkflow)
    assert result.status == "failed"
    answers = [event for event in result.events if event.kind == "review"]
    assert len(answers) == MAX_ANSWERS


async def test_an_example_is_made_from_annotations_that_are_text():
    assert (await run(StringAnnotationsWorkflow)).result == 1


def test_the_built_in_scenarios_are_named():
    assert BUILT_IN_SCENARIOS == {"happy": HAPPY, "reject_all": REJECT_ALL}
    assert HAPPY.response_for_review("any") == "approved"
    assert REJECT_ALL.response_for_review(None) == "rejected"


def test_using_the_harness_changes_nothing_of_the_process():
    assert isinstance(get_runtime(), TemporalRuntime)
