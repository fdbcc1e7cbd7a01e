"""How the people of a test answer the gates of a run."""

from dataclasses import dataclass, field
from typing import Any, Literal

Answer = Literal["approved", "rejected", "corrected"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Answers to gates.

    Args:
        name: what the report calls it.
        approve_reviews: how a review is answered where `review_overrides` says nothing.
        review_overrides: an answer by step id: `approved`, `rejected`, `corrected`, or `ignored`, which leaves the
            gate open.
        corrections: corrected cells by step id, sent with the first answer; what is shown after it is approved.
        extra_signal_payloads: fields of a submitted document by step id, source or signal name.
        actor: who answers every gate; a person of their own for each gate when not given, so that gates which ask for
            four eyes are satisfied.
    """

    name: str
    approve_reviews: bool = True
    review_overrides: dict[str, str] = field(default_factory=dict)
    corrections: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    extra_signal_payloads: dict[str, dict[str, Any]] = field(default_factory=dict)
    actor: str | None = None

    def response_for_review(self, step_id: str | None) -> str:
        """The answer at a review gate of `step_id`."""
        default = "approved" if self.approve_reviews else "rejected"
        return self.review_overrides.get(step_id or "", default)


HAPPY = Scenario(name="happy")
REJECT_ALL = Scenario(name="reject_all", approve_reviews=False)
BUILT_IN_SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in (HAPPY, REJECT_ALL)}
