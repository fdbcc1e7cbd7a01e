"""Calls that are wrong: each line that ends with a mark is a type error, and no other line is."""

from ntro.capabilities.checks import QualityCheckSpec, register_evaluator
from ntro.testing import Scenario
from ntro.workflow import NtroWorkflow, UIComponent, WorkflowError, activity, register_workflow, run_local, runbook
from ntro.workflow.task import previous


@activity.defn(name="wrong.add")
async def add(first: int, second: int) -> int:
    return first + second


@runbook.step(title="No name")  # error
async def nameless(self: NtroWorkflow) -> None:
    return None


@runbook.defn
class WrongWorkflow(NtroWorkflow):
    @runbook.step(name="step", title="Step")
    async def step(self, amount: int) -> int:
        return amount

    @runbook.run
    async def run(self) -> None:
        await self.step("ten")  # error
        await self.step(10, unit="GBP")  # error
        text: str = await self.step(10)  # error
        await runbook.execute_activity(add, 1)  # error
        await runbook.execute_activity(add, 1, "two")  # error
        await runbook.execute_activity(add, 1, 2, start_to_close_timeout="5m")  # error
        await runbook.execute_activity(add, 1, 2, start_to_close=5)  # error
        text = await runbook.execute_activity(add, 1, 2)  # error
        answer = await self.wait_for_action(payload=text, display_hint="APPROVAL_FORM")  # error
        await self.wait_for_action(payload=text, four_eyes="yes")  # error
        await self.wait_for_action(payload=text, timeout="1h")  # error
        await self.wait_for_action(text)  # error
        if answer.action == "approve":  # error
            return
        assert answer.verdict  # error
        await self.await_signal_with_action(predicate=True, action="upload")  # error
        await self.await_signal_with_action(action="upload")  # error
        await self.run_child_workflow(slug="other")  # error
        await self.run_child_workflows(slug="other", inputs=3)  # error
        await self.collect_documents(expected=["invoice"], inputs=[{}])  # error
        self.set_user_feedback(payload="look")  # error
        self.record_event("done", "text")  # error
        await self.load_previous_task(workflow_slug="other")  # error
        assert (await previous(workflow_slug="other", entity_id="spv")).output  # error
        await runbook.sleep("1h")  # error
        runbook.query_all()  # error


QualityCheckSpec(id="a", title="A", evaluator="guess")  # error
register_evaluator("a", "balanced")  # error
register_workflow("slug", WrongWorkflow())  # error
Scenario(name="a", approve_reviews="all")  # error
WorkflowError()  # error
assert UIComponent.TABLE  # error


async def local() -> None:
    await run_local(WrongWorkflow, handle="yes")  # error
