"""The plan of a run as an agent outside the engine declares it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntro.types.wire import DisplayHint, PendingAction, StepEvent

_WIRE = ("DisplayHint", "PendingAction", "StepEvent")

__all__ = ["DisplayHint", "PendingAction", "Step", "StepEvent"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a declared plan. `icon` is a Lucide name."""

    id: str
    title: str
    icon: str | None = None


def __getattr__(name: str) -> Any:
    # The models load when they are used: `import ntro.workflow` binds this module and loads no pydantic.
    if name not in _WIRE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ntro.types import wire  # noqa: PLC0415 - as above

    return getattr(wire, name)
