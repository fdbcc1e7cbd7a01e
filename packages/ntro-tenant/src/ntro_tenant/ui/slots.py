"""The places of an upload gate as the page shows them. Pure."""

from dataclasses import dataclass
from typing import Any

from ntro_tenant.core.views import SUBMIT_KINDS, GateView

_NOTES = {
    "completed": "received",
    "processing": "being read; review it when asked",
    "failed": "could not be used",
}


@dataclass(frozen=True, slots=True)
class UploadSlot:
    """A place for one document. It is `done` when its document was taken in."""

    source: str
    title: str
    note: str
    done: bool


def upload_slots(gate: GateView) -> list[UploadSlot]:
    """The places of `gate`; none where it is no upload gate."""
    if gate.kind not in SUBMIT_KINDS:
        return []
    config = gate.display_hint.get("config")
    settings = config if isinstance(config, dict) else {}
    expected = settings.get("expected") if gate.kind == "submit_files" else None
    if isinstance(expected, list):
        return [_slot(item) for item in expected if isinstance(item, dict)]
    single = {"source": gate.args.get("source"), "schema_slug": gate.args.get("schema_slug"), **settings}
    return [_slot({key: value for key, value in single.items() if value is not None})]


def _slot(item: dict[str, Any]) -> UploadSlot:
    source = str(item.get("source") or "document")
    status = str(item.get("status") or "pending")
    schema = item.get("schema_slug")
    note = _NOTES.get(status) or str(item.get("instructions") or schema or "expected")
    return UploadSlot(source, str(item.get("title") or source), note, done=status == "completed")
