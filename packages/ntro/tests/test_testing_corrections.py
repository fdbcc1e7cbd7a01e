"""Corrections of a scenario: sent once, then what is shown again is approved."""

from typing import Any

import pytest

from ntro.testing import Scenario, WorkflowHarness
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
