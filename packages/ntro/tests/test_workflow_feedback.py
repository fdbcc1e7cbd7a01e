"""Messages to people: at which gates they are shown."""

from typing import Any

from ntro.testing import RunResult, WorkflowHarness
from ntro.workflow import NtroWorkflow, runbook


@runbook.defn
class FeedbackWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, said: str) -> None:
        if said == "between steps":
            await self.work()
            self.set_user_feedback(kind="ingest", payload="look again")
        await self.first(said)
        await self.second()
        await self.first("nothing")

    @runbook.step(name="work", title="Work")
    async def work(self) -> None:
        return None

    @runbook.step(name="first", title="First")
    async def first(self, said: str) -> None:
        if said == "inside a step":
            self.set_user_feedback(kind="ingest", payload="look again")
        await self.wait_for_action(payload={})

    @runbook.step(name="second", title="Second")
    async def second(self) -> None:
        await self.wait_for_action(payload={})


def feedback_at_gates(result: RunResult) -> list[Any]:
    """What each gate showed, in the order in which they opened."""
    [records] = result.records.values()
    shown: dict[str, Any] = {}
    for record in records:
        if record.type == "gate.opened":
            shown[record.data["gate_id"]] = record.data["display_hint"]["config"].get("feedback")
        elif record.type == "gate.updated":
            assert record.data["feedback"] == shown[record.data["gate_id"]]
    return list(shown.values())


async def test_feedback_is_shown_at_gates_of_its_step_and_set_between_steps_at_the_next_gate():
    look_again = {"kind": "ingest", "level": "info", "payload": {"value": "look again"}}
    async with WorkflowHarness(FeedbackWorkflow) as harness:
        for said in ("between steps", "inside a step"):
            result = await harness.run(input=said)
            assert result.error is None
            assert feedback_at_gates(result) == [look_again, None, look_again]
        assert feedback_at_gates(await harness.run(input="nothing")) == [None, None, None]
