"""The places of an upload gate as the page shows them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ntro_tenant.core.views import REVIEW_KIND, SUBMIT_KINDS, DocumentView, GateView, RunView, TaskDetail
from ntro_tenant.ui.values import label_of

SlotState = Literal["waiting", "refused", "reading", "review", "done", "failed"]
_NOTES: dict[SlotState, str] = {
    "waiting": "Expected",
    "refused": "Not usable; submit another",
    "reading": "Received; being read",
    "review": "Read; waits for a review",
    "done": "Taken in",
    "failed": "Could not be used",
}


@dataclass(frozen=True, slots=True)
class UploadSlot:
    """A place for one document. `problem` says why the last one was refused; `run_id` is the run that reads it."""

    source: str
    title: str
    note: str
    state: SlotState
    run_id: str
    accept: str
    problem: str | None = None
    file: DocumentView | None = None

    @property
    def takes_file(self) -> bool:
        return self.state in ("waiting", "refused")


def upload_slots(gate: GateView, detail: TaskDetail, files: Sequence[DocumentView]) -> list[UploadSlot]:
    """The places of `gate`; none where it is no upload gate."""
    if gate.kind not in SUBMIT_KINDS:
        return []
    config = gate.display_hint.get("config")
    settings = config if isinstance(config, dict) else {}
    expected = settings.get("expected") if gate.kind == "submit_files" else None
    if isinstance(expected, list):
        return [_slot(item, gate, detail, files) for item in expected if isinstance(item, dict)]
    return [_slot({**settings, **gate.args, "args": gate.args}, gate, detail, files)]


def _slot(item: dict[str, Any], gate: GateView, detail: TaskDetail, files: Sequence[DocumentView]) -> UploadSlot:
    source = str(item.get("source") or "document")
    given = item.get("args")
    run_id = str((given if isinstance(given, dict) else {}).get("signal_task_id") or gate.run_id)
    own = next((open_gate for open_gate in detail.gates if open_gate.run_id == run_id), None)
    file = next((file for file in files if file.source == source), None)
    run = next((run for run in detail.children if run.id == run_id), None)
    state = _state(str(item.get("status")), own, run, file)
    problem = _problem(own) if state == "refused" else None
    note = str(item.get("instructions") or _NOTES[state]) if state == "waiting" else _NOTES[state]
    accept = item.get("accept")
    return UploadSlot(
        source=source,
        title=str(item.get("title") or label_of(source)),
        note=note,
        state=state,
        run_id=run_id,
        accept=",".join(str(kind) for kind in accept) if isinstance(accept, list) else "",
        problem=problem,
        file=file if state != "waiting" else None,
    )


def _state(recorded: str, own: GateView | None, run: RunView | None, file: DocumentView | None) -> SlotState:
    """What the reading run says of itself counts before what the gate above it has heard."""
    if run is not None and run.status in ("FAILED", "CANCELLED"):
        return "failed"
    if recorded == "failed":
        return "failed"
    if recorded == "completed" or (run is not None and run.status == "COMPLETED"):
        return "done" if run is None or not _rejected(run) else "failed"
    if own is not None and own.kind == REVIEW_KIND:
        return "review"
    if own is not None and own.kind == "submit_file":
        arrived = file is not None and file.uploaded_at > own.opened_at
        return "reading" if arrived else "refused" if own.feedback else "waiting"
    return "reading" if recorded == "processing" or file is not None else "waiting"


def _rejected(run: RunView) -> bool:
    return isinstance(run.result, dict) and run.result.get("status") == "rejected"


def _problem(gate: GateView | None) -> str | None:
    return feedback_text(gate.feedback) if gate is not None else None


def feedback_text(feedback: Any) -> str | None:
    """What a run says to the person at a gate."""
    if not isinstance(feedback, dict):
        return None
    payload = feedback.get("payload")
    said = payload.get("message") or payload.get("value") if isinstance(payload, dict) else payload
    return str(said or feedback.get("kind") or "") or None
