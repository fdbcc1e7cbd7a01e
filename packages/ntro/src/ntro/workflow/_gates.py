"""Gates: one is open at a time, the next one opens when it closes."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow

from ntro.types.wire import PendingAction
from ntro.workflow._checks import Checks, Specs, Submitted, Values
from ntro.workflow._definitions import workflow_definition
from ntro.workflow._gate import REVIEW, REVIEW_TOOLS, Gate, display_hint_of
from ntro.workflow._waiting import Timeout, until
from ntro.workflow.decisions import CHILD_PROGRESS_SIGNAL, USER_ACTION_SIGNAL
from ntro.workflow.payloads import json_safe, payload_hash
from ntro.workflow.user_action import UserAction

DOCUMENT_SIGNAL = "document_submitted"
_BASE_SIGNALS = {USER_ACTION_SIGNAL, CHILD_PROGRESS_SIGNAL}
_RECORDED = (
    *("kind", "reason", "display_hint", "payload", "payload_hash", "args", "tools", "four_eyes", "sign_off"),
    "deadline",
)


@dataclass(frozen=True, slots=True)
class Review:
    """What a review gate shows and how; the arguments of `Gates.wait_for_action`."""

    payload: Any
    display_hint: dict[str, Any] | None
    reason: str | None
    timeout: Timeout
    four_eyes: bool
    checks_spec: Specs
    checks_baseline: Values
    checks_submitted: Submitted

    @property
    def checked(self) -> Submitted:
        """What the checks look at: the payload when nothing else is named."""
        return self.payload if self.checks_submitted is None else self.checks_submitted


class Gates(Checks):
    """Waiting for people."""

    async def wait_for_action(
        self,
        *,
        payload: Any = None,
        display_hint: dict[str, Any] | None = None,
        reason: str | None = None,
        timeout: Timeout = None,  # noqa: ASYNC109 - a durable timer of the engine
        four_eyes: bool = False,
        checks_spec: Specs = None,
        checks_baseline: Values = None,
        checks_submitted: Submitted = None,
    ) -> UserAction:
        """Wait until a person approves, rejects or corrects what `payload` shows. The first decision counts.

        Checks run while the gate is open, in their order, and never hold it up; those that have no answer when it
        closes are skipped.

        Args:
            payload: what is reviewed; anything with a JSON form.
            display_hint: `{"component": …, "config": …}`; without a component the approval form is used.
            reason: one line for the pending-action chip.
            timeout: how long to wait, from when the gate opens.
            four_eyes: whether whoever acted earlier in this run may not approve here.
            checks_spec: quality checks, see `ntro.capabilities.checks`.
            checks_baseline: the same values of an earlier period.
            checks_submitted: what is checked; the payload when not given.

        Raises:
            TimeoutError: nobody decided in time.
            TypeError: the payload has no JSON form.
        """
        review = Review(
            payload, display_hint, reason, timeout, four_eyes, checks_spec, checks_baseline, checks_submitted
        )
        return await self._review(review)

    async def await_signal_with_action(
        self,
        *,
        predicate: Callable[[], bool],
        action: str | Mapping[str, Any],
        timeout: Timeout = None,  # noqa: ASYNC109 - a durable timer of the engine
        display_hint: dict[str, Any] | None = None,
        checks_spec: Specs = None,
        checks_baseline: Values = None,
        checks_submitted: Submitted = None,
    ) -> None:
        """Wait until `predicate` holds, telling people and agents meanwhile what is needed.

        Checks run once `predicate` holds, before the gate closes: only then is there something to check.

        Args:
            predicate: reads state that a signal handler of the runbook changes.
            action: a word for what is awaited, or a mapping with `kind` (`submit_file`, `submit_files`, …), `reason`,
                `args` and whatever else the component needs.
            timeout: how long to wait, from when the gate opens.
            display_hint: overrides the one in `action`; without a component the upload component is used.
            checks_spec: quality checks, see `ntro.capabilities.checks`.
            checks_baseline: the same values of an earlier period.
            checks_submitted: what is checked; a function is asked once `predicate` holds.

        Raises:
            TimeoutError: it did not hold in time.
            pydantic.ValidationError: the action has no valid `kind` or display hint.
        """
        async with self._gate_turn:
            pending = _submission(action, display_hint, self._submission_signal())
            specs = self._seed_checks(checks_spec, pending)
            gate = self._open_gate(pending, timeout=timeout)

            async def check() -> None:
                await self._check(gate, specs, checks_submitted, checks_baseline)

            await self._hold_gate(gate, predicate, timeout=timeout, outcome="satisfied", then=check if specs else None)

    async def wait_for_signal_predicate(self, predicate: Callable[[], bool]) -> None:
        """Wait until `predicate` holds without opening a gate."""
        await until(predicate)

    async def wait_for_signal(self, name: str) -> Any:
        """Wait for the next signal `name` and return what came with it.

        One sent before is kept for the first call. Where the runbook has its own handler of that name, the handler
        runs as well and only signals after this call count.
        """
        arrived: list[Any] = []
        own = workflow.get_signal_handler(name)

        async def arrive(payload: Any = None) -> None:
            arrived.append(payload)
            if own is not None:
                answer = own() if payload is None else own(payload)
                if asyncio.iscoroutine(answer):
                    await answer

        workflow.set_signal_handler(name, arrive)
        try:
            await until(lambda: bool(arrived))
        finally:
            # A worker that stops drops its instances outside the engine, where no handler can be set.
            if workflow.in_workflow():
                workflow.set_signal_handler(name, own)
        return arrived[0]

    async def _review(self, review: Review, *, sign_off: str | None = None) -> UserAction:
        """The first decision at a gate that shows `review`; `sign_off` names what an approval signs."""
        async with self._gate_turn:
            self._pending_payload = json_safe(review.payload)
            pending = {
                "kind": REVIEW,
                "action": REVIEW,
                "reason": review.reason,
                "display_hint": display_hint_of(REVIEW, json_safe(review.display_hint)),
                "payload": self._pending_payload,
                "tools": list(REVIEW_TOOLS),
            }
            pending = {key: value for key, value in pending.items() if value is not None}
            specs = self._seed_checks(review.checks_spec, pending)
            gate = self._open_gate(pending, timeout=review.timeout, four_eyes=review.four_eyes, sign_off=sign_off)
            with self._checking(gate, specs, review.checked, review.checks_baseline):
                await self._hold_gate(
                    gate, lambda: gate.decision is not None, timeout=review.timeout, outcome="decided"
                )
        if gate.decision is None:
            raise RuntimeError(f"gate {gate.id} closed as decided without a decision")
        return gate.decision

    def _open_gate(
        self,
        pending: dict[str, Any],
        *,
        timeout: Timeout = None,
        four_eyes: bool = False,
        sign_off: str | None = None,
    ) -> Gate:
        self._gate_token += 1
        step_id = self._step_id_here()
        gate = Gate(
            id=_gate_id(step_id, self._gate_token),
            step_id=step_id,
            kind=pending.get("kind", ""),
            four_eyes=four_eyes,
            payload_hash=payload_hash(pending.get("payload")),
            sign_off=sign_off,
        )
        pending |= {"gate_id": gate.id, "payload_hash": gate.payload_hash}
        if step_id is not None:
            pending["step_id"] = step_id
        if four_eyes:
            pending["four_eyes"] = True
        if sign_off is not None:
            pending["sign_off"] = sign_off
        if timeout is not None:
            length = timeout if isinstance(timeout, timedelta) else timedelta(seconds=timeout)
            pending["deadline"] = (workflow.now() + length).isoformat()
        self._show_feedback_of(step_id, pending)
        PendingAction.model_validate(pending)
        self._gate, self._pending_action = gate, pending
        shown = {key: pending[key] for key in _RECORDED if key in pending}
        self._recorder.add("gate.opened", gate_id=gate.id, step_id=step_id, **shown)
        for part in ("feedback", "checks"):
            if part in pending:
                self._recorder.add("gate.updated", gate_id=gate.id, **{part: pending[part]})
        return gate

    async def _hold_gate(
        self,
        gate: Gate,
        predicate: Callable[[], bool],
        *,
        timeout: Timeout,  # noqa: ASYNC109 - a durable timer of the engine
        outcome: str,
        then: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        ended = "cancelled"
        try:
            await until(predicate, timeout)
            if then is not None:
                await then()
            ended = outcome
        except TimeoutError:
            ended = "timed_out"
            # A decision that was answered as applied stands, also when the time runs out at the same moment.
            if gate.decision is None:
                raise
        finally:
            self._close_gate(gate, ended if gate.decision is None else "decided")

    def _close_gate(self, gate: Gate, outcome: str) -> None:
        pending = self._pending_action or {}
        self._closed_gates[gate.id] = outcome
        decision = None if gate.decision is None else dict(gate.decision)
        checks = self._settle_checks(gate)
        self._recorder.add("gate.closed", gate_id=gate.id, outcome=outcome, decision=decision)
        if outcome == "decided":
            self._capture_step_snapshot(
                display_hint=pending.get("display_hint"),
                payload=pending.get("payload"),
                decision=decision,
                checks=checks,
            )
        elif outcome == "satisfied":
            said = {key: pending[key] for key in ("args", "reason") if pending.get(key) is not None}
            self._capture_step_snapshot(display_hint=pending.get("display_hint"), payload=said, checks=checks)
        self._gate = self._pending_action = self._pending_payload = self._received_user_action = None

    def _submission_signal(self) -> str:
        """The runbook's signal for documents: `document_submitted`, or the only one it has."""
        signals = {name for name in workflow_definition(type(self)).signals if name is not None}
        own = sorted(signals - _BASE_SIGNALS)
        return own[0] if len(own) == 1 else DOCUMENT_SIGNAL

    def _payload_changed(self) -> None:
        """Show the payload as it is now: decisions on what was shown before no longer count."""
        if self._gate is None or self._pending_action is None:
            return
        self._pending_payload = self._pending_action["payload"] = json_safe(self._pending_payload)
        self._gate.payload_hash = self._pending_action["payload_hash"] = payload_hash(_without_feedback(self))
        self._recorder.add(
            "gate.updated",
            gate_id=self._gate.id,
            payload=self._pending_payload,
            payload_hash=self._gate.payload_hash,
        )


def _gate_id(step_id: str | None, number: int) -> str:
    """Unique in the workflow, also when it goes on as a new run and counts from one again."""
    info = workflow.info()
    count = str(number) if info.continued_run_id is None else f"{number}-{info.run_id}"
    return f"{info.workflow_id}/{step_id or 'run'}/{count}"


def _without_feedback(gates: Gates) -> Any:
    payload = gates._pending_payload  # noqa: SLF001 - the same module's state
    if isinstance(payload, dict) and gates._user_feedback is not None:  # noqa: SLF001 - as above
        return {key: value for key, value in payload.items() if key != "feedback"}
    return payload


def _submission(
    action: str | Mapping[str, Any], display_hint: dict[str, Any] | None, signal_name: str
) -> dict[str, Any]:
    """The pending action of a submission gate, in a copy of its own."""
    if isinstance(action, str):
        pending: dict[str, Any] = {"kind": "submit_file", "action": action}
    else:
        pending = copy.deepcopy(dict(action))
    kind = pending.get("kind", "")
    pending.setdefault("action", kind)
    hint = display_hint_of(kind, display_hint if display_hint is not None else pending.get("display_hint"))
    if hint is not None:
        pending["display_hint"] = hint
    if kind == "submit_file":
        config = (hint or {}).get("config", {})
        args = dict(pending.get("args") or {})
        if "source" in config:
            args.setdefault("source", config["source"])
        args.setdefault("signal_task_id", workflow.info().workflow_id)
        args.setdefault("signal_name", signal_name)
        pending["args"] = args
    return {key: json_safe(value) for key, value in pending.items()}
