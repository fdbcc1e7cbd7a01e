"""The log of a task: whole, from a number on, or as it grows; and runs that are cancelled or started with files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]
TASK = {"id": "k-1", "tenantId": "t-1", "workflowId": "w-1", "status": "IN_PROGRESS"}
STEP = {"step_id": "open", "title": "Open the period"}
EVENTS: list[dict[str, Any]] = [
    {
        "seq": 1,
        "type": "run.started",
        "runId": "k-1",
        "payload": {"steps": [{"id": "open", "title": "Open the period"}]},
    },
    {"seq": 2, "type": "step.completed", "runId": "k-1", "payload": STEP, "actor": "Ann"},
    {"seq": 3, "type": "run.completed", "runId": "k-1:s:child", "payload": {}},
    {"seq": 4, "type": "run.completed", "runId": "k-1", "payload": {}},
    {"seq": 5, "type": "business", "runId": "k-1", "payload": {"after": "the end"}},
]


@pytest.fixture
def cell(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    monkeypatch.setenv("NTRO_HOST", httpserver.url_for("/v1"))
    token = {"token": "x", "expiresAt": "2999-01-01T00:00:00Z", "url": httpserver.url_for("/cell/v1")}
    httpserver.expect_request("/v1/workspace/tenants/t-1/access-token").respond_with_json(token)
    httpserver.expect_request("/v1/workspace/tasks/k-1").respond_with_json(TASK)
    return httpserver


def test_the_log_is_one_line_for_each_event_and_says_what_it_means(cli: Cli, cell: HTTPServer) -> None:
    cell.expect_request("/cell/v1/tasks/k-1/events").respond_with_json(EVENTS)
    lines = [line.split("\t") for line in cli("task", "logs", "k-1").stdout.splitlines()]
    assert [line[0] for line in lines] == ["1", "2", "3", "4", "5"]
    assert lines[1][2:] == ["step.completed", "k-1", "Ann", "Open the period: done"]


def test_the_log_in_json_has_the_payloads_and_begins_where_asked(cli: Cli, cell: HTTPServer) -> None:
    asked = {"after": "1", "limit": "2"}
    cell.expect_request("/cell/v1/tasks/k-1/events", query_string=asked).respond_with_json(EVENTS[1:3])
    done = cli("task", "logs", "k-1", "--after", "1", "--limit", "2", "-o", "json")
    assert [event["seq"] for event in done.document] == [2, 3]
    assert done.document[0]["payload"] == STEP


def test_a_log_is_followed_until_the_run_itself_ends(cli: Cli, cell: HTTPServer) -> None:
    stream = "".join(f"id: {event['seq']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS)
    cell.expect_request("/cell/v1/tasks/k-1/events/stream").respond_with_data(stream, content_type="text/event-stream")
    done = cli("task", "logs", "k-1", "--follow")
    assert done.code == ExitCode.OK
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("words", [["-o", "json"], ["--limit", "3"]])
def test_a_log_that_goes_on_is_no_document_and_has_no_limit(cli: Cli, cell: HTTPServer, words: list[str]) -> None:
    assert cli("task", "logs", "k-1", "--follow", *words).code == ExitCode.USAGE
    assert cell.log == []


def test_files_are_handed_in_as_soon_as_the_cell_knows_the_run(cli: Cli, cell: HTTPServer, tmp_path: Path) -> None:
    cell.expect_request("/v1/workspace/tasks", method="POST").respond_with_json(TASK)
    cell.expect_oneshot_request("/cell/v1/tasks/k-1").respond_with_json({"message": "not yet"}, status=404)
    cell.expect_request("/cell/v1/tasks/k-1").respond_with_json(TASK)
    cell.expect_request("/cell/v1/tasks/k-1/files", method="POST").respond_with_json({"id": "d", "filename": "a.csv"})
    (tmp_path / "a.csv").write_text("1")
    done = cli("workflow", "run", "nav", "--tenant", "acme", "--file", str(tmp_path / "a.csv"), "-o", "json")
    assert (done.code, done.document["id"]) == (ExitCode.OK, "k-1")
    assert [request.data for request, _ in cell.log if request.path.endswith("/files")] == [b"1"]


def test_a_run_is_cancelled_once_somebody_says_so(cli: Cli, cell: HTTPServer) -> None:
    cell.expect_request("/v1/workspace/tasks/k-1/cancel", method="POST").respond_with_json(TASK)
    assert cli("run", "cancel", "k-1").code == ExitCode.USAGE
    assert cli("run", "cancel", "k-1", "--yes").code == ExitCode.OK
    assert [request.path for request, _ in cell.log if request.method == "POST"] == ["/v1/workspace/tasks/k-1/cancel"]
