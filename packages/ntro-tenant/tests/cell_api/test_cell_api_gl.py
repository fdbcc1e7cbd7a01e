"""The general ledger's doors: status, connecting by way of a local server that speaks for the connector, an end."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from ntro.capabilities import config
from ntro_tenant.ops import tasks as starting

Check = Callable[[httpx2.Response, int], dict[str, Any]]
PAGE = "https://vault.example/session/abc"


@pytest.fixture
def connector(httpserver: HTTPServer) -> Iterator[HTTPServer]:
    config.set(config.WorkerConfig(apideck_api_key=SecretStr("key"), apideck_app_id="app"))
    yield httpserver
    config.reset()


def offers_session(server: HTTPServer, *, status: int = 200) -> None:
    server.expect_oneshot_request(
        "/vault/sessions", method="POST", headers={"x-apideck-app-id": "app", "Authorization": "Bearer key"}
    ).respond_with_json({"status_code": status, "data": {"session_uri": PAGE, "session_token": "t"}}, status=status)


def shows_connections(server: HTTPServer, *connections: dict[str, Any], status: int = 200) -> None:
    server.expect_oneshot_request(
        "/vault/connections", query_string="api=accounting&configured=true"
    ).respond_with_json({"data": list(connections)}, status=status)


async def configure(books: Any, gl: dict[str, Any]) -> None:
    await books.connection.execute("update system.tenant set config = $1", {"gl": gl, "ai": {"provider": "x"}})


async def brokered(books: Any, server: HTTPServer, **options: Any) -> None:
    await configure(books, {"provider": "apideck", "options": {"server_url": server.url_for("")} | options})


async def run_config(books: Any) -> Any:
    task = await books.task()
    return (await books.connection.fetchrow(starting._INPUT, task, books.tenant_id))["tenant_config"]


async def test_without_a_ledger_the_status_says_so(anna: httpx2.AsyncClient, books: Any):
    nothing = {"connected": False, "tenantId": str(books.tenant_id)}
    assert (await anna.get("/gl/status")).json() == nothing
    await configure(books, {"provider": "apideck", "options": {"status": "ERROR"}})
    assert (await anna.get("/gl/status")).json() == nothing


async def test_a_connected_ledger_is_described(anna: httpx2.AsyncClient, books: Any):
    metadata = {"connected_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z", "name": "Acme Ltd"}
    options = {"service_id": "xero", "status": "ACTIVE", "metadata": metadata}
    await configure(books, {"provider": "unified", "options": options})
    assert (await anna.get("/gl/status")).json() == {
        "connected": True,
        "tenantId": str(books.tenant_id),
        "provider": "unified",
        "service": "xero",
        "status": "ACTIVE",
        "lastSyncAt": "2026-02-01T00:00:00Z",
        "workspaceName": "Acme Ltd",
    }


async def test_the_tenants_own_ledger_is_always_connected(anna: httpx2.AsyncClient, books: Any):
    await configure(books, {"provider": "internal"})
    found = (await anna.get("/gl/status")).json()
    assert (found["connected"], found["provider"], found["lastSyncAt"]) == (True, "internal", None)


async def test_a_person_connects_a_ledger_and_runs_get_it(anna: httpx2.AsyncClient, books: Any, connector: HTTPServer):
    await brokered(books, connector)
    offers_session(connector)
    answer = await anna.post("/gl/connect/session", json={"serviceId": "xero"})
    assert answer.json() == {"sessionUrl": PAGE}
    shows_connections(connector, {"service_id": "xero", "state": "added"}, {"service_id": "sage", "state": "callable"})
    assert not (await anna.get("/gl/status")).json()["connected"]
    shows_connections(connector, {"service_id": "xero", "state": "callable", "name": "Acme Books"})
    found = (await anna.get("/gl/status")).json()
    assert (found["connected"], found["service"], found["workspaceName"]) == (True, "xero", "Acme Books")
    assert found["lastSyncAt"]
    assert (await anna.get("/gl/status")).json() == found
    options = (await run_config(books))["gl"]["options"]
    assert (options["consumer_id"], options["service_id"], options["status"]) == (
        str(books.tenant_id),
        "xero",
        "ACTIVE",
    )
    assert await books.event_types() == ["gl.connecting", "gl.connected"]


async def test_connecting_the_same_ledger_again_leaves_it_connected(
    anna: httpx2.AsyncClient, books: Any, connector: HTTPServer
):
    await brokered(books, connector, status="ACTIVE", service_id="xero", consumer_id="acme")
    offers_session(connector)
    assert (await anna.post("/gl/connect/session", json={"serviceId": "xero"})).status_code == 200
    assert (await anna.get("/gl/status")).json()["connected"]
    offers_session(connector)
    assert (await anna.post("/gl/connect/session", json={"serviceId": "sage"})).status_code == 200
    shows_connections(connector)
    assert not (await anna.get("/gl/status")).json()["connected"]


async def test_a_connector_that_is_away_is_503_for_connecting_and_no_connection_for_the_status(
    anna: httpx2.AsyncClient, books: Any, connector: HTTPServer, check_problem: Check
):
    await brokered(books, connector, status="PENDING", consumer_id="acme")
    offers_session(connector, status=500)
    check_problem(await anna.post("/gl/connect/session", json={}), 503)
    shows_connections(connector, status=422)
    assert not (await anna.get("/gl/status")).json()["connected"]


async def test_without_credentials_no_ledger_can_be_connected(
    anna: httpx2.AsyncClient, books: Any, connector: HTTPServer, check_problem: Check
):
    config.set(config.WorkerConfig())
    assert check_problem(await anna.post("/gl/connect/session"), 409)["code"] == "gl_not_configured"


async def test_disconnecting_is_204_again_and_again_and_runs_have_no_ledger(anna: httpx2.AsyncClient, books: Any):
    assert (await anna.delete("/gl")).status_code == 204
    await configure(books, {"provider": "internal"})
    assert "gl" in await run_config(books)
    for _ in range(2):
        answer = await anna.delete("/gl")
        assert (answer.status_code, answer.content) == (204, b"")
    assert not (await anna.get("/gl/status")).json()["connected"]
    assert await run_config(books) == {"ai": {"provider": "x"}}
    assert await books.event_types() == ["gl.disconnected"]


async def test_only_people_who_may_write_connect_and_disconnect(
    person_with: Callable[..., httpx2.AsyncClient], books: Any, check_problem: Check
):
    for role in ("auditor", "agent"):
        async with person_with(role) as client:
            assert (await client.get("/gl/status")).status_code == (403 if role == "agent" else 200)
            check_problem(await client.post("/gl/connect/session"), 403)
            check_problem(await client.delete("/gl"), 403)
