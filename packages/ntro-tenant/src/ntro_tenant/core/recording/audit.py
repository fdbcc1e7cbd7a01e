"""What of a run record goes into the audit log: everything but bulk, which is replaced by its hash."""

from dataclasses import dataclass
from typing import Any

from ntro.workflow.records import RunRecord
from ntro_tenant.core.recording.json_values import digest, json_text

SOURCE_RUN = "worker"
SOURCE_RUNBOOK = "runbook"
MAX_BUSINESS_PAYLOAD = 16 * 1024
_BULK = frozenset({"payload", "snapshot", "result", "args", "display_hint", "checks", "feedback", "steps"})


@dataclass(frozen=True, slots=True)
class AuditFields:
    """Columns of a log row that follow from a record."""

    type: str
    source: str
    actor: str | None
    payload: dict[str, Any]


def audit_fields(record: RunRecord) -> AuditFields:
    """The log's view of `record`. A runbook's own event keeps its name and its payload."""
    if record.type == "business":
        event_type = str(record.data.get("event_type") or "business")
        return AuditFields(event_type, SOURCE_RUNBOOK, None, business_payload(record.data.get("payload")))
    payload = {}
    for key, value in record.data.items():
        if key in _BULK:
            payload[f"{key}_sha256"] = None if value is None else digest(value)
        else:
            payload[key] = value
    return AuditFields(record.type, SOURCE_RUN, _actor(record.data), payload)


def business_payload(payload: Any) -> dict[str, Any]:
    """A runbook's own event in the log: its payload up to 16 KB, and the payload's hash."""
    kept = {"payload_sha256": digest(payload)}
    return kept | {"payload": payload} if len(json_text(payload)) <= MAX_BUSINESS_PAYLOAD else kept


def _actor(data: dict[str, Any]) -> str | None:
    decision = data.get("decision")
    actor = decision.get("actor") if isinstance(decision, dict) else data.get("actor")
    return None if actor is None else str(actor)
