"""Gates as the published contract has them: what is shown, field for field, and what is kept of them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from ntro.capabilities.checks import QualityCheckItem, QualityCheckSpec
from ntro.types.wire import PendingAction
from ntro.workflow import NtroWorkflow, activity, run_local, runbook, ui_step

HINT = {"component": "DATA_TABLE", "config": {"row_type": "expense"}}
REVIEW = {
    "kind": "interactive_review",
    "display_hint": {"component": "APPROVAL_FORM", "config": {}},
    "payload": {"total": "10.50", "memo": None},
    "tools": ["ntro_task_approve", "ntro_task_reject"],
}
UPLOAD = {
    "kind": "submit_file",
    "reason": "Awaiting the statement",
    "display_hint": {"component": "FILE_UPLOAD", "config": {}},
    "tool": "own",
}
STEPS = [
    {"id": "review", "title": "Review", "status": "completed", "icon": "Eye"},
    {"id": "upload", "title": "Upload", "status": "waiting_for_input", "icon": "Upload"},
    {"id": "sign", "title": "Sign", "status": "pending"},
]
OURS = {"action", "gate_id", "payload_hash", "step_id"}
"""Fields that a gate has beside those of the contract."""


class Journal(BaseModel):
    total: Decimal
    memo: str | None = None


@runbook.defn
class TourWorkflow(NtroWorkflow):
    """A review, an upload, a second review whose rows can be edited."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}
        self.edits: list[str] = []

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self.document = payload

    @runbook.signal(name="notice")
    def told(self, payload: dict[str, Any]) -> None:
        self.set_user_feedback(kind="ingest", payload=payload, level="warning")

    @runbook.run
    async def run(self) -> list[Any]:
        first = await self.review()
        await self.upload()
        second = await self.sign()
        return [first, self.document, second.get("kind"), self.edits]

    @ui_step(name="review", title="Review", icon="Eye")
    async def review(self) -> dict[str, Any]:
        return await self.wait_for_action(payload=Journal(total=Decimal("10.50")))

    @ui_step(name="upload", title="Upload", icon="Upload")
    async def upload(self) -> None:
        action = {"kind": "submit_file", "reason": "Awaiting the statement", "args": {"source": "bank"}, "tool": "own"}
        await self.await_signal_with_action(predicate=lambda: bool(self.document), action=action)

    @ui_step(name="sign", title="Sign")
    async def sign(self) -> dict[str, Any]:
        return await self.wait_for_action(payload={"rows": [{"note": None}]}, display_hint=HINT, reason="Sign")

    def on_row_action(self, action: dict[str, Any]) -> None:
        self.edits.append(action["payload"])


def contract_fields(gate: dict[str, Any]) -> dict[str, Any]:
    """What a gate shows without what the contract does not know of."""
    PendingAction.model_validate(gate)
    return {key: value for key, value in gate.items() if key not in OURS}


async def test_gates_show_the_fields_of_the_contract_and_leave_snapshots():
    async with await run_local(TourWorkflow, handle=True) as run:
        review = await run.pending_action()
        assert contract_fields(review) == REVIEW
        assert review["action"] == review["kind"]
        assert await run.query("current_ui_state") == {
            "current_step_id": "review",
            "steps_completed": [],
            "children": {},
            "pending_payload": review["payload"],
        }
        await run.signal("user_action", {"action": "approved", "payload": {"seen": True}})
        upload = await run.pending_action()
        args = {"source": "bank", "signal_task_id": run.id, "signal_name": "document_submitted"}
        assert contract_fields(upload) == UPLOAD | {"args": args}
        assert await run.query("current_steps") == STEPS
        await run.signal("document_submitted", {"document_ref": "d1"})
        sign = await run.pending_action()
        assert (sign["display_hint"], sign["payload"], sign["reason"]) == (HINT, {"rows": [{"note": None}]}, "Sign")
        snapshots = await run.query("step_snapshots")
        reviewed, uploaded = snapshots["review"], snapshots["upload"]
        assert (reviewed["display_hint"], reviewed["payload"]) == (review["display_hint"], review["payload"])
        assert (reviewed["decision"]["kind"], reviewed["decision"]["payload"]) == ("approve", {"seen": True})
        assert datetime.fromisoformat(reviewed["completed_at"]).tzinfo is not None
        assert uploaded["payload"] == {"args": upload["args"], "reason": "Awaiting the statement"}


async def test_what_comes_while_no_review_is_open_answers_no_later_review():
    async with await run_local(TourWorkflow, handle=True) as run:
        review = await run.pending_action()
        await run.signal("user_action", {"kind": "reject"})
        await run.signal("user_action", {"kind": "approve"})
        await run.signal("user_action", {"kind": "row_action", "payload": "between gates"})
        await run.signal("user_action", "approve")
        await run.signal("document_submitted", {"document_ref": "d1"})
        sign = await run.pending_action()
        await run.signal("user_action", {"kind": "row_action", "payload": "of the first", "gate_id": review["gate_id"]})
        assert (await run.pending_action())["gate_id"] == sign["gate_id"]
        await run.signal("user_action", {"kind": "row_action", "payload": "here"})
        await run.signal("user_action", {"kind": "approve"})
        first, document, second, edits = await run.result()
    assert (first["action"], document, second, edits) == ("rejected", {"document_ref": "d1"}, "approve", ["here"])


async def test_feedback_appears_at_the_open_gate_and_in_its_payload():
    async with await run_local(TourWorkflow, handle=True) as run:
        await run.pending_action()
        await run.signal("notice", {"rows": 3})
        gate = await run.pending_action()
        feedback = {"kind": "ingest", "level": "warning", "payload": {"rows": 3}}
        assert gate["feedback"] == gate["display_hint"]["config"]["feedback"] == feedback
        assert (await run.query("current_ui_state"))["pending_payload"]["feedback"] == feedback


@runbook.defn
class OwnHintWorkflow(NtroWorkflow):
    """Gives the same dictionaries to two gates, with feedback between."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    @runbook.run
    async def run(self) -> list[Any]:
        await self.submit()
        return self.told

    @ui_step(name="submit", title="Submit")
    async def submit(self) -> None:
        hint: dict[str, Any] = {"component": "FILE_UPLOAD", "config": {"title": "Upload"}}
        action: dict[str, Any] = {"kind": "submit_file", "args": {"source": "bank"}}
        self.told.append(self.set_user_feedback(kind="ingest", payload=Journal(total=Decimal(1))))
        self.told.append(self.set_user_feedback(kind="ingest", payload="two rows were refused"))
        await self.await_signal_with_action(predicate=lambda: True, action=action, display_hint=hint)
        self.told += [hint, action]


async def test_what_a_runbook_gives_to_a_gate_is_not_written_to():
    model, text, hint, action = await run_local(OwnHintWorkflow)
    assert model == {"kind": "ingest", "level": "info", "payload": {"total": "1", "memo": None}}
    assert text["payload"] == {"value": "two rows were refused"}
    assert hint == {"component": "FILE_UPLOAD", "config": {"title": "Upload"}}
    assert action == {"kind": "submit_file", "args": {"source": "bank"}}


@runbook.defn
class ExpiringWorkflow(NtroWorkflow):
    """Catches what expires, as published runbooks do."""

    @runbook.run
    async def run(self) -> list[str]:
        waits: list[Any] = [
            lambda: self.wait_for_action(payload={}, timeout=timedelta(hours=1)),
            lambda: self.wait_for_action(payload={}, timeout=3600),
            lambda: self.await_signal_with_action(predicate=lambda: False, action="upload", timeout=timedelta(hours=1)),
            lambda: runbook.wait_condition(lambda: False, timeout=timedelta(minutes=1)),
            lambda: runbook.wait_condition(lambda: False, timeout=0.5),
        ]
        seen = []
        for wait in waits:
            try:
                await wait()
            except TimeoutError:
                seen.append("expired")
        await self.wait_for_signal_predicate(lambda: True)
        return [*seen, str(self._pending_action)]


async def test_a_gate_expires_as_a_timeout_that_runbooks_catch():
    assert await run_local(ExpiringWorkflow) == ["expired"] * 5 + ["None"]


@runbook.defn
class BadGateWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, action: dict[str, Any]) -> str:
        try:
            await self.await_signal_with_action(predicate=lambda: True, action=action)
        except ValidationError as error:
            return f"{error.error_count()} {self._pending_action}"
        return "opened"


@pytest.mark.parametrize("action", [{"kind": "guess"}, {"reason": "no kind"}])
async def test_a_gate_of_no_known_kind_is_refused(action: dict[str, Any]):
    assert await run_local(BadGateWorkflow, action) == "1 None"


@runbook.defn
class WordWorkflow(NtroWorkflow):
    """Says by a word and a loose hint what it waits for, as the guide does."""

    @runbook.run
    async def run(self) -> Any:
        shown: list[Any] = []

        def look() -> bool:
            shown.append(self._pending_action)
            return True

        await self.await_signal_with_action(
            predicate=look, action="awaiting_statement", display_hint={"source": "bank"}
        )
        await self.await_signal_with_action(
            predicate=look, action={"kind": "submit_files"}, display_hint={"title": "T"}
        )
        return [{key: gate[key] for key in ("kind", "action", "display_hint")} for gate in shown]


async def test_a_word_and_a_loose_hint_are_a_gate_with_its_own_component():
    assert await run_local(WordWorkflow) == [
        {
            "kind": "submit_file",
            "action": "awaiting_statement",
            "display_hint": {"component": "FILE_UPLOAD", "config": {"source": "bank"}},
        },
        {
            "kind": "submit_files",
            "action": "submit_files",
            "display_hint": {"component": "MULTI_FILE_UPLOAD", "config": {"title": "T"}},
        },
    ]


@runbook.defn
class ProvidersWorkflow(NtroWorkflow):
    """Checks at one gate after the other, with another provider each time."""

    @runbook.run
    async def run(self, values: list[Any]) -> None:
        for value in values:
            self.use_ai_config(value)
            await self.await_signal_with_action(predicate=lambda: True, action="upload", checks_spec=[_spec()])


@runbook.defn
class CheckedWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> None:
        await self.wait_for_action(payload={"lines": []}, checks_spec=[_spec()])


def _spec() -> QualityCheckSpec:
    return QualityCheckSpec(id="plausible", title="Plausible", prompt="Is it?")


async def test_checks_are_asked_of_the_provider_that_the_runbook_chose():
    asked: list[Any] = []

    @activity.defn(name="run_quality_check")
    async def answer(spec: QualityCheckSpec, _submitted: Any, _baseline: Any, provider: Any) -> QualityCheckItem:
        asked.append(provider)
        return QualityCheckItem(id=spec.id, title=spec.title, status="pass")

    chosen = {"provider": "ANTHROPIC"}
    values = [chosen, {"ai": chosen, "tenant_slug": "acme"}, {"tenant_slug": "acme"}, {"models": {}}, {}, None]
    await run_local(ProvidersWorkflow, values, activities=[answer])
    assert asked == [chosen, chosen, None, None, None, None]


async def test_a_cancelled_run_ends_though_its_checks_are_being_asked():
    @activity.defn(name="run_quality_check")
    async def never(_spec: Any, _submitted: Any, _baseline: Any, _provider: Any) -> QualityCheckItem:
        raise ConnectionError("the provider is away")

    async with await run_local(CheckedWorkflow, handle=True, activities=[never]) as run:
        await run.pending_action()
        await run.handle.cancel()
        with pytest.raises(WorkflowFailureError) as ended:
            await run.result()
    assert isinstance(ended.value.cause, CancelledError)
