"""Results of activities that people watch, and where their events go."""

from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

__all__ = ["ObservableResult", "ObserverEmitter", "get_emitter", "register_emitter"]


class ObservableResult(BaseModel):
    """A value whose arrival is an event: returned by an activity, it is emitted as `ObserverMeta.event_type`."""

    class ObserverMeta:
        """Override with the event's type, such as `extraction.completed`. Empty means: not emitted."""

        event_type: str = ""


@runtime_checkable
class ObserverEmitter(Protocol):
    """Where events go."""

    async def emit(self, event_type: str, payload: BaseModel | dict[str, Any] | None = None) -> None:
        """Take one event."""


class _Nowhere:
    async def emit(self, event_type: str, payload: BaseModel | dict[str, Any] | None = None) -> None:
        """Nobody listens."""


_emitter: ObserverEmitter = _Nowhere()


def register_emitter(emitter: ObserverEmitter) -> None:
    """Send this process's events to `emitter` from now on."""
    global _emitter  # noqa: PLW0603 - one emitter a process is the published contract
    _emitter = emitter


def get_emitter() -> ObserverEmitter:
    """Where this process's events go; nowhere until one is registered."""
    return _emitter


async def emit_observable(result: object) -> None:
    """Emit one event for each `ObservableResult` that `result` is or lists."""
    items = result if isinstance(result, list | tuple) else (result,)
    for item in items:
        if isinstance(item, ObservableResult) and item.ObserverMeta.event_type:
            await get_emitter().emit(item.ObserverMeta.event_type, item)
