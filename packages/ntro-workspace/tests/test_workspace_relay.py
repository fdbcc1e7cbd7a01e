"""The relay to a cell, access tokens and sign-in links."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import httpx2
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro.workspace.tokens import Purpose, verify

COMMENT = "Canary: the rent of March is 12,345.67"


@pytest.fixture
async def task(api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], httpserver: HTTPServer) -> dict:
    """A task of a tenant whose cell is a local server."""
    body = {"status": "ACTIVE", "url": httpserver.url_for("/v1"), "uiUrl": httpserver.url_for("/ui")}
    assert (await api.put(f"/internal/provisioning/{cell.id}", json=body)).status_code == 200
    answer = await api.post("/workspace/tasks", json={"tenantId": cell.slug, "workflowId": binding["id"]})
    return answer.json()


async def public_key(api: httpx2.AsyncClient) -> str:
    return (await api.get("/internal/public-key")).json()["publicKey"]


async def test_reading_passes_the_cells_answer_on_unread(
    api: httpx2.AsyncClient, cell: Any, task: dict[str, Any], httpserver: HTTPServer
):
    tokens = []

    def answer(request: Request) -> Response:
        tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        return Response(
            b'{"action": "review", "payload": {"nav": "1.00"}, "odd":  true}', 200, mimetype="application/json"
        )

    httpserver.expect_request(f"/v1/tasks/{task['id']}/next-step").respond_with_handler(answer)
    found = await api.get(f"/workspace/tasks/{task['id']}/next-step")
    assert found.content == b'{"action": "review", "payload": {"nav": "1.00"}, "odd":  true}'
    claims = verify(tokens[0], await public_key(api), tenant_id=UUID(cell.id), purpose=Purpose.ACCESS)
    assert claims.roles == ["auditor"]
    httpserver.expect_request(f"/v1/tasks/{task['id']}/logs").respond_with_json([{"id": "1", "type": "run.started"}])
    assert (await api.get(f"/workspace/tasks/{task['id']}/logs")).json()[0]["id"] == "1"


@pytest.mark.parametrize(("verb", "kind"), [("approve", "approved"), ("reject", "rejected")])
async def test_a_decision_of_a_task_answers_the_task(
    api: httpx2.AsyncClient, task: dict[str, Any], httpserver: HTTPServer, verb: str, kind: str
):
    sent = []

    def answer(request: Request) -> Response:
        sent.append(json.loads(request.data))
        return Response('{"ok": true, "gateId": "g1"}', 200, mimetype="application/json")

    httpserver.expect_request(f"/v1/tasks/{task['id']}/action", method="POST").respond_with_handler(answer)
    for content in (b"", b"{}", json.dumps({"reason": COMMENT}).encode()):
        found = await api.post(f"/workspace/tasks/{task['id']}/{verb}", content=content)
        assert found.status_code == 200, found.text
        assert found.json()["id"] == task["id"]
        assert found.json()["tenantId"]
    assert sent == [{"type": kind}, {"type": kind}, {"type": kind, "comments": COMMENT}]


async def test_a_decision_of_a_child_run_answers_an_acknowledgement(
    api: httpx2.AsyncClient, task: dict[str, Any], httpserver: HTTPServer
):
    child = f"{task['id']}:collect:document-ingest:bank"
    httpserver.expect_request(f"/v1/tasks/{child}/action").respond_with_json({"ok": True, "gateId": "g"})
    found = await api.post(f"/workspace/tasks/{child}/approve")
    assert found.json() == {"workflowId": child, "status": "SIGNALED"}
    assert (await api.get(f"/workspace/tasks/{child}")).json()["id"] == task["id"]


async def test_a_refusal_of_the_cell_is_passed_on(
    api: httpx2.AsyncClient, task: dict[str, Any], httpserver: HTTPServer
):
    refusal = {"statusCode": 409, "message": "No gate is open.", "error": "Conflict"}
    httpserver.expect_request(f"/v1/tasks/{task['id']}/action").respond_with_json(refusal, 409)
    found = await api.post(f"/workspace/tasks/{task['id']}/approve", json={"reason": COMMENT})
    assert found.status_code == 409
    assert found.json() == refusal


async def test_nothing_relayed_is_stored_or_logged(
    api: httpx2.AsyncClient,
    task: dict[str, Any],
    httpserver: HTTPServer,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
):
    httpserver.expect_request(f"/v1/tasks/{task['id']}/action").respond_with_json({"message": COMMENT}, 409)
    headers = {"Idempotency-Key": "k"}
    await api.post(f"/workspace/tasks/{task['id']}/approve", json={"reason": COMMENT}, headers=headers)
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    stored = [await connection.fetch(f"select t::text from {row['tablename']} t") for row in tables]
    kept = await connection.fetchval("select count(*) from idempotency_keys where key = 'k'")
    await connection.close()
    output = capsys.readouterr()
    assert COMMENT not in repr(stored) + output.out + output.err
    assert kept == 0


async def test_a_task_on_its_way_to_the_cell_is_waited_for(
    api: httpx2.AsyncClient, task: dict[str, Any], httpserver: HTTPServer
):
    assert (await api.get(f"/workspace/tasks/{task['id']}")).json()["status"] == "READY"
    refusal = {"statusCode": 404, "message": "There is no such task.", "error": "Not Found"}
    for door, answer in (("next-step", {"action": "wait", "status": "READY"}), ("logs", [])):
        httpserver.expect_request(f"/v1/tasks/{task['id']}/{door}").respond_with_json(refusal, 404)
        found = await api.get(f"/workspace/tasks/{task['id']}/{door}")
        assert (found.status_code, found.json()) == (200, answer)


async def test_a_cell_that_is_down_is_503_and_a_relay_that_is_off_403(
    api: httpx2.AsyncClient, cell: Any, task: dict[str, Any], httpserver: HTTPServer
):
    await api.patch(f"/workspace/tenants/{cell.slug}", json={"relay": False})
    assert (await api.get(f"/workspace/tasks/{task['id']}/next-step")).status_code == 403
    await api.patch(f"/workspace/tenants/{cell.slug}", json={"relay": True})
    httpserver.stop()
    try:
        found = await api.get(f"/workspace/tasks/{task['id']}/next-step")
    finally:
        httpserver.start()  # Other tests of this process use it, too.
    assert found.status_code == 503
    assert found.json()["hint"]


async def test_an_odd_run_id_is_404(api: httpx2.AsyncClient, task: dict[str, Any]):
    for run_id in (f"{task['id']}:a b", f"{task['id']}:..%2f..", f"{task['id']}:{'x:' * 40}"):
        assert (await api.get(f"/workspace/tasks/{run_id}/next-step")).status_code == 404


async def test_a_token_names_the_tenant_and_no_more_roles_than_the_key(
    api: httpx2.AsyncClient, cell: Any, task: dict[str, Any], connect: Any, tenant_key: Any
):
    key = await public_key(api)
    path = f"/workspace/tenants/{cell.slug}/access-token"
    token = (await api.post(path)).json()
    claims = verify(token["token"], key, tenant_id=UUID(cell.id), purpose=Purpose.ACCESS)
    assert "reviewer" in claims.roles
    assert token["url"].endswith("/v1")
    asked = {"subject": "person:ann", "name": "Ann", "roles": ["accountant"]}
    claims = verify(
        (await api.post(path, json=asked)).json()["token"], key, tenant_id=UUID(cell.id), purpose=Purpose.ACCESS
    )
    assert (claims.subject, claims.name, claims.roles) == ("person:ann", "Ann", ["accountant"])
    async with connect(await tenant_key(cell, scopes=["read"])) as reader:
        assert (await reader.post(path, json={"roles": ["reviewer"]})).status_code == 403
        claims = verify((await reader.post(path)).json()["token"], key, tenant_id=UUID(cell.id), purpose=Purpose.ACCESS)
        assert claims.roles == ["auditor"]
    links = await asyncio.gather(*(api.post(f"/workspace/tenants/{cell.slug}/sign-in-link") for _ in range(2)))
    tokens = {parse_qs(urlsplit(link.json()["url"]).query)["token"][0] for link in links}
    assert len(tokens) == 2
    assert urlsplit(links[0].json()["url"]).path == "/ui/sign-in"
