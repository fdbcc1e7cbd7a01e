"""`run_local` with a handle: signalling and querying a run and its children in memory."""

from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.client import WorkflowFailureError

from ntro.workflow import NtroWorkflow, WorkflowError, register_workflow, run_local, runbook


class Verdict(BaseModel):
    action: str


@runbook.defn
class LocalChildWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, amount: str) -> Verdict:
        answer = await self.wait_for_action(payload={"amount": amount}, timeout=60)
        return Verdict(action=answer.action)


@runbook.defn
class LocalParentWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, amount: str) -> Verdict:
        if amount == "nothing":
            raise WorkflowError("there is no amount")
        verdict: Verdict = await self.run_child_workflow(slug="local-child", input=amount, step_id="review")
        return verdict


@pytest.fixture(autouse=True)
def child() -> None:
    register_workflow("local-child", LocalChildWorkflow)


async def test_a_run_and_its_child_are_queried_and_signalled_by_handle():
    run = await run_local(LocalParentWorkflow, "1.00", workflow_id="local-parent", handle=True)
    pending: dict[str, Any] = await run.pending_action()
    assert pending["payload"] == {"amount": "1.00"}
    drill_down = await run.query("current_pending_action")
    [child] = drill_down["children"]
    assert child["task_id"] == "local-parent:review:local-child"
    await run.child(child["task_id"]).signal("user_action", {"kind": "reject"})
    assert await run.result() == Verdict(action="rejected")


async def test_a_run_that_has_ended_waits_for_nobody():
    async with await run_local(LocalParentWorkflow, "nothing", handle=True) as run:
        with pytest.raises(RuntimeError):
            await run.pending_action()
        with pytest.raises(WorkflowFailureError):
            await run.result()


async def test_a_run_that_is_left_ends_with_its_server():
    async with await run_local(LocalChildWorkflow, "1.00", handle=True) as run:
        assert (await run.pending_action())["kind"] == "interactive_review"


async def test_without_a_handle_nobody_answers_and_the_gate_expires():
    with pytest.raises(WorkflowFailureError):
        await run_local(LocalParentWorkflow, "1.00")
