"""What is handed in at a gate that waits for documents or data."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ntro.testing.scenarios import Scenario

DOCUMENT = "document_submitted"
DATA = "data_submitted"


def slots_of(gate: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The arguments of each document that a gate lists: what it is, and which run is told of it by which signal."""
    config = (gate.get("display_hint") or {}).get("config") or {}
    for slot in config.get("expected") or []:
        said = {key: slot[key] for key in ("source", "schema_slug") if slot.get(key) is not None}
        yield said | dict(slot.get("args") or {})


def own_submissions(workflow_id: str, gate: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the run at `gate` itself is told; documents that its children wait for are handed in to them."""
    listed = list(slots_of(gate))
    if gate["kind"] == "submit_files" and listed:
        return [args for args in listed if args.get("signal_task_id", workflow_id) == workflow_id]
    return [dict(gate.get("args") or {})]


def payload_of(args: Mapping[str, Any], scenario: Scenario, step_id: str | None) -> dict[str, Any]:
    """What the signal carries: as a cell sends it, with what the scenario says of its signal, source or step."""
    signal, source = args.get("signal_name", DOCUMENT), args.get("source") or "document"
    payload: dict[str, Any] = {"tenant_slug": "test", "entity_slug": "test-entity", "source": source}
    payload |= _data(source) if signal == DATA else _document(source)
    for key in (signal, source, step_id):
        payload |= scenario.extra_signal_payloads.get(key or "", {})
    return payload


def _data(source: str) -> dict[str, Any]:
    received = datetime.now(UTC).isoformat()
    return {"event_id": str(uuid4()), "kind": source, "source_ref": None, "data": {}, "received_at": received}


def _document(source: str) -> dict[str, Any]:
    return {"document_ref": str(uuid4()), "filename": f"{source}.pdf", "content_type": "application/pdf"}
