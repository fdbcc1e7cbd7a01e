"""What the events of a Claude session say of its end. Pure.

`idle` alone says nothing: a session is idle before its first turn, when it has finished, and when it waits for a tool's
answer. The last `session.status_idle` names the reason; errors come as `session.error`.
"""

from collections.abc import Sequence
from typing import Any

_FAILED = {
    "retries_exhausted": "The host gave up after repeated errors.",
    "budget_reached": "The session reached its budget.",
    "refusal": "The model refused to go on.",
}
_FINAL = frozenset({"terminal", "exhausted"})


def status_of(status: str, events: Sequence[dict[str, Any]]) -> tuple[str, str | None]:
    """The state of a session that does not work, and why where it did not complete.

    Args:
        status: the host's: `idle` or `terminated`.
        events: all of the session's, oldest first.
    """
    stop, error = _last_stop(events), _last_error(events)
    if status == "terminated":
        return _terminated(stop, error)
    if status != "idle":
        return "running", None
    if not stop:
        # Not begun, or its events are behind its status.
        return ("failed", error) if error is not None else ("running", None)
    return _stopped(stop, error)


def _terminated(stop: dict[str, Any], error: str | None) -> tuple[str, str | None]:
    if error is not None:
        return "failed", error
    return ("completed", None) if stop.get("type") == "end_turn" else ("terminated", "The host ended the session.")


def _stopped(stop: dict[str, Any], error: str | None) -> tuple[str, str | None]:
    reason = str(stop.get("type"))
    if reason == "end_turn":
        return "completed", None
    if reason == "requires_action":
        waiting = ", ".join(map(str, stop.get("event_ids") or ())) or "an event"
        return "waiting", f"an answer to {waiting}"
    why = _FAILED.get(reason, f"The session stopped for a reason that is unknown here: {reason}.")
    return "failed", f"{why} {error or ''}".strip()


def last_message(events: Sequence[dict[str, Any]]) -> str | None:
    """The text of the agent's last message; none where it said nothing."""
    for event in reversed(events):
        if event.get("type") == "agent.message":
            return "".join(str(block.get("text") or "") for block in event.get("content") or ())
    return None


def _last_stop(events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The reason of the last stop, unless the session went on after it."""
    for event in reversed(events):
        match event.get("type"):
            case "session.status_idle":
                reason: dict[str, Any] = event.get("stop_reason") or {}
                return reason
            case "session.status_running" | "session.status_rescheduled":
                return {}
    return {}


def _last_error(events: Sequence[dict[str, Any]]) -> str | None:
    """The error that ended the session; one that the host tries again after is none."""
    for event in reversed(events):
        error = event.get("error") or {}
        if event.get("type") == "session.error" and (error.get("retry_status") or {}).get("type") in _FINAL:
            return f"{error.get('type')}: {error.get('message')}"
    return None
