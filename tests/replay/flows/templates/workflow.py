"""The flows. None of them does anything but what its history is kept for."""

import asyncio
from datetime import timedelta
from typing import Any

from ntro.capabilities.checks import QualityCheckSpec
from ntro.workflow import NtroWorkflow, runbook
from ntro.workflow.exceptions import ActivityError

from .activities import add, refuse

DAY = timedelta(days=1)


@runbook.defn
class QueuedGatesWorkflow(NtroWorkflow):
    """Two gates are asked for at once; the second opens when the first closes."""

    @runbook.run
    async def run(self) -> list[str]:
        return list(await asyncio.gather(self.left(), self.right()))

    @runbook.step(name="left", title="Left")
    async def left(self) -> str:
        return (await self.wait_for_action(payload={"side": "left"})).action

    @runbook.step(name="right", title="Right")
    async def right(self) -> str:
        return (await self.wait_for_action(payload={"side": "right"})).action


@runbook.defn
class SignOffWorkflow(NtroWorkflow):
    """A sign-off stands, is suspended when its figure moves, and is given again by another person."""

    @runbook.run
    async def run(self) -> list[str | None]:
        prepared = await self.prepare()
        return [await self.sign(prepared), await self.sign(prepared), await self.sign(prepared + 1)]

    @runbook.step(name="prepare", title="Prepare")
    async def prepare(self) -> int:
        await self.wait_for_action(payload={"nav": 1})
        return await runbook.execute_activity(add, 1, None)

    @runbook.step(name="sign", title="Sign")
    async def sign(self, nav: int) -> str | None:
        return (await self.wait_for_sign_off("nav", payload={"nav": nav}, reason="Sign the NAV")).actor


@runbook.defn
class FourEyesWorkflow(NtroWorkflow):
    """Who prepared cannot approve alone; the gate waits for a second person."""

    @runbook.run
    async def run(self) -> list[str | None]:
        return [await self.prepare(), await self.approve()]

    @runbook.step(name="prepare", title="Prepare")
    async def prepare(self) -> str | None:
        return (await self.wait_for_action(payload={"lines": 1})).actor

    @runbook.step(name="approve", title="Approve")
    async def approve(self) -> str | None:
        return (await self.wait_for_action(payload={"lines": 1}, four_eyes=True, timeout=DAY)).actor


@runbook.defn
class RowActionsWorkflow(NtroWorkflow):
    """Rows are edited while a gate is open; an edit that fails is shown there."""

    def on_row_action(self, action: dict[str, Any]) -> None:
        said = action["payload"]
        rows = {row["id"]: row for row in self._pending_payload["rows"]}
        rows[said["row_id"]]["amount"] = said["value"]

    @runbook.run
    async def run(self) -> str:
        return await self.review()

    @runbook.step(name="review", title="Review")
    async def review(self) -> str:
        answer = await self.wait_for_action(payload={"rows": [{"id": "1", "amount": "1.00"}]})
        return answer.action


@runbook.defn
class FeedbackWorkflow(NtroWorkflow):
    """What was handed in is refused once, with the reason at the gate that opens again."""

    def __init__(self) -> None:
        self.submitted: list[str] = []

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self.submitted.append(payload["document_ref"])

    @runbook.run
    async def run(self) -> int:
        for number in (1, 2):
            await self.collect(number)
            if number == 1:
                self.set_user_feedback(kind="ingest", level="error", payload={"message": "unreadable"})
        return len(self.submitted)

    @runbook.step(name="collect", title="Collect")
    async def collect(self, number: int) -> None:
        await self.await_signal_with_action(predicate=lambda: len(self.submitted) >= number, action="document")


@runbook.defn
class WaitingWorkflow(NtroWorkflow):
    """Waits for a person, a day at most."""

    @runbook.run
    async def run(self) -> str:
        return await self.review()

    @runbook.step(name="review", title="Review")
    async def review(self) -> str:
        return (await self.wait_for_action(payload={"rows": []}, timeout=DAY)).action


@runbook.defn
class OnwardWorkflow(NtroWorkflow):
    """Goes on as a new run twice."""

    @runbook.run
    async def run(self, number: int = 0) -> int:
        number = await self.count(number)
        if number < 3:
            runbook.continue_as_new(number)
        return number

    @runbook.step(name="count", title="Count")
    async def count(self, number: int) -> int:
        await self.wait_for_action(payload={"number": number})
        return await runbook.execute_activity(add, number, 1)


@runbook.defn
class FanOutWorkflow(NtroWorkflow):
    """Three children at once, and one more of the same step afterwards."""

    @runbook.run
    async def run(self, numbers: list[int]) -> list[int]:
        return [*await self.fan_out(numbers), *await self.fan_out(numbers[:1])]

    @runbook.step(name="fan_out", title="Fan out")
    async def fan_out(self, numbers: list[int]) -> list[int]:
        return await self.run_child_workflows(slug="leaf", inputs=numbers, result_type=int)


@runbook.defn
class LeafWorkflow(NtroWorkflow):
    """Refuses what is negative."""

    @runbook.run
    async def run(self, number: int) -> int:
        return await self.work(number)

    @runbook.step(name="work", title="Work")
    async def work(self, number: int) -> int:
        return await runbook.execute_activity(
            refuse if number < 0 else add, args=[number] if number < 0 else [number, 1]
        )


@runbook.defn
class FacadeWorkflow(NtroWorkflow):
    """Everything of the facade that leaves a mark in a history."""

    @runbook.run
    async def run(self) -> list[Any]:
        sums = [await runbook.execute_activity(add, 1, None), await runbook.execute_local_activity(add, 2, 2)]
        sums.append(await self.run_step("sum", add, 3, 3))
        try:
            await runbook.execute_activity(refuse, 4)
        except ActivityError as error:
            self.record_event("sum.refused", {"cause": str(error.cause)})
        await runbook.sleep(DAY)
        chance = f"{runbook.uuid4()} {runbook.random().random():.3f} {runbook.patched('first')}"
        return [*sums, len(chance) > 0, await self.wait_for_signal("named")]


@runbook.defn
class CheckedWorkflow(NtroWorkflow):
    """Checks run while people look."""

    @runbook.run
    async def run(self) -> str:
        return await self.review()

    @runbook.step(name="review", title="Review")
    async def review(self) -> str:
        spec = [QualityCheckSpec(id="journal_balanced", title="Balanced", evaluator="code")]
        answer = await self.wait_for_action(payload={"debit": "1.00", "credit": "1.00"}, checks_spec=spec)
        return answer.action
