"""Traces of what a model writes: batched, in order, never in the writer's way."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment
from werkzeug import Request, Response

from ntro.capabilities import trace
from ntro.capabilities.trace import HttpReasoningTraceSink, http_reasoning_sink_for_task

PATH = "/v1/tasks/task-1:review:child/events"


@pytest.fixture
def cell(configure: Any, httpserver: Any) -> Any:
    configure(tenant_api_url=httpserver.url_for("/v1"), internal_reasoning_key="events-key")
    return httpserver


@pytest.fixture
def sink(cell: Any) -> HttpReasoningTraceSink:
    cell.expect_request(PATH, method="POST").respond_with_json({"ok": True}, status=201)
    return HttpReasoningTraceSink(task_id="task-1:review:child", activity_name="extract", source_label="Invoice")


def events(cell: Any) -> list[dict[str, Any]]:
    return [request.get_json() for request, _ in cell.log]


def text_of(cell: Any) -> str:
    return "".join(event["payload"]["chunk"] for event in events(cell))


async def test_a_trace_is_a_start_few_pieces_of_text_and_an_end(cell: Any, sink: HttpReasoningTraceSink):
    await sink.begin()
    for number in range(1_000):
        await sink.emit_delta(f"{number},")
        if number % 250 == 0:
            await asyncio.sleep(0)
    await sink.finish()
    found = events(cell)
    assert [event["type"] for event in (found[0], found[-1])] == ["reasoning.start", "reasoning.end"]
    assert {event["type"] for event in found[1:-1]} == {"reasoning.delta"}
    assert len(found) < 12
    assert text_of(cell) == "".join(f"{number}," for number in range(1_000))
    assert [event["seq"] for event in found] == list(range(1_000_001, 1_000_001 + len(found)))
    assert found[1]["payload"].keys() == {"phase", "chunk", "activityName"}
    assert {(event["source"], event["sourceLabel"], event["groupKey"]) for event in found} == {
        ("worker", "Invoice", "extract")
    }
    assert all(request.headers["x-ntro-events-key"] == "events-key" for request, _ in cell.log)


async def test_text_is_shown_before_the_end_of_a_slow_answer(cell: Any):
    shown = threading.Event()

    def take(request: Request) -> Response:
        if request.get_json()["payload"]["chunk"] == "slowly":
            shown.set()
        return Response("{}", 201, content_type="application/json")

    cell.expect_request(PATH, method="POST").respond_with_handler(take)
    sink = HttpReasoningTraceSink(task_id="task-1:review:child", activity_name="extract")
    await sink.begin()
    await sink.emit_delta("slowly")
    assert await asyncio.to_thread(shown.wait, 10)
    await sink.finish()


async def test_a_slow_receiver_costs_text_never_time_and_the_trace_says_how_much(cell: Any):
    opened, arrived = threading.Event(), threading.Event()

    def wait(_request: Request) -> Response:
        arrived.set()
        opened.wait(20)
        return Response("{}", 201, content_type="application/json")

    cell.expect_request(PATH, method="POST").respond_with_handler(wait)
    sink = HttpReasoningTraceSink(task_id="task-1:review:child", activity_name="extract")
    await sink.begin()
    assert await asyncio.to_thread(arrived.wait, 10)
    for _ in range(100):
        await sink.emit_delta("x" * 1_000)
    opened.set()
    await sink.finish()
    found = events(cell)
    dropped = [event["payload"]["droppedCharacters"] for event in found if "droppedCharacters" in event["payload"]]
    assert len(text_of(cell)) == trace.MAX_WAITING_CHARACTERS
    assert dropped == [100_000 - trace.MAX_WAITING_CHARACTERS]
    assert max(len(event["payload"]["chunk"]) for event in found) <= trace.MAX_EVENT_CHARACTERS


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_a_receiver_that_refuses_does_not_disturb_the_writer(
    cell: Any, status: int, caplog: pytest.LogCaptureFixture
):
    cell.expect_request(PATH, method="POST").respond_with_data("canary", status=status)
    sink = HttpReasoningTraceSink(task_id="task-1:review:child", activity_name="extract")
    await sink.begin()
    await sink.emit_delta("figures")
    await sink.finish()
    assert events(cell)[-1]["payload"]["droppedCharacters"] == len("figures")
    assert str(status) in caplog.text
    assert "figures" not in caplog.text


async def test_a_receiver_that_is_not_there_does_not_disturb_the_writer(configure: Any):
    configure()
    sink = HttpReasoningTraceSink(task_id="t", activity_name="a", base_url="http://127.0.0.1:9/v1", internal_key="")
    await sink.begin()
    await sink.emit_delta("x")
    await sink.finish()
    await sink.finish()


async def test_a_receiver_that_hangs_is_not_waited_for(cell: Any, monkeypatch: pytest.MonkeyPatch):
    opened = threading.Event()

    def hang(_request: Request) -> Response:
        opened.wait(20)
        return Response("{}", 201)

    monkeypatch.setattr(trace, "FINISH_SECONDS", 0.05)
    cell.expect_request(PATH, method="POST").respond_with_handler(hang)
    sink = HttpReasoningTraceSink(task_id="task-1:review:child", activity_name="extract")
    await sink.begin()
    async with asyncio.timeout(10):
        await sink.finish()
    opened.set()


async def test_events_of_a_later_attempt_follow_those_of_an_earlier_one(cell: Any, sink: HttpReasoningTraceSink):
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=3)

    async def work() -> None:
        later = HttpReasoningTraceSink(task_id="task-1:review:child", activity_name="extract")
        await later.begin()
        await later.finish()

    await environment.run(work)
    assert [event["seq"] for event in events(cell)] == [3_000_001, 3_000_002]
    environment.info = replace(environment.info, attempt=1_000_000)
    await environment.run(work)
    assert max(event["seq"] for event in events(cell)) < 2**31


async def test_the_sink_is_the_given_one_else_the_current_one(cell: Any, sink: HttpReasoningTraceSink):
    assert trace.resolve_trace_sink(None) is None
    assert trace.resolve_trace_sink(sink) is sink
    token = trace.current_trace_sink.set(sink)
    try:
        assert trace.resolve_trace_sink(None) is sink
    finally:
        trace.current_trace_sink.reset(token)
    assert isinstance(sink, trace.TraceSink)
    assert http_reasoning_sink_for_task(" ", "extract") is None
    assert isinstance(http_reasoning_sink_for_task("task-1", "extract", "Invoice"), HttpReasoningTraceSink)
