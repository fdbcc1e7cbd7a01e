"""The rule of missing documents: a gate that waits for a file and soon no longer will. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ntro_tenant.observer.observations import Observation

RULE = "missing_document"
SOON = timedelta(days=1)
"""A gate is near its deadline in the last quarter of its time, a day at most."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A gate that waits for a document until `deadline`."""

    gate_id: str
    task_id: UUID
    run_id: str
    step_id: str | None
    source: str | None
    reason: str | None
    opened_at: datetime
    deadline: datetime


def missing_document(gate: Awaited, now: datetime) -> Observation | None:
    """Notes a gate near its deadline, once."""
    if now < gate.deadline - min(SOON, (gate.deadline - gate.opened_at) / 4):
        return None
    what = gate.source or gate.reason or "a document"
    return Observation(
        rule=RULE,
        key=gate.gate_id,
        message=f"Still missing: {what.replace('_', ' ')}, due by {gate.deadline:%d %B %Y %H:%M} UTC",
        evidence={
            "gate_id": gate.gate_id,
            "step_id": gate.step_id,
            "source": gate.source,
            "opened_at": gate.opened_at.isoformat(),
            "deadline": gate.deadline.isoformat(),
        },
    )
