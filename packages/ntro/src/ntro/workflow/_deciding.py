"""Decisions and row actions: which count, for which gate, and what happens to the others."""

from collections.abc import Mapping
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from ntro.types.actors import is_agent
from ntro.workflow._gate import Gate
from ntro.workflow._gates import Gates
from ntro.workflow.decisions import (
    ALREADY_DECIDED,
    DECIDE_UPDATE,
    FOUR_EYES,
    GATE_NOT_OPEN,
    PAYLOAD_CHANGED,
    USER_ACTION_SIGNAL,
    Decision,
    DecisionReceipt,
)
from ntro.workflow.user_action import ROW_ACTION, UserAction


class Deciding(Gates):
    """The door for what people do at gates."""

    @workflow.update(name=DECIDE_UPDATE)
    def _decide(self, decision: Decision) -> DecisionReceipt:
        earlier = self._receipts.get(decision.decision_id)
        if earlier is not None:
            return earlier
        self._apply_decision(self._gate_for(decision), UserAction.of(decision))
        receipt = DecisionReceipt(gate_id=decision.gate_id, applied=True)
        self._receipts[decision.decision_id] = receipt
        return receipt

    @_decide.validator
    def _check_decision(self, decision: Decision) -> None:
        if decision.decision_id not in self._receipts:
            self._gate_for(decision)

    @workflow.signal(name=USER_ACTION_SIGNAL)
    def user_action(self, action: Any) -> None:
        """A decision or a row action in any published dialect. What does not count is recorded, not kept for later."""
        if isinstance(action, Mapping) and action.get("kind") == ROW_ACTION:
            self._take_row_action(dict(action))
        else:
            self._take_decision(action)

    def on_row_action(self, action: dict[str, Any]) -> None:
        """Override to apply a row action to `self._pending_payload`. An error is shown at the gate; it stays open."""

    def _gate_for(self, decision: Decision) -> Gate:
        gate = self._gate
        if gate is None or gate.id != decision.gate_id:
            outcome = self._closed_gates.get(decision.gate_id)
            if outcome == "decided":
                raise _refusal(ALREADY_DECIDED, f"gate {decision.gate_id} was decided before; look at its decision")
            raise _refusal(GATE_NOT_OPEN, f"gate {decision.gate_id} is not open; look at what the run waits for now")
        if gate.decision is not None:
            raise _refusal(ALREADY_DECIDED, f"gate {gate.id} was decided before; look at its decision")
        if not gate.takes_decisions:
            raise _refusal(GATE_NOT_OPEN, f"gate {gate.id} waits for a document, not for a decision")
        if decision.payload_hash not in (None, gate.payload_hash):
            raise _refusal(PAYLOAD_CHANGED, f"what gate {gate.id} shows has changed; look again, then decide")
        if _is_for_people(gate) and is_agent(decision.actor):
            raise _refusal(FOUR_EYES, f"gate {gate.id} is decided by a person, not by an agent")
        if self._breaks_four_eyes(gate, decision.actor, decision.action):
            raise _refusal(FOUR_EYES, f"gate {gate.id} asks for a second person: someone who did not act in this run")
        return gate

    def _breaks_four_eyes(self, gate: Gate, actor: str | None, action: str) -> bool:
        if not gate.four_eyes or action == "rejected":
            return False
        return actor is None or actor in self._actors or self._signed_another(actor, gate)

    def _signed_another(self, actor: str, gate: Gate) -> bool:
        """Who signed something else acted in this run; who signs the same again, after it moved, did not prepare it."""
        return any(actor in signers for name, signers in self._signers.items() if name != gate.sign_off)

    def _apply_decision(self, gate: Gate, action: UserAction) -> None:
        action["gate_id"] = gate.id
        if action["acted_at"] is None:
            action["acted_at"] = workflow.now().isoformat()
        self._note_decider(gate, action)
        gate.decision = action
        self._received_user_action = action

    def _take_decision(self, raw: Any) -> None:
        try:
            action = UserAction.read(raw)
        except ValueError as error:
            self._ignore(raw, str(error))
            return
        gate = self._gate
        named = action["gate_id"]
        if gate is None or not gate.takes_decisions:
            self._ignore(action, "no review gate is open")
        elif named not in (None, gate.id):
            self._ignore(action, "it names another gate")
        elif action.get("payload_hash") not in (None, gate.payload_hash):
            self._ignore(action, "what was shown has changed")
        elif _is_for_people(gate) and is_agent(action.actor):
            self._ignore(action, "the gate is decided by a person, not by an agent")
        elif self._breaks_four_eyes(gate, action.actor, action.action):
            self._ignore(action, "the gate asks for a second person")
        else:
            self._apply_decision(gate, action)

    def _take_row_action(self, action: dict[str, Any]) -> None:
        gate = self._gate
        if gate is None or not gate.takes_decisions or action.get("gate_id") not in (None, gate.id):
            self._ignore(action, "no review gate is open for this row action")
            return
        self._note_actor(action.get("actor"))
        try:
            self.on_row_action(action)
        except Exception as error:  # noqa: BLE001 - a failing hook is the reviewer's to see; the gate stays open
            workflow.logger.warning("row action failed at gate %s", gate.id, exc_info=error)
            self.set_user_feedback(kind="row_action", level="error", payload={"message": str(error), "action": action})
        else:
            self._payload_changed()

    def _ignore(self, raw: Any, why: str) -> None:
        given = raw if isinstance(raw, Mapping) else {}
        gate_id = given.get("gate_id") or (None if self._gate is None else self._gate.id)
        self._recorder.add("decision.ignored", gate_id=gate_id, actor=given.get("actor"), reason=why)

    def _note_decider(self, gate: Gate, action: UserAction) -> None:
        if gate.sign_off is None or action.action != "approved" or action.corrections:
            self._note_actor(action.actor)
        elif action.actor:
            self._signers.setdefault(gate.sign_off, set()).add(action.actor)

    def _note_actor(self, actor: Any) -> None:
        """Remember who acted, for gates that ask for four eyes."""
        if isinstance(actor, str) and actor:
            self._actors.add(actor)


def _is_for_people(gate: Gate) -> bool:
    """Sign-offs and gates for a second person are never an agent's."""
    return gate.four_eyes or gate.sign_off is not None


def _refusal(kind: str, message: str) -> ApplicationError:
    return ApplicationError(message, type=kind, non_retryable=True)
