"""A runbook as its author writes it, with everything typed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, assert_type

from pydantic import BaseModel

from ntro.capabilities.checks import Finding, QualityCheckSpec, register_evaluator
from ntro.events import ObservableResult
from ntro.types import CurrencyCode, Period
from ntro.workflow import NtroWorkflow, UserAction, WorkflowError, activity, run_local, runbook, ui_step
from ntro.workflow.task import PreviousTaskHandle, previous


class Context(BaseModel):
    period: Period
    entity_id: str
    currency: CurrencyCode = "GBP"


class Total(ObservableResult):
    amount: Decimal

    class ObserverMeta:
        event_type = "total.computed"


class Child(BaseModel):
    period: str


@activity.defn(name="typed_sample.add_up")
async def add_up(context: Context, rounds: int) -> Total:
    activity.logger.info("adding up %s", context.period)
    activity.heartbeat(rounds)
    return Total(amount=Decimal(rounds))


@activity.defn
def publish(total: Total) -> str:
    return str(total.amount)


@runbook.defn
class TypedSampleWorkflow(NtroWorkflow):
    def __init__(self) -> None:
        super().__init__()
        self.submitted: dict[str, Any] | None = None

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self.submitted = payload

    @runbook.query
    def has_document(self) -> bool:
        return self.submitted is not None

    @runbook.run
    async def run(self, context: Context) -> Total:
        await self.upload(context)
        total = await self.total(context, rounds=3)
        assert_type(total, Total)
        answer = await self.review(total)
        assert_type(answer, UserAction)
        if answer.action == "rejected":
            raise WorkflowError("the total was rejected", type="Rejected", non_retryable=True)
        await self.run_child_workflow(slug="other", input=Child(period=context.period), result_type=Total)
        return total

    @runbook.step(name="upload", title="Upload", icon="Upload")
    async def upload(self, context: Context) -> None:
        await self.await_signal_with_action(
            predicate=lambda: self.submitted is not None,
            action={"kind": "submit_file", "reason": f"Submit the invoice of {context.period}"},
            display_hint={"component": "FILE_UPLOAD", "config": {"accept": [".pdf"]}},
            timeout=timedelta(hours=24),
        )

    @runbook.step(name="total", title="Total")
    async def total(self, context: Context, *, rounds: int) -> Total:
        before = await previous(workflow_slug="typed-sample", entity_id=context.entity_id, before_period=context.period)
        assert_type(before, PreviousTaskHandle | None)
        total = await runbook.execute_activity(
            add_up, context, rounds, start_to_close_timeout=timedelta(minutes=1), result_type=Total
        )
        assert_type(total, Total)
        published = await runbook.execute_activity(publish, total)
        assert_type(published, str)
        self.record_event("total.published", {"amount": published})
        return total

    @ui_step(name="review", title="Review")
    async def review(self, total: Total) -> UserAction:
        return await self.wait_for_action(
            payload=total,
            reason="Look at the total",
            four_eyes=True,
            checks_spec=[QualityCheckSpec(id="positive", title="Positive", evaluator="code")],
        )


def positive(submitted: Any, _baseline: Any) -> Finding:
    return Finding("pass" if Decimal(submitted["amount"]) > 0 else "fail")


register_evaluator("positive", positive)


async def try_it() -> None:
    run = await run_local(TypedSampleWorkflow, Context(period="2026-03", entity_id="spv"), handle=True)
    assert_type(run.id, str)
    await run.signal("document_submitted", {})
