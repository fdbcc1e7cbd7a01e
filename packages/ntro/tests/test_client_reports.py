"""What agents report to a cell, files from memory, and tokens with fewer roles."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro.auth import session_task
from ntro.workspace import Client, errors


@pytest.fixture
def asked(httpserver: HTTPServer) -> list[object]:
    """The bodies with which tokens were asked for."""
    bodies: list[object] = []

    def handler(request: Request) -> Response:
        bodies.append(request.get_json(silent=True))
        expires = (datetime.now(UTC) + timedelta(minutes=15)).isoformat()
        token = {"token": f"token-{len(bodies)}", "expiresAt": expires, "url": httpserver.url_for("/cell/v1")}
        return Response(json.dumps(token), content_type="application/json")

    httpserver.expect_request("/v1/workspace/tenants/acme/access-token", method="POST").respond_with_handler(handler)
    return bodies


@pytest.fixture
def client(httpserver: HTTPServer, asked: list[object]) -> Iterator[Client]:
    with Client(host=httpserver.url_for("/v1"), api_key="key") as made:
        yield made


def test_a_report_answers_its_number_in_the_log(httpserver: HTTPServer, client: Client) -> None:
    body = {"type": "step_started", "source": "agent", "payload": {"step_id": "read"}}
    httpserver.expect_request("/cell/v1/tasks/k/events", method="POST", json=body).respond_with_json(
        {"ok": True, "seq": 7}
    )
    assert client.cell("acme").reports.add_sync("k", "step_started", {"step_id": "read"}) == 7


def test_an_answer_to_a_report_without_a_number_is_not_of_the_contract(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/cell/v1/tasks/k/events", method="POST").respond_with_json({"ok": True})
    with pytest.raises(errors.UnexpectedAnswerError):
        client.cell("acme").reports.add_sync("k", "completed", {})


def test_data_is_handed_in_under_its_event_id(httpserver: HTTPServer, client: Client) -> None:
    body = {"data": {"amount": "1.10"}, "kind": "expense", "eventId": "e"}
    httpserver.expect_request("/cell/v1/tasks/k/data/ingest", method="POST", json=body).respond_with_json(
        {"ok": True, "eventId": "e", "runId": "k", "kind": "expense"}
    )
    done = client.cell("acme").reports.submit_data_sync("k", {"amount": "1.10"}, kind="expense", event_id="e")
    assert (done.eventId, done.runId) == ("e", "k")


def test_bytes_are_uploaded_as_they_are(httpserver: HTTPServer, client: Client) -> None:
    query = {"filename": "a b.csv", "source": "bank", "gateId": "g"}
    httpserver.expect_request(
        "/cell/v1/tasks/k/files", method="POST", query_string=query, data=b"1;2"
    ).respond_with_json({"id": "d", "filename": "a b.csv"})
    row = client.cell("acme").files.add_bytes_sync("k", "a b.csv", b"1;2", source="bank", gate_id="g")
    assert row.id == "d"


def test_lists_of_a_task_are_narrowed_where_it_is_asked_for(httpserver: HTTPServer, client: Client) -> None:
    files = {"source": "bank", "limit": "200"}
    httpserver.expect_request("/cell/v1/tasks/k/files", query_string=files).respond_with_json([])
    events = {"after": "3", "limit": "2"}
    httpserver.expect_request("/cell/v1/tasks/k/events", query_string=events).respond_with_json([])
    cell = client.cell("acme")
    assert cell.files.list_sync("k", source="bank", limit=200) == []
    assert cell.tasks.log_sync("k", after=3, limit=2) == []


def test_a_cell_client_with_roles_has_a_token_of_its_own(
    httpserver: HTTPServer, client: Client, asked: list[object]
) -> None:
    httpserver.expect_request("/cell/v1/tasks").respond_with_json([])
    client.cell("acme").tasks.list_sync()
    client.cell("acme", roles=["agent"]).tasks.list_sync()
    client.cell("acme", roles=["agent"]).tasks.list_sync()
    assert [body and dict(body) for body in asked] in ([{}, {"roles": ["agent"]}], [None, {"roles": ["agent"]}])


def test_the_skill_of_a_runbook_is_its_whole_description(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/v1/skills/nav").respond_with_json({"slug": "nav", "name": "NAV", "content": "---"})
    assert client.runbooks.skill_sync("nav").content == "---"


def test_the_task_of_a_session_is_in_the_environment() -> None:
    assert session_task({"NTRO_TASK_ID": "k"}) == "k"
    assert session_task({"NTRO_TASK_ID": ""}) is None
