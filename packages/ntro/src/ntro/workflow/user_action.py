"""What a person did at a gate, in one shape whatever dialect it came in."""

from collections.abc import Mapping
from typing import Any, cast

from ntro.workflow.decisions import Decision, Verdict
from ntro.workflow.payloads import json_safe

ROW_ACTION = "row_action"

_VERDICTS: dict[str, Verdict] = {
    "approve": "approved",
    "approved": "approved",
    "reject": "rejected",
    "rejected": "rejected",
    "correct": "corrected",
    "corrected": "corrected",
}
_KINDS: dict[Verdict, str] = {"approved": "approve", "rejected": "reject", "corrected": "correct"}
_LINE_KEYS = ("line_item_id", "expense_id", "id")


class UserAction(dict[str, Any]):
    """A decision as runbooks read it: a real `dict`, with the usual questions as attributes.

    Keys always present: `kind` (`approve`, `reject`, `correct`), `type` and `action` (`approved`, `rejected`,
    `corrected`), `payload`, `corrections`, `comments`, `reason`, `actor`, `acted_at`, `gate_id`. Whatever else was
    sent is kept.
    """

    @property
    def action(self) -> Verdict:
        """`approved`, `rejected` or `corrected`."""
        return cast("Verdict", self["action"])

    @property
    def payload(self) -> Any:
        """What was sent with the decision."""
        return self["payload"]

    @property
    def corrections(self) -> list[dict[str, Any]]:
        """Corrected cells, each with `line_item_id`, `expense_id`, `id`, `field`, `old_value` and `new_value`."""
        return cast("list[dict[str, Any]]", self["corrections"])

    @property
    def actor(self) -> str | None:
        """Who decided."""
        return cast("str | None", self["actor"])

    @property
    def reason(self) -> str | None:
        """Why, in the person's words."""
        return cast("str | None", self["reason"])

    @classmethod
    def read(cls, raw: object) -> "UserAction":
        """The decision in `raw`: `{"kind": "approve"}`, `{"type": "approved"}` or `{"action": "approved", …}`.

        Raises:
            ValueError: it holds no verdict, or verdicts that contradict each other.
        """
        if not isinstance(raw, Mapping):
            raise ValueError(f"a decision is a mapping, not {type(raw).__name__}")  # noqa: TRY004 - it is data
        given = {str(key): json_safe(value) for key, value in raw.items()}
        verdict = _verdict(given)
        reason = given.get("reason") or given.get("comments")
        said = {
            "kind": _KINDS[verdict],
            "type": verdict,
            "action": verdict,
            "payload": given.get("payload"),
            "corrections": _corrections(given.get("corrections")),
            "comments": given.get("comments") or reason,
            "reason": reason,
            "actor": given.get("actor"),
            "acted_at": given.get("acted_at"),
            "gate_id": given.get("gate_id"),
        }
        return cls(given | said)

    @classmethod
    def of(cls, decision: Decision) -> "UserAction":
        """The decision of an Update."""
        fields = decision.model_dump(mode="json", exclude={"decision_id", "payload_hash"})
        return cls.read(fields)


def _verdict(given: dict[str, Any]) -> Verdict:
    words = [given[key] for key in ("kind", "type", "action") if isinstance(given.get(key), str)]
    verdicts = [_VERDICTS[word.lower()] for word in words if word.lower() in _VERDICTS]
    if not verdicts:
        raise ValueError("a decision says approve, reject or correct in kind, type or action")
    if any(verdict != verdicts[0] for verdict in verdicts):
        raise ValueError(f"the decision contradicts itself: {' and '.join(verdicts)}")
    return verdicts[0]


def _corrections(given: Any) -> list[dict[str, Any]]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise ValueError("corrections are a list of objects")
    return [_correction(item) for item in given]


def _correction(item: dict[str, Any]) -> dict[str, Any]:
    line = next((item[key] for key in _LINE_KEYS if item.get(key) is not None), None)
    defaults = dict.fromkeys(_LINE_KEYS, line) | dict.fromkeys(("field", "old_value", "new_value"))
    return defaults | {key: value for key, value in item.items() if key not in _LINE_KEYS or value is not None}
