"""The audit log in sentences for people who close books, not for those who run engines."""

from collections.abc import Callable
from typing import Any

from ntro_tenant.core.views import EventView

# What a person does not need to see: the engine's own bookkeeping.
HIDDEN = frozenset({"gate.updated", "child.closed", "step.started"})


def shown(events: list[EventView]) -> list[EventView]:
    """The events a person wants, newest first."""
    return [event for event in reversed(events) if event.type not in HIDDEN]


def sentence(event: EventView) -> str:
    """One event in words; an unknown type shows as its name."""
    payload = event.payload if isinstance(event.payload, dict) else {}
    say = _SENTENCES.get(event.type)
    return say(payload) if say else event.type.replace(".", " ").replace("_", " ").capitalize()


def _decision(payload: dict[str, Any]) -> str:
    decision = payload.get("decision") if isinstance(payload.get("decision"), dict) else {}
    assert isinstance(decision, dict)
    action = str(decision.get("action") or payload.get("outcome") or "closed").replace("_", " ")
    reason = decision.get("reason")
    return f"{_step(payload)}: {action}" + (f" — {reason}" if reason else "")


def _step(payload: dict[str, Any]) -> str:
    return str(payload.get("title") or payload.get("step_id") or "").replace("_", " ").capitalize()


_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "run.started": lambda payload: f"Started {payload.get('slug') or 'the run'}",
    "run.completed": lambda _payload: "Finished",
    "run.failed": lambda payload: f"Failed: {payload.get('message') or payload.get('error_type')}",
    "run.cancelled": lambda _payload: "Cancelled",
    "step.completed": lambda payload: f"{_step(payload)} done",
    "step.failed": lambda payload: f"{_step(payload)} failed: {payload.get('message') or ''}",
    "gate.opened": lambda payload: f"Waiting: {payload.get('reason') or _step(payload)}",
    "gate.closed": _decision,
    "decision.ignored": lambda payload: f"A decision was not counted: {payload.get('reason') or ''}",
    "child.started": lambda payload: f"Started {payload.get('slug') or 'a child run'}",
    "document.uploaded": lambda payload: f"{payload.get('filename') or 'A document'} uploaded",
}
