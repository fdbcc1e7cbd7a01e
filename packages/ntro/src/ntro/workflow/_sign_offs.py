"""Sign-offs: a person's name under exactly these figures, suspended as soon as a figure moves."""

from typing import Any

from temporalio import workflow

from ntro.workflow._checks import Specs, Submitted, Values
from ntro.workflow._deciding import Deciding
from ntro.workflow._gate import REVIEW, display_hint_of
from ntro.workflow._gates import Review
from ntro.workflow._moves import moves
from ntro.workflow._state import SignOff
from ntro.workflow._waiting import Timeout
from ntro.workflow.payloads import json_safe
from ntro.workflow.user_action import UserAction

SUSPENDED = "sign_off.suspended"


class SignOffs(Deciding):
    """Approvals that belong to what was signed, not to the moment."""

    async def wait_for_sign_off(
        self,
        name: str,
        *,
        payload: Any,
        display_hint: dict[str, Any] | None = None,
        reason: str | None = None,
        timeout: Timeout = None,  # noqa: ASYNC109 - a durable timer of the engine
        four_eyes: bool = True,
        checks_spec: Specs = None,
        checks_baseline: Values = None,
        checks_submitted: Submitted = None,
    ) -> UserAction:
        """The sign-off `name` of exactly `payload`: the one that stands, else what a person now decides.

        Call it again whenever figures may have moved. While they have not, the standing sign-off comes back at once
        and nobody is asked. When they have, that sign-off stays visible but is suspended, and the gate opens again;
        it shows who signed before, when, and each figure that moved, at `display_hint.config.suspended`. Who signed
        before may sign again, unless that person prepared something in this run.

        Args:
            name: what is signed, such as `nav`; one sign-off of a name stands at a time.
            payload: the figures; anything with a JSON form.
            display_hint: as for `wait_for_action`.
            reason: one line for the pending-action chip.
            timeout: how long to wait, from when the gate opens.
            four_eyes: whether whoever prepared in this run may not sign.
            checks_spec: quality checks, see `ntro.capabilities.checks`.
            checks_baseline: the same values of an earlier period.
            checks_submitted: what is checked; the payload when not given.

        Raises:
            TimeoutError: nobody decided in time.
            TypeError: the payload has no JSON form.
        """
        shown = json_safe(payload)
        standing = self._sign_offs.get(name)
        if standing is not None:
            if standing.suspension is None and standing.payload == shown:
                return standing.decision
            self._suspend(name, standing, shown)
        hint = display_hint if standing is None else _with_suspension(display_hint, standing)
        answer = await self._review(
            Review(shown, hint, reason, timeout, four_eyes, checks_spec, checks_baseline, checks_submitted),
            sign_off=name,
        )
        if answer.action == "approved" and not answer.corrections:
            self._sign_offs[name] = SignOff(payload=shown, decision=answer, step_id=self._step_id_here())
        return answer

    def _suspend(self, name: str, standing: SignOff, shown: Any) -> None:
        signed = standing.decision
        standing.suspension = {
            "gate_id": signed["gate_id"],
            "actor": signed.actor,
            "acted_at": signed["acted_at"],
            "moves": moves(standing.payload, shown),
        }
        snapshot = self._step_snapshots.get(standing.step_id or "")
        if snapshot is not None and (snapshot.get("decision") or {}).get("gate_id") == signed["gate_id"]:
            snapshot["suspended"] = {"at": workflow.now().isoformat(), "moves": standing.suspension["moves"]}
        self._recorder.add("business", event_type=SUSPENDED, payload={"name": name, **standing.suspension})


def _with_suspension(hint: dict[str, Any] | None, standing: SignOff) -> dict[str, Any]:
    whole = display_hint_of(REVIEW, json_safe(hint)) or {}
    return {**whole, "config": {**whole.get("config", {}), "suspended": standing.suspension}}
