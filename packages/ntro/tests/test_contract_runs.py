"""Steps, children and activities of a run in memory, as the published contract has them."""

import asyncio
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import RetryState

from ntro.workflow import (
    NtroWorkflow,
    WorkflowError,
    activity,
    register_workflow,
    registry,
    run_local,
    runbook,
    ui_step,
)
from ntro.workflow.exceptions import ActivityError, ApplicationError

SLOTS = [{"source": "bank", "schema_slug": "bank-statement", "title": "Bank"}, {"source": "rent", "accept": ".pdf"}]
SOON = timedelta(milliseconds=1)
_mark: ContextVar[str] = ContextVar("contract_mark", default="unmarked")


class Slip(BaseModel):
    rows: list[str] = []


@runbook.defn
class ContractIntakeWorkflow(NtroWorkflow):
    """Takes in one document."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self.document = payload

    @runbook.run
    async def run(self, source: str) -> str:
        await self.await_signal_with_action(predicate=lambda: bool(self.document), action="upload")
        return f"{source}: {self.document['document_ref']}"


@runbook.defn
class CollectingWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> list[Any]:
        return await self.collect()

    @ui_step(name="collect", title="Collect")
    async def collect(self) -> list[Any]:
        return await self.collect_documents(
            expected=SLOTS, inputs=["bank", "rent"], runbook_slug="contract-intake", instructions="All of March"
        )


@runbook.defn
class NothingToCollectWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> list[Any]:
        refused = []
        for expected, inputs in (([{"source": "bank"}], []), ([{"title": "Bank"}], ["bank"])):
            try:
                await self.collect_documents(expected=expected, inputs=inputs)
            except (ValueError, KeyError) as error:
                refused.append(type(error).__name__)
        collected = await self.collect_documents(expected=[], inputs=[])
        return [refused, collected, await self.run_child_workflows(slug="contract-intake", inputs=[])]


@runbook.defn
class ClassAndSlugWorkflow(NtroWorkflow):
    """Dispatches a child by its class and by its slug, without the base class's help."""

    @runbook.run
    async def run(self) -> list[Any]:
        by_class = await runbook.start_child_workflow(
            ContractIntakeWorkflow, "one", id=f"{runbook.info().workflow_id}:1"
        )
        await by_class.signal("document_submitted", {"document_ref": "a"})
        by_slug = await runbook.start_child_workflow("contract-intake", "two")
        await by_slug.signal("document_submitted", {"document_ref": "b"})
        return [await by_class, await by_slug, bool(by_class.first_execution_run_id)]


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registry", {})
    register_workflow("contract-intake", ContractIntakeWorkflow)


def args_of(slot: dict[str, str], base: str) -> dict[str, Any]:
    """What a slot says of the run that takes its document."""
    child = f"{base}:{slot['source']}"
    named = {"source": slot["source"], "schema_slug": slot.get("schema_slug")}
    return named | {"signal_task_id": child, "signal_name": "document_submitted"}


@pytest.mark.usefixtures("intake")
async def test_documents_are_collected_at_one_gate_whose_slots_lead_to_their_runs():
    async with await run_local(CollectingWorkflow, handle=True) as run:
        gate = await run.pending_action()
        base = f"{run.id}:collect:contract-intake"
        slots = [slot | {"status": "pending", "args": args_of(slot, base)} for slot in SLOTS]
        config = {"title": "Upload sources", "instructions": "All of March", "expected": slots}
        assert gate["kind"] == "submit_files"
        assert gate["display_hint"] == {"component": "MULTI_FILE_UPLOAD", "config": config}
        async with asyncio.timeout(20):  # the gate opens while the runs are being started
            while len(children := (await run.query("children_by_step_id")).get("collect", [])) < len(slots):  # noqa: ASYNC110 - it asks a run
                await asyncio.sleep(0.01)
        assert [{**child, "run_id": bool(child["run_id"])} for child in children] == [
            {"workflow_id": f"{base}:{source}", "run_id": True, "slug": "contract-intake", "status": "running"}
            for source in ("bank", "rent")
        ]
        shown = (await run.query("current_ui_state"))["children"]["collect"]
        assert [set(child) for child in shown] == [{"run_id", "slug", "status"}] * 2
        for slot in slots:
            await run.child(slot["args"]["signal_task_id"]).signal("document_submitted", {"document_ref": "d"})
        handle = run.handle
        assert await handle.result() == ["bank: d", "rent: d"]
        snapshot = (await handle.query("step_snapshots"))["collect"]
        assert [slot["status"] for slot in snapshot["payload"]["expected"]] == ["completed", "completed"]


@pytest.mark.usefixtures("intake")
async def test_nothing_to_collect_is_nothing_and_what_does_not_fit_is_refused():
    assert await run_local(NothingToCollectWorkflow) == [["ValueError", "KeyError"], [], []]


@pytest.mark.usefixtures("intake")
async def test_children_are_dispatched_by_class_and_by_slug():
    assert await run_local(ClassAndSlugWorkflow) == ["one: a", "two: b", True]


@activity.defn(name="contract.append")
async def append(slip: Slip) -> list[str]:
    """Changes what it was given and a variable of its context."""
    slip.rows.append("changed")
    before = _mark.get()
    _mark.set("marked")
    return [before, *slip.rows]


@activity.defn(name="contract.flaky")
async def flaky(succeeds_at: int) -> int:
    """Fails until its attempt `succeeds_at`."""
    attempt = activity.info().attempt
    activity.heartbeat(attempt)
    activity.logger.info("tried")
    if attempt < succeeds_at:
        raise ConnectionError(f"attempt {attempt}")
    return attempt


@activity.defn
async def nothing_given(value: str | None) -> bool:
    """Named by its function."""
    return value is None


@runbook.defn
class ActivitiesWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> list[Any]:
        slip = Slip()
        seen: list[Any] = [await runbook.execute_activity(append, slip) for _ in range(2)]
        patient = RetryPolicy(initial_interval=SOON, maximum_attempts=3)
        seen.append(await runbook.execute_activity(flaky, 3, retry_policy=patient))
        seen.append(await runbook.execute_activity(nothing_given, None, start_to_close_timeout=timedelta(minutes=1)))
        try:
            await runbook.execute_activity(flaky, 9, retry_policy=patient)
        except (ActivityError, ApplicationError) as error:
            seen.append(type(error).__name__)
        return [*seen, slip.rows, bool(runbook.info().run_id)]


async def test_activities_in_memory_have_copies_contexts_and_retries_of_their_own():
    copied = ["unmarked", "changed"]
    assert await run_local(ActivitiesWorkflow) == [copied, copied, 3, True, "ActivityError", [], True]


@runbook.defn
class GivingUpWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> int:
        return await runbook.execute_activity(flaky, 1000)


async def test_an_activity_without_a_policy_of_its_own_is_given_up_after_some_attempts():
    with pytest.raises(WorkflowFailureError) as ended:
        await run_local(GivingUpWorkflow)
    cause = ended.value.cause
    assert isinstance(cause, ActivityError)
    assert cause.retry_state is RetryState.MAXIMUM_ATTEMPTS_REACHED


@runbook.defn
class OutlineWorkflow(NtroWorkflow):
    """Tells of its steps while it runs them."""

    @runbook.run
    async def run(self) -> list[Any]:
        opened = await self.opening()
        told = await self.run_step("telling", self.tell, 1, more=2)
        again = await self.opening()
        try:
            await self.failing()
        except WorkflowError as error:
            return [opened, told, again, self.statuses(), self._steps_completed, error.type, list(self._step_snapshots)]
        return []

    async def tell(self, first: int, *, more: int) -> list[Any]:
        return [self._current_step_id, first, more]

    def statuses(self) -> dict[str, str]:
        return {step["id"]: step["status"] for step in self.current_steps()}

    @ui_step(name="opening", title="Opening")
    async def opening(self) -> str:
        return self.statuses()["opening"]

    @runbook.step(name="failing", title="Failing", config={"wide": True})
    async def failing(self) -> None:
        raise WorkflowError("the books do not balance", type="Unbalanced")

    @ui_step(name="later", title="Later")
    async def later(self) -> None:
        return None


async def test_steps_are_active_while_they_run_and_failed_where_they_raise():
    opened, told, again, statuses, completed, kind, snapshots = await run_local(OutlineWorkflow)
    assert (opened, again) == ("active", "active")
    assert told == ["telling", 1, 2]
    assert statuses == {"opening": "completed", "failing": "failed", "later": "pending"}
    assert (completed, kind, snapshots) == (["opening", "telling"], "Unbalanced", ["opening"])


@runbook.defn
class WaitingForAWordWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> Any:
        return await self.wait_for_signal("document_submitted")


async def test_a_run_waits_for_a_signal_by_its_name():
    async with await run_local(WaitingForAWordWorkflow, handle=True) as run:
        await run.signal("document_submitted", {"document_ref": "d"})
        assert await run.result() == {"document_ref": "d"}


@runbook.defn
class FailingWithDetailsWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> None:
        raise WorkflowError("no rate for the day", next_retry_delay=timedelta(seconds=5))


async def test_a_workflow_error_fails_the_run_under_its_type():
    with pytest.raises(WorkflowFailureError) as ended:
        await run_local(FailingWithDetailsWorkflow)
    cause = ended.value.cause
    assert isinstance(cause, ApplicationError)
    assert (cause.message, cause.type) == ("no rate for the day", "WorkflowError")
