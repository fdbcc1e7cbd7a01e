"""Whoever a cell lets through: a run itself lets no agent sign, nor be somebody's second person."""

from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from ntro.testing.local_run import LocalRun
from ntro.workflow import NtroWorkflow, run_local, runbook, ui_step
from ntro.workflow.decisions import DECIDE_UPDATE, FOUR_EYES, Decision, DecisionReceipt


@runbook.defn
class AgentsMonthWorkflow(NtroWorkflow):
    """A review, a sign-off without four eyes, a review with them; it tells who decided each."""

    @runbook.run
    async def run(self) -> list[str | None]:
        return [await self.review(), await self.sign(), await self.check()]

    @ui_step(name="review", title="Review")
    async def review(self) -> str | None:
        return (await self.wait_for_action(payload={"lines": 3})).actor

    @ui_step(name="sign", title="Sign")
    async def sign(self) -> str | None:
        return (await self.wait_for_sign_off("nav", payload={"nav": "10.00"}, four_eyes=False)).actor

    @ui_step(name="check", title="Check")
    async def check(self) -> str | None:
        return (await self.wait_for_action(payload={"nav": "10.00"}, four_eyes=True)).actor


async def decide(run: LocalRun, actor: str, action: str = "approved") -> dict[str, Any]:
    shown = await run.pending_action()
    decision = Decision(gate_id=shown["gate_id"], decision_id=f"{actor}-{shown['gate_id']}", action=action, actor=actor)  # type: ignore[arg-type]  # a literal
    await run.handle.execute_update(DECIDE_UPDATE, decision, result_type=DecisionReceipt)
    return shown


async def refused_type(run: LocalRun, action: str) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await decide(run, "agent:7", action)
    return str(caught.value.cause.type)  # type: ignore[union-attr]  # it has one here


async def test_an_agent_may_review_and_neither_sign_nor_be_the_second_person():
    run = await run_local(AgentsMonthWorkflow, handle=True)
    await decide(run, "agent:7")
    for person in ("ada", "grace"):
        for action in ("approved", "rejected", "corrected"):
            assert await refused_type(run, action) == FOUR_EYES
        shown = await decide(run, person)
        assert ("sign_off" in shown) == (person == "ada")
    assert await run.result() == ["agent:7", "ada", "grace"]


async def test_a_signal_in_an_agents_name_signs_nothing():
    run = await run_local(AgentsMonthWorkflow, handle=True)
    await decide(run, "ada")
    await run.handle.signal("user_action", {"type": "approved", "actor": "agent:7"})
    assert (await run.pending_action())["sign_off"] == "nav"
    await decide(run, "ada")
    await decide(run, "grace")
    assert await run.result() == ["ada", "ada", "grace"]
