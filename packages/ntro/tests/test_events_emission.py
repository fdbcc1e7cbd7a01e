"""Observable results and where their events go."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import BaseModel

from ntro.events import ObservableResult, ObserverEmitter, emit_observable, get_emitter, register_emitter


class Parsed(ObservableResult):
    rows: int

    class ObserverMeta:
        event_type = "document.parsed"


class Quiet(ObservableResult):
    rows: int


class Listener:
    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    async def emit(self, event_type: str, payload: BaseModel | dict[str, Any] | None = None) -> None:
        self.heard.append((event_type, payload))


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    before = get_emitter()
    listener = Listener()
    register_emitter(listener)
    yield listener
    register_emitter(before)


async def test_until_somebody_listens_events_go_nowhere():
    assert isinstance(get_emitter(), ObserverEmitter)
    await get_emitter().emit("document.parsed", {"rows": 1})


async def test_each_observable_result_is_one_event(listener: Listener):
    await emit_observable(Parsed(rows=1))
    await emit_observable([Parsed(rows=2), "text", Parsed(rows=3)])
    assert [(kind, payload.rows) for kind, payload in listener.heard] == [
        ("document.parsed", 1),
        ("document.parsed", 2),
        ("document.parsed", 3),
    ]


async def test_a_result_without_an_event_type_is_not_emitted(listener: Listener):
    await emit_observable(Quiet(rows=1))
    await emit_observable(None)
    assert listener.heard == []
