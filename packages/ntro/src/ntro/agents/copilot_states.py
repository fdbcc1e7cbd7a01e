"""What the activities of a Direct Line conversation say of its state. Pure.

An agent ends by `endOfConversation` with a code, or by a message that accepts, but does not expect, more input
(`inputHint`, Bot Framework Activity 3.1).
"""

from collections.abc import Sequence
from typing import Any

from ntro.workflow.agents.providers import ProviderFileRef

_COMPLETED = frozenset({"completedSuccessfully", ""})
_CANCELLED = frozenset({"userCancelled"})
_CARD = "application/vnd.microsoft."


def status_of(activities: Sequence[dict[str, Any]], user: str) -> tuple[str, str | None]:
    """The state of the conversation, and why where it did not complete.

    Args:
        activities: all of the conversation's, oldest first.
        user: the id under which we speak.
    """
    for activity in reversed(activities):
        kind, is_ours = activity.get("type"), _is_from(activity, user)
        if kind == "endOfConversation":
            return _ended(str(activity.get("code") or ""), is_ours=is_ours)
        if kind == "message":
            return ("running", None) if is_ours else _said(str(activity.get("inputHint") or "acceptingInput"))
        if kind == "typing" and not is_ours:
            return "running", None
    return "running", None


def last_text(activities: Sequence[dict[str, Any]], user: str) -> str | None:
    """The agent's last message with text."""
    for activity in reversed(activities):
        if activity.get("type") == "message" and activity.get("text") and not _is_from(activity, user):
            return str(activity["text"])
    return None


def attachments_of(activities: Sequence[dict[str, Any]], user: str) -> list[ProviderFileRef]:
    """The files among the attachments of the agent's messages; cards are none."""
    found = []
    for activity in activities:
        if _is_from(activity, user):
            continue
        for position, attachment in enumerate(activity.get("attachments") or ()):
            kind, url = str(attachment.get("contentType") or ""), attachment.get("contentUrl")
            if url and not kind.startswith(_CARD):
                name = str(attachment.get("name") or f"attachment-{position}")
                found.append(ProviderFileRef(f"{activity.get('id')}/{position}", name, kind, extra={"url": url}))
    return found


def _is_from(activity: dict[str, Any], user: str) -> bool:
    return (activity.get("from") or {}).get("id") == user


def _said(hint: str) -> tuple[str, str | None]:
    match hint:
        case "acceptingInput":
            return "completed", None
        case "expectingInput":
            return "waiting", "the agent's question"
        case _:
            return "running", None


def _ended(code: str, *, is_ours: bool) -> tuple[str, str | None]:
    if is_ours or code in _CANCELLED:
        return "cancelled", "The conversation was ended by us."
    if code in _COMPLETED:
        return "completed", None
    return "failed", f"The agent ended the conversation: {code}."
