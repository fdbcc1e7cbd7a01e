"""POSTs that come again without an Idempotency-Key: older clients send them again when a connection breaks."""

import asyncio
import socket
from typing import Any

import httpx2
import pytest

from ntro_workspace.api import repeats

CAPABILITY = {"name": "nav"}


async def post_twice(api: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> tuple[Any, Any]:
    return await api.post(path, json=body), await api.post(path, json=body)


async def test_the_same_run_asked_for_twice_within_seconds_is_one(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], connect: Any, tenant_key: Any
):
    body = {"tenantId": cell.slug, "workflowId": binding["id"], "context": {"period": "2026-05"}}
    first, again = await post_twice(api, "/workspace/tasks", body)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await api.post("/workspace/tasks", json=body | {"context": {"period": "2026-06"}})
    named = await api.post("/workspace/tasks", json=body, headers={"Idempotency-Key": "another"})
    async with connect(await tenant_key(cell)) as somebody:
        theirs = await somebody.post("/workspace/tasks", json=body)
    assert len({answer.json()["id"] for answer in (first, other, named, theirs)}) == 4


async def test_a_name_that_is_taken_is_still_a_conflict(api: httpx2.AsyncClient):
    first, again = await post_twice(api, "/workspace/tenants", {"name": "A", "slug": "a"})
    assert (first.status_code, again.status_code) == (201, 409)


async def test_an_error_is_not_repeated(api: httpx2.AsyncClient):
    first, again = await post_twice(api, "/workspace/data", {"name": "x"})
    assert first.status_code == again.status_code == 422
    assert "idempotency-replayed" not in again.headers


async def test_the_window_ends(api: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(repeats, "REPEAT_WINDOW", repeats.REPEAT_WINDOW * 0)
    first, again = await post_twice(api, "/workspace/registry/capabilities", CAPABILITY)
    assert first.json()["id"] != again.json()["id"]


async def test_repeats_of_a_request_under_way_wait_for_its_answer(api: httpx2.AsyncClient):
    answers = await asyncio.gather(*(api.post("/workspace/tenants", json={"name": "A", "slug": "a"}) for _ in range(3)))
    # Whoever came while the first was under way gets its answer; whoever came later is told that the name is taken.
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1


async def gone(port: int, path: str, key: str, body: bytes) -> None:
    """Sends a request and hangs up before there is an answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_the_answer_of_a_client_that_hung_up_waits_for_it(
    workspace_app: Any, api: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, database_url: str, eventually: Any
):
    """A client that hangs up and asks again gets the thing it made, not a conflict with itself."""
    import asyncpg
    import uvicorn

    reached, leave = asyncio.Event(), asyncio.Event()
    is_gone = repeats.is_gone

    async def slowly(receive: Any) -> bool:
        reached.set()
        await leave.wait()
        return await is_gone(receive)

    monkeypatch.setattr(repeats, "is_gone", slowly)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(workspace_app, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        body = b'{"name":"A","slug":"a"}'
        key = api.headers["authorization"].removeprefix("Bearer ")
        await gone(listener.getsockname()[1], "/v1/workspace/tenants", key, body)
        async with asyncio.timeout(30):
            await reached.wait()
        leave.set()
        connection = await asyncpg.connect(database_url)

        async def kept() -> bool:
            return bool(await connection.fetchval("select count(*) from idempotency_keys where status = 201"))

        assert await eventually(kept)
        again = await api.post("/workspace/tenants", content=body)
        assert again.status_code == 201
        assert again.headers["idempotency-replayed"] == "true"
        await connection.close()
        server.should_exit = True
        await serving


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/v1/workspace/tasks", True),
        ("/v1/workspace/tenants/a/entities", True),
        ("/v1/runbooks/nav/deploy", True),
        ("/v1/workspace/keys", False),
        ("/v1/workspace/tasks/1/approve", False),
        ("/v1/workspace/tenants/a/sign-in-link", False),
    ],
)
def test_only_what_older_clients_make_is_recognised(path: str, known: bool):
    assert repeats.is_recognised(path) is known
