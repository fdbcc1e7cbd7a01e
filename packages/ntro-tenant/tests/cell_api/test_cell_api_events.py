"""The audit log: read, added to, followed live."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from ntro.workspace.tokens import Purpose, claims_for, sign
from ntro_server.errors import TooManyRequests
from ntro_tenant.core.recording.log import append_event, verify_chain

Check = Callable[[httpx2.Response, int], dict[str, Any]]
SECONDS = 20


async def record(books: Any, task: UUID, kind: str, run_id: str | None = None, **payload: Any) -> int:
    async with books.connection.transaction():
        seq = await append_event(
            books.connection,
            task_id=task,
            workflow_id=run_id or str(task),
            type=kind,
            source="run",
            payload=payload,
            at=datetime.now(UTC),
        )
    assert seq is not None
    return seq


async def test_events_are_read_in_order_and_after_a_number(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    seqs = [await record(books, task, f"step.{number}") for number in range(3)]
    rows = (await anna.get(f"/tasks/{task}/events")).json()
    assert [row["seq"] for row in rows] == seqs
    assert rows[0]["runId"] == str(task)
    assert len(rows[0]["hash"]) == 64
    assert [row["seq"] for row in (await anna.get(f"/tasks/{task}/events?after={seqs[1]}")).json()] == seqs[2:]


async def test_events_of_a_run_are_those_of_the_run_alone(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    child = await books.run(task, f"{task}:collect:document-ingest:tb")
    await record(books, task, "step.started")
    own = await record(books, task, "gate.opened", child)
    assert [row["seq"] for row in (await anna.get(f"/tasks/{child}/events")).json()] == [own]


async def test_logs_and_history_have_the_shapes_of_older_clients(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    seq = await record(books, task, "step.failed", step_id="close", message="It does not balance")
    log = (await anna.get(f"/tasks/{task}/logs")).json()[0]
    assert (log["id"], log["type"], log["payload"]["step_id"]) == (str(seq), "step.failed", "close")
    assert log["createdAt"]
    event = (await anna.get(f"/tasks/{task}/history")).json()[0]
    assert (event["eventId"], event["activityName"]) == (seq, "close")
    assert event["failureMessage"] == "It does not balance"


async def test_what_a_worker_reports_joins_the_chain(person_with: Callable[..., httpx2.AsyncClient], books: Any):
    task = await books.task()
    async with person_with("engineer") as agent:
        body = {"type": "reasoning.delta", "seq": 7, "payload": {"chunk": "so", "score": 0.25}}
        answer = await agent.post(f"/tasks/{task}/events", json=body)
        assert answer.status_code == 201
        row = (await agent.get(f"/tasks/{task}/events")).json()[0]
    assert (row["type"], row["actor"], row["source"]) == ("reasoning.delta", "u-anna", "agent")
    assert row["payload"] == {"seq": 7, "payload": {"chunk": "so", "score": "0.25"}}
    assert await verify_chain(books.connection) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "gate.closed"}',
        '{"type": "completed", "payload": [1]}',
        '{"type": "completed", "payload": {"a": "\\u0000"}}',
        '{"type": "completed", "payload": {"a": "\\ud800"}}',
        '{"type": "completed", "payload": {"a": NaN}}',
        '{"type": "completed", "payload": {"a": 1e999999999}}',
        '{"type": "completed", "payload": {"a": 1.5e999999999}}',
        '{"type": "completed", "payload": ' + '{"a": ' * 40 + "1" + "}" * 41,
        '{"type": "completed", "payload": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}",
        '{"type": "completed", "payload": {"a": ' + "9" * 5000 + "}}",
        '{"type": "completed", "seq": -1}',
    ],
)
async def test_an_event_that_is_not_valid_is_422(anna: httpx2.AsyncClient, books: Any, check_problem: Check, text: str):
    task = await books.task()
    headers = {"Content-Type": "application/json"}
    check_problem(await anna.post(f"/tasks/{task}/events", content=text, headers=headers), 422)


async def test_a_body_that_is_no_json_is_400(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task()
    headers = {"Content-Type": "application/json"}
    check_problem(await anna.post(f"/tasks/{task}/events", content="{", headers=headers), 400)


async def test_an_event_above_64_kib_is_413(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task()
    body = {"type": "completed", "payload": {"text": "x" * 70_000}}
    check_problem(await anna.post(f"/tasks/{task}/events", json=body), 413)


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The application on a real socket: streams need one. Its lifespan is the fixture's."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server.should_exit = True
        await serving


@asynccontextmanager
async def following(url: str, bearer: str, after: int | None = None) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    headers = {"Authorization": f"Bearer {bearer}"}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    async with (
        asyncio.timeout(SECONDS),
        httpx2.AsyncClient(timeout=SECONDS) as client,
        client.stream("GET", url, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await anext(lines) == ": connected"
        yield _messages(lines)


async def _messages(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    seq = ""
    async for line in lines:
        if line.startswith("id: "):
            seq = line.removeprefix("id: ")
        elif line.startswith("data: "):
            yield json.loads(line.removeprefix("data: ")) | {"id": seq}


async def test_a_stream_tells_what_was_and_then_what_happens(address: str, books: Any, token: Callable[..., str]):
    task, other = await books.task(), await books.task()
    first = await record(books, task, "step.started")
    async with following(f"{address}/tasks/{task}/events/stream", token("accountant")) as messages:
        assert (await anext(messages))["seq"] == first
        await record(books, other, "step.started")
        second = await record(books, task, "step.completed")
        found = await anext(messages)
        assert (found["seq"], found["id"], found["type"]) == (second, str(second), "step.completed")


async def test_a_stream_resumes_after_the_last_event_that_was_seen(address: str, books: Any, token: Callable[..., str]):
    task = await books.task()
    seqs = [await record(books, task, f"step.{number}") for number in range(250)]
    async with following(f"{address}/tasks/{task}/events/stream", token("accountant"), after=seqs[9]) as messages:
        assert [(await anext(messages))["seq"] for _ in range(240)] == seqs[10:]


async def test_the_stream_of_the_cell_begins_now_and_names_tasks_only(
    address: str, books: Any, token: Callable[..., str]
):
    task = await books.task()
    await record(books, task, "step.started", secret="figure")
    async with following(f"{address}/events/stream", token("accountant")) as messages:
        seq = await record(books, task, "step.completed", secret="figure")
        assert await anext(messages) == {
            "seq": seq,
            "id": str(seq),
            "type": "step.completed",
            "taskId": str(task),
        }


async def test_a_stream_survives_the_loss_of_its_database_connection(
    address: str, books: Any, token: Callable[..., str]
):
    task = await books.task()
    async with following(f"{address}/tasks/{task}/events/stream", token("accountant")) as messages:
        first = await record(books, task, "step.started")
        assert (await anext(messages))["seq"] == first
        await books.connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ntro-live'"
            " and datname = current_database()"
        )
        second = await record(books, task, "step.completed")
        assert (await anext(messages))["seq"] == second


async def test_a_stream_without_a_token_is_401(anonymous: httpx2.AsyncClient, books: Any, check_problem: Check):
    check_problem(await anonymous.get("/v1/events/stream"), 401)


async def test_streams_are_bounded_in_number(
    app: FastAPI, anna: httpx2.AsyncClient, books: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ntro_tenant.core.live.MAX_WATCHERS", 1)
    live = app.state.cell.live
    with live.watching(None), pytest.raises(TooManyRequests), live.watching(None):
        pass
    with live.watching(None):
        pass


async def test_a_stream_ends_when_its_token_expires(address: str, books: Any, settings: Any, signing_keys: Any):
    task = await books.task()
    claims = claims_for(settings.tenant_id, subject="u", name="U", roles=["auditor"], purpose=Purpose.ACCESS)
    soon = claims.model_copy(update={"expires_at": datetime.now(UTC) + timedelta(seconds=2)})
    bearer = sign(soon, signing_keys.private)
    async with following(f"{address}/tasks/{task}/events/stream", bearer) as messages:
        assert [message async for message in messages] == []
