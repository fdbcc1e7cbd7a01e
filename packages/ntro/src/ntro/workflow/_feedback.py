"""Messages of a run to the people at its gates."""

import copy
from typing import Any

from pydantic import BaseModel

from ntro.workflow._steps import Steps
from ntro.workflow.payloads import json_safe


class Feedback(Steps):
    """One message at a time; the latest is shown."""

    def set_user_feedback(self, *, kind: str, payload: Any, level: str = "info") -> dict[str, Any]:
        """Show a message at the open gate and at later gates of its step.

        Set while no gate is open, it is shown at the gates of the step that sets it; set between steps, at the next
        gate that opens, whichever step that belongs to, and at later gates of that step.

        Args:
            kind: what it is about, such as `ingest`.
            payload: a model or a mapping; anything else is shown as `{"value": …}`.
            level: `info`, `warning` or `error`.

        Returns:
            The feedback as it is shown.
        """
        shown = json_safe(payload)
        body = shown if isinstance(payload, BaseModel | dict) else {"value": shown}
        feedback = {"kind": kind, "level": level, "payload": body}
        self._user_feedback = feedback
        self._feedback_step = self._step_inside() if self._gate is None else self._gate.step_id
        self._feedback_awaits_gate = self._gate is None and self._feedback_step is None
        if self._gate is not None and self._pending_action is not None:
            self._show_feedback(self._pending_action)
            self._recorder.add(
                "gate.updated",
                gate_id=self._gate.id,
                feedback=feedback,
                display_hint=self._pending_action.get("display_hint"),
            )
        return feedback

    def _show_feedback_of(self, step_id: str | None, pending: dict[str, Any]) -> None:
        """Put the feedback that belongs to a gate of `step_id` into what the gate shows."""
        if self._feedback_awaits_gate:
            self._feedback_step, self._feedback_awaits_gate = step_id, False
        if self._user_feedback is not None and self._feedback_step == step_id:
            self._show_feedback(pending)

    def _show_feedback(self, pending: dict[str, Any]) -> None:
        feedback = copy.deepcopy(self._user_feedback)
        pending["feedback"] = feedback
        hint = pending.setdefault("display_hint", {"component": "SUMMARY", "config": {}})
        hint["config"] = {**(hint.get("config") or {}), "feedback": feedback}
        if isinstance(pending.get("payload"), dict):
            pending["payload"]["feedback"] = feedback
