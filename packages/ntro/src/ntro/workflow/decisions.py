"""A person's decision at a gate, as it travels to a run and back."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

DECIDE_UPDATE = "decide"
USER_ACTION_SIGNAL = "user_action"
CHILD_PROGRESS_SIGNAL = "ntro_child_progress"

GATE_NOT_OPEN = "GateNotOpen"
PAYLOAD_CHANGED = "PayloadChanged"
FOUR_EYES = "FourEyes"
ALREADY_DECIDED = "AlreadyDecided"

Verdict = Literal["approved", "rejected", "corrected"]


class Decision(BaseModel):
    """Argument of the Update `decide`.

    It names the gate and, by `payload_hash`, what was shown there; it is applied once, and the same `decision_id`
    sent again is answered the same. A refusal is an `ApplicationError` whose `type` is `GateNotOpen`,
    `PayloadChanged`, `FourEyes` or `AlreadyDecided`.
    """

    model_config = ConfigDict(frozen=True)

    gate_id: str = Field(min_length=1)
    action: Verdict
    decision_id: str = Field(min_length=1)
    actor: str | None = None
    acted_at: AwareDatetime | None = None
    reason: str | None = None
    corrections: list[dict[str, Any]] = []
    payload: Any = None
    payload_hash: str | None = None


class DecisionReceipt(BaseModel):
    """Answer of the Update `decide`."""

    model_config = ConfigDict(frozen=True)

    gate_id: str
    applied: bool
