"""A point where a run waits for a person, and what counts as a decision there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ntro.workflow.user_action import UserAction

REVIEW = "interactive_review"
SUBMISSIONS = ("submit_file", "submit_files")
REVIEW_TOOLS = ("ntro_task_approve", "ntro_task_reject")

_DEFAULT_COMPONENTS = {
    "submit_file": "FILE_UPLOAD",
    "submit_files": "MULTI_FILE_UPLOAD",
    REVIEW: "APPROVAL_FORM",
}


@dataclass(slots=True)
class Gate:
    """An open gate. `payload_hash` is of what is shown now; `decision` is the first one that counted.

    `sign_off` names what an approval signs; none where it is an ordinary review.
    """

    id: str
    step_id: str | None
    kind: str
    four_eyes: bool
    payload_hash: str
    deadline: datetime | None = None
    sign_off: str | None = None
    decision: UserAction | None = None

    @property
    def takes_decisions(self) -> bool:
        """Whether a person's verdict closes it, and none has yet."""
        return self.kind == REVIEW and self.decision is None


def display_hint_of(kind: str, hint: Any) -> dict[str, Any] | None:
    """`hint` as component and config: without a component the gate's own, with everything said as its config.

    Raises:
        TypeError: the hint is no mapping.
    """
    default = _DEFAULT_COMPONENTS.get(kind)
    if hint is None:
        return None if default is None else {"component": default, "config": {}}
    if not isinstance(hint, dict):
        raise TypeError(f"display_hint is a mapping with a component and a config, not {type(hint).__name__}")
    if "component" in hint:
        return {**hint, "config": dict(hint.get("config") or {})}
    rest = {key: value for key, value in hint.items() if key != "config"}
    return {"component": default or "SUMMARY", "config": rest | dict(hint.get("config") or {})}
