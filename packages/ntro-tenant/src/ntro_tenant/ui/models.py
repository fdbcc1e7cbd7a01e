"""What a task's page shows, gathered in one reading."""

import hashlib
from dataclasses import dataclass
from typing import Any

import asyncpg

from ntro.types.canonical import canonical_json
from ntro_tenant.core.documents import list_documents
from ntro_tenant.core.events import list_events
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.tasks import task_detail
from ntro_tenant.core.views import DocumentView, EventView, GateView, TaskDetail
from ntro_tenant.ui.review import Fact, Review, facts_of, review_of
from ntro_tenant.ui.slots import UploadSlot, upload_slots
from ntro_tenant.ui.timeline import shown

TIMELINE_EVENTS = 500
FILES = 100


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task's page. `signature` changes whenever what its gates show changes."""

    detail: TaskDetail
    gates: list[tuple[GateView, Review, list[UploadSlot]]]
    files: list[DocumentView]
    events: list[EventView]
    result: tuple[Fact, ...]
    signature: str

    def values(self) -> dict[str, Any]:
        """The names that the templates use."""
        return {
            "detail": self.detail,
            "gates": self.gates,
            "files": self.files,
            "events": self.events,
            "result": self.result,
            "signature": self.signature,
            "message": None,
        }


async def task_page(connection: asyncpg.Connection, reference: TaskReference) -> TaskPage:
    """Everything of the page.

    Raises:
        NotFound: there is no such task or run.
    """
    detail = await task_detail(connection, reference)
    files = await list_documents(connection, reference, limit=FILES)
    events = await list_events(connection, reference, limit=TIMELINE_EVENTS)
    gates = [(gate, review_of(gate), upload_slots(gate)) for gate in _shown_gates(detail)]
    return TaskPage(detail, gates, files, shown(events), facts_of(detail.result), signature_of(detail.gates))


def signature_of(gates: list[GateView]) -> str:
    """A short text that is equal while the gates show the same."""
    seen = [[gate.id, gate.payload_hash, gate.feedback, gate.checks, gate.display_hint] for gate in gates]
    return hashlib.sha256(canonical_json(seen).encode()).hexdigest()[:16]


def _shown_gates(detail: TaskDetail) -> list[GateView]:
    """One upload gate for all places where the run shows them together, and every review."""
    together = any(gate.kind == "submit_files" for gate in detail.gates)
    return [gate for gate in detail.gates if not (together and gate.kind == "submit_file")]
