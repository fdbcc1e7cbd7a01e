"""The plan of a run as an agent outside the engine declares it."""

from dataclasses import dataclass

from ntro.types.wire import DisplayHint, PendingAction, StepEvent

__all__ = ["DisplayHint", "PendingAction", "Step", "StepEvent"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a declared plan. `icon` is a Lucide name."""

    id: str
    title: str
    icon: str | None = None
