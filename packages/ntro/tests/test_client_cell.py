"""The client of a cell: tokens, uploads as they are read, events across lost connections."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro.workspace import Client, RetryPolicy, errors
from ntro.workspace._cell.events import follow
from ntro.workspace._cell.tasks import CellTasks
from ntro.workspace._portal import Portal
from ntro.workspace._transport import Address, FixedLocator, Transport
from ntro.workspace.models import Task

FAST = RetryPolicy(attempts=3, pause=0.001)
ROW = {"id": "d-1", "filename": "tb.xlsx", "sha256": "0" * 64}
EVENT = {"type": "step.started", "payload": {"step_id": "open"}, "runId": "k"}


def give_token(httpserver: HTTPServer, *, lifetime: timedelta = timedelta(minutes=15)) -> list[Request]:
    asked: list[Request] = []

    def handler(request: Request) -> Response:
        asked.append(request)
        expires = (datetime.now(UTC) + lifetime).isoformat()
        token = {"token": f"token-{len(asked)}", "expiresAt": expires, "url": httpserver.url_for("/cell/v1")}
        return Response(json.dumps(token), content_type="application/json")

    httpserver.expect_request("/v1/workspace/tenants/acme/access-token", method="POST").respond_with_handler(handler)
    return asked


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    with Client(host=httpserver.url_for("/v1"), api_key="key", retries=FAST) as made:
        yield made


def test_the_cell_gets_the_token_and_never_the_key(httpserver: HTTPServer, client: Client) -> None:
    give_token(httpserver)
    httpserver.expect_request("/cell/v1/tasks", headers={"Authorization": "Bearer token-1"}).respond_with_json([])
    assert client.cell("acme").tasks.list_sync() == []


def test_a_token_is_kept_until_a_minute_before_it_expires(httpserver: HTTPServer, client: Client) -> None:
    asked = give_token(httpserver)
    httpserver.expect_request("/cell/v1/tasks").respond_with_json([])
    for _ in range(3):
        client.cell("acme").tasks.list_sync()
    assert len(asked) == 1


def test_a_token_with_less_than_a_minute_left_is_renewed(httpserver: HTTPServer, client: Client) -> None:
    asked = give_token(httpserver, lifetime=timedelta(seconds=59))
    httpserver.expect_request("/cell/v1/tasks").respond_with_json([])
    for _ in range(2):
        client.cell("acme").tasks.list_sync()
    assert len(asked) == 2


def test_a_decision_names_the_gate_and_what_was_seen(httpserver: HTTPServer, client: Client) -> None:
    give_token(httpserver)
    body = {"type": "approved", "comments": "fine", "gateId": "g", "payloadHash": "h"}
    httpserver.expect_request("/cell/v1/tasks/k/action", method="POST", json=body).respond_with_json(
        {"ok": True, "gateId": "g"}
    )
    taken = client.cell("acme").tasks.action_sync("k", "approved", comments="fine", gate_id="g", payload_hash="h")
    assert taken.gateId == "g"


def test_what_a_task_shows_is_read_from_the_cell(httpserver: HTTPServer, client: Client) -> None:
    give_token(httpserver)
    gate = {"id": "g", "kind": "interactive_review", "payload": {"nav": "10.00"}, "payloadHash": "h", "more": 1}
    httpserver.expect_request("/cell/v1/tasks/k").respond_with_json({"id": "k", "status": "BLOCKED"})
    httpserver.expect_request("/cell/v1/tasks/k/ui").respond_with_json({"task": {}, "gates": [gate]})
    httpserver.expect_request("/cell/v1/tasks/k/next-step").respond_with_json({"action": "review", **gate})
    httpserver.expect_request("/cell/v1/tasks/k/snapshots").respond_with_json({"open": {}})
    httpserver.expect_request("/cell/v1/tasks/k/events", query_string={"after": "3"}).respond_with_json(
        [{"seq": 4, **EVENT}]
    )
    tasks = client.cell("acme").tasks
    assert tasks.get_sync("k").status == "BLOCKED"
    assert tasks.ui_sync("k").gates[0].payload == {"nav": "10.00"}
    assert tasks.next_step_sync("k").action == "review"
    assert tasks.snapshots_sync("k") == {"open": {}}
    assert tasks.log_sync("k", after=3)[0].data == {"step_id": "open"}


def test_a_task_whose_start_still_travels_to_its_cell_is_waited_for(httpserver: HTTPServer, client: Client) -> None:
    give_token(httpserver)
    unknown = {"statusCode": 404, "message": "no such task", "error": "not_found"}
    httpserver.expect_oneshot_request("/cell/v1/tasks/k").respond_with_json(unknown, status=404)
    httpserver.expect_request("/cell/v1/tasks/k").respond_with_json({"id": "k", "status": "PENDING"})
    assert client.cell("acme").tasks.appear_sync("k").status == "PENDING"


def test_a_task_is_waited_for_only_while_its_start_travels(httpserver: HTTPServer, client: Client) -> None:
    give_token(httpserver)
    unknown = {"statusCode": 404, "message": "no such task", "error": "not_found"}
    known = {"id": "k", "status": "PENDING"}
    httpserver.expect_oneshot_request("/cell/v1/tasks/k").respond_with_json(unknown, status=404)
    httpserver.expect_request("/cell/v1/tasks/k").respond_with_json(known)
    tasks = client.cell("acme").tasks
    tasks.arrived_sync(Task(id="k", tenantId="t", workflowId="w", status="BLOCKED"))
    assert httpserver.log == []
    tasks.arrived_sync(Task(id="k", tenantId="t", workflowId="w", status="READY"))
    assert [request.path for request, _ in httpserver.log].count("/cell/v1/tasks/k") == 2


def test_a_task_that_never_appears_is_not_waited_for_without_end(httpserver: HTTPServer, client: Client) -> None:
    give_token(httpserver)
    unknown = {"statusCode": 404, "message": "no such task", "error": "not_found"}
    httpserver.expect_request("/cell/v1/tasks/k").respond_with_json(unknown, status=404)
    with pytest.raises(errors.WaitTimeoutError):
        client.cell("acme").tasks.appear_sync("k", seconds=0.3)


def test_a_file_arrives_byte_for_byte_and_once_more_after_a_failure(
    httpserver: HTTPServer, client: Client, tmp_path: Path
) -> None:
    give_token(httpserver)
    file = tmp_path / "Kontoauszug März.xml"
    file.write_bytes(bytes(range(256)) * 4096)
    received: list[tuple[str, str | None, str]] = []

    def handler(request: Request) -> Response:
        digest = hashlib.sha256(request.get_data()).hexdigest()
        received.append((digest, request.headers.get("Content-Length"), request.args["filename"]))
        return Response(json.dumps(ROW), 503 if len(received) == 1 else 201, content_type="application/json")

    httpserver.expect_request("/cell/v1/tasks/k/files", method="POST").respond_with_handler(handler)
    row = client.cell("acme").files.add_sync("k", file, source="bank", gate_id="g")
    expected = (hashlib.sha256(file.read_bytes()).hexdigest(), str(file.stat().st_size), file.name)
    assert row.id == "d-1"
    assert received == [expected, expected]


@pytest.mark.parametrize("name", ["missing.pdf", "."])
def test_what_is_no_file_is_not_sent(client: Client, tmp_path: Path, name: str) -> None:
    with pytest.raises(errors.NtroError) as caught:
        client.cell("acme").files.add_sync("k", tmp_path / name)
    assert caught.value.code == "no_such_file"


def test_a_download_is_written_whole(httpserver: HTTPServer, client: Client, tmp_path: Path) -> None:
    give_token(httpserver)
    content = b"pack" * 100_000
    httpserver.expect_request("/cell/v1/tasks/k/files/d-1").respond_with_data(content)
    target = client.cell("acme").files.download_sync("k", "d-1", tmp_path / "pack.xlsx")
    assert target.read_bytes() == content
    assert client.cell("acme").files.read_sync("k", "d-1") == content


def test_a_failed_download_leaves_nothing(httpserver: HTTPServer, client: Client, tmp_path: Path) -> None:
    give_token(httpserver)
    httpserver.expect_request("/cell/v1/tasks/k/files/d-1").respond_with_json({"message": "no"}, status=404)
    with pytest.raises(errors.NotFoundError):
        client.cell("acme").files.download_sync("k", "d-1", tmp_path / "pack.xlsx")
    assert [*tmp_path.iterdir()] == []


def stream_of(*seqs: int, cut: bool = False) -> str:
    whole = ": hello\n\n" + "".join(f"id: {seq}\ndata: {json.dumps({'seq': seq, **EVENT})}\n\n" for seq in seqs)
    return whole + (f'id: {seqs[-1] + 1}\ndata: {{"seq"' if cut else "")


def serve_streams(httpserver: HTTPServer, *bodies: str) -> list[str | None]:
    resumed: list[str | None] = []

    def handler(request: Request) -> Response:
        resumed.append(request.headers.get("Last-Event-ID"))
        body = bodies[min(len(resumed), len(bodies)) - 1]
        return Response(body, content_type="text/event-stream")

    httpserver.expect_request("/cell/v1/tasks/k/events/stream").respond_with_handler(handler)
    return resumed


async def test_events_resume_after_the_last_one_seen_and_come_once(httpserver: HTTPServer) -> None:
    resumed = serve_streams(httpserver, stream_of(1, 2), stream_of(2, 3, cut=True), stream_of(4))
    transport = Transport(FixedLocator(Address(httpserver.url_for("/cell/v1"))))
    seen: list[int] = []
    async with aclosing(transport), aclosing(follow(transport, "k", policy=FAST)) as events:
        async for event in events:
            seen.append(event.seq)
            if event.seq == 4:
                break
    assert seen == [1, 2, 3, 4]
    assert resumed == ["0", "2", "3"]


def test_the_blocking_iterator_gives_the_same_events(httpserver: HTTPServer) -> None:
    serve_streams(httpserver, stream_of(1, 2, 3))
    transport = Transport(FixedLocator(Address(httpserver.url_for("/cell/v1"))))
    portal = Portal()
    events = CellTasks(transport, portal).events_sync("k", after=1)
    assert [next(events).seq, next(events).seq] == [2, 3]
    events.close()
    portal.run(transport.aclose())
    portal.close()


async def test_a_stream_that_brings_nothing_again_and_again_ends_in_an_error(httpserver: HTTPServer) -> None:
    resumed = serve_streams(httpserver, ": nothing\n\n")
    transport = Transport(FixedLocator(Address(httpserver.url_for("/cell/v1"))))
    async with aclosing(transport):
        with pytest.raises(errors.NtroConnectionError):
            await anext(follow(transport, "k", policy=FAST))
    assert len(resumed) == FAST.attempts


async def test_an_error_answer_ends_the_events_at_once(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/cell/v1/tasks/k/events/stream").respond_with_json({"message": "no"}, status=404)
    transport = Transport(FixedLocator(Address(httpserver.url_for("/cell/v1"))))
    async with aclosing(transport):
        with pytest.raises(errors.NotFoundError):
            await anext(follow(transport, "k", policy=FAST))
