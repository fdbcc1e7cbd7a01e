"""Corrections of a scenario: sent once, then what is shown again is approved."""

from pathlib import Path
from typing import Any

import pytest

from ntro.testing import Scenario, WorkflowHarness
from ntro.testing.running import run_scenario
from ntro.workflow import NtroWorkflow, runbook

CELL = {"line_item_id": "0:0", "field": "debit", "new_value": "1.00"}


@runbook.defn
class CorrectionsWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> list[Any]:
        return await self.review()

    @runbook.step(name="review", title="Review")
    async def review(self) -> list[Any]:
        answers: list[Any] = []
        while not answers or answers[-1]["action"] == "corrected" or answers[-1]["corrections"]:
            answers.append(await self.wait_for_action(payload={"round": len(answers)}))
        return [[answer["action"], len(answer["corrections"])] for answer in answers]


@pytest.mark.parametrize(
    ("scenario", "answers"),
    [
        (
            Scenario(name="approves with corrections", corrections={"review": [CELL]}),
            [["approved", 1], ["approved", 0]],
        ),
        (
            Scenario(name="corrects", corrections={"review": [CELL]}, review_overrides={"review": "corrected"}),
            [["corrected", 1], ["approved", 0]],
        ),
        (
            Scenario(name="corrects nothing", review_overrides={"review": "corrected"}),
            [["corrected", 0], ["approved", 0]],
        ),
    ],
)
async def test_a_review_that_is_shown_again_after_corrections_is_approved(scenario: Scenario, answers: list[Any]):
    async with WorkflowHarness(CorrectionsWorkflow) as harness:
        for _ in range(2):
            assert (await harness.run(scenario=scenario)).result == answers


@pytest.mark.parametrize("verdict", ["approved", "corrected"])
async def test_a_shipped_runbook_that_shows_corrections_again_ends(verdict: str):
    folder = Path(__file__).parents[3] / "runbooks" / "nav-monthly-journals"
    scenario = Scenario(
        name="corrects", corrections={"review_journals": [CELL]}, review_overrides={"review_journals": verdict}
    )
    result = await run_scenario(folder, scenario)
    assert result.error is None
    answers = [event.detail["action"] for event in result.events if event.kind == "review"]
    assert answers == [verdict, "approved"]


async def test_who_rejects_with_corrections_rejects_again():
    scenario = Scenario(name="rejects", approve_reviews=False, corrections={"review": [CELL]})
    async with WorkflowHarness(CorrectionsWorkflow) as harness:
        assert (await harness.run(scenario=scenario)).result == [["rejected", 1], ["rejected", 0]]
