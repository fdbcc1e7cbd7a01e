"""Which run an uploaded document is for. Pure."""

from dataclasses import dataclass
from typing import Any

from ntro_server.errors import Conflict
from ntro_tenant.core.views import SUBMIT_KINDS, GateView

DEFAULT_SIGNAL = "document_submitted"
_DONE = "completed"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place at an open gate where a document of `source` is expected, and the signal that tells its run."""

    source: str
    run_id: str
    signal: str


def open_slots(gate: GateView) -> list[Slot]:
    """The places of the gate that still take a document."""
    if gate.kind == "submit_file":
        return _slots(gate, [{"args": gate.args, "source": gate.args.get("source")}])
    config = gate.display_hint.get("config")
    expected = config.get("expected") if isinstance(config, dict) else None
    return _slots(gate, expected if isinstance(expected, list) else [])


def choose_slot(gates: list[GateView], *, source: str | None, gate_id: str | None) -> Slot | None:
    """The one place that the document is for; none where nothing open fits.

    A run's own gate counts before the place that the run above it shows for it.

    Raises:
        Conflict: the gate that was named takes no document of this source, or several places fit and none was named.
    """
    submitting = [gate for gate in gates if gate.kind in SUBMIT_KINDS and gate_id in (None, gate.id)]
    fitting: dict[str, Slot] = {}
    for gate in sorted(submitting, key=lambda gate: gate.kind != "submit_file"):
        for slot in open_slots(gate):
            if source in (None, slot.source):
                fitting.setdefault(slot.run_id, slot)
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    if gate_id is not None and not fitting:
        raise Conflict(f"Gate {gate_id} of this task takes no such document now.", hint="Ask for the next step.")
    if fitting and (source is not None or gate_id is not None):
        raise Conflict(
            "Several open places take this document.",
            hint="Name the one you mean: source, and gateId where the source is expected twice.",
        )
    return None


def _slots(gate: GateView, expected: list[Any]) -> list[Slot]:
    found = []
    for item in expected:
        if not isinstance(item, dict) or item.get("status") == _DONE:
            continue
        given = item.get("args")
        args: dict[str, Any] = given if isinstance(given, dict) else {}
        source = item.get("source") or args.get("source")
        if isinstance(source, str) and source:
            run_id = str(args.get("signal_task_id") or gate.run_id)
            found.append(Slot(source, run_id, str(args.get("signal_name") or DEFAULT_SIGNAL)))
    return found
