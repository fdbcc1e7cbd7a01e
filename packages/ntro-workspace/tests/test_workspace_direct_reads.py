"""Lists answered before the framework is reached, and reads that are shared: nobody can tell but by the clock."""

import asyncio
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from ntro_workspace.api.direct import DirectReads
from ntro_workspace.app import served
from ntro_workspace.db.shared_reads import SharedReads
from ntro_workspace.keys import service as keys
from ntro_workspace.tasks.api import list_directly

QUERIES = (
    *("", "limit=1", "limit=1&limit=2", "status=READY", "status=BLOCKED&period=2026-03", "period=2026-03&limit=3"),
    *("limit=0", "limit=", "limit=x", "status=", "status=nonsense", "period=2026", "cursor=", "cursor=no"),
    *("tenantId={tenant}", "tenantId=other", "workflowId=Spv1%20Nav", "entityId=spv1&tenantId={tenant}", "tenantId="),
    *("unknown=1", "%ff=%00", "status=%ff", "limit=%31", "&&=&limit", "limit=1;status=READY"),
)


@pytest.fixture
async def tasks(api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any]) -> list[str]:
    body = {"tenantId": cell.slug, "workflowId": binding["id"], "context": {"period": "2026-03"}}
    made = [await api.post("/workspace/tasks", json=body, headers={"Idempotency-Key": f"t{n}"}) for n in range(3)]
    return [answer.json()["id"] for answer in made]


@pytest.mark.usefixtures("tasks")
async def test_a_list_is_the_same_whichever_way_it_is_answered(
    api: httpx2.AsyncClient, workspace_app: FastAPI, tenant: Any
):
    headers = {"X-Request-Id": "same", "Authorization": api.headers["authorization"]}
    statuses = set()
    for query in QUERIES:
        address = f"/v1/workspace/tasks?{query.format(tenant=tenant.slug)}"
        answers = []
        for app in (workspace_app, served(workspace_app)):
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
                answers.append(await client.get(address, headers=headers))
        ordinary, direct = answers
        assert (ordinary.status_code, ordinary.content) == (direct.status_code, direct.content), query
        assert dict(ordinary.headers) == dict(direct.headers), query
        statuses.add(direct.status_code)
    assert statuses == {200, 404, 422}


@pytest.mark.usefixtures("tasks")
async def test_what_is_understood_does_not_reach_the_framework(api: httpx2.AsyncClient, workspace_app: FastAPI):
    reached: list[str] = []

    async def framework(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["query_string"].decode())
        await workspace_app(scope, receive, send)

    front = DirectReads(framework, lambda: workspace_app.state.parts, {"/v1/workspace/tasks": list_directly})
    transport = httpx2.ASGITransport(app=front)
    workspace_app.state.parts.keyring.forget()
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=api.headers) as client:
        for query in ("limit=1", "status=BLOCKED", "limit=0", "tenantId=other"):
            await client.get(f"/v1/workspace/tasks?{query}")
        await client.get("/v1/workspace/tasks?limit=2", headers={"User-Agent": "python-httpx/0.28.1"})
        await client.get("/v1/workspace/tasks?limit=3", headers={"Authorization": "Bearer ntro_admin_unknown"})
    assert reached == ["limit=0", "tenantId=other", "limit=2", "limit=3"]


async def test_a_key_is_verified_again_once_for_all_who_ask_with_it(
    api: httpx2.AsyncClient, workspace_app: FastAPI, monkeypatch: pytest.MonkeyPatch
):
    await api.get("/workspace/tasks")
    verified = 0
    authenticate = keys.authenticate

    async def counted(*arguments: Any) -> Any:
        nonlocal verified
        verified += 1
        await asyncio.sleep(0.1)
        return await authenticate(*arguments)

    async def ask(after: float) -> int:
        await asyncio.sleep(after)
        return (await api.get("/workspace/tasks")).status_code

    monkeypatch.setattr(keys, "authenticate", counted)
    workspace_app.state.parts.keyring.forget()
    assert set(await asyncio.gather(*(ask(number / 500) for number in range(20)))) == {200}
    assert verified == 1


async def test_a_key_that_was_revoked_meanwhile_is_refused(
    api: httpx2.AsyncClient, connect: Any, cell: Any, workspace_app: FastAPI, monkeypatch: pytest.MonkeyPatch
):
    """The revocation is told while the key is being verified: what was found before it is not believed after it."""
    key = (await api.post("/workspace/keys", json={"kind": "tenant", "tenantId": cell.id, "name": "k"})).json()
    keyring = workspace_app.state.parts.keyring
    authenticate = keys.authenticate

    async def slowly(*arguments: Any) -> Any:
        found = await authenticate(*arguments)
        keyring.forget()
        return found

    async with connect(key["apiKey"]) as client:
        with monkeypatch.context() as patch:
            patch.setattr(keys, "authenticate", slowly)
            assert (await client.get("/workspace/tasks")).status_code == 200
        assert keyring.recall(f"Bearer {key['apiKey']}") is None
        assert (await api.delete(f"/workspace/keys/{key['id']}")).status_code in {200, 204}
        assert (await client.get("/workspace/tasks")).status_code == 401


async def test_what_the_direct_way_must_not_answer_is_refused_by_the_ordinary_one(
    connect: Any, tenant: Any, workspace_app: FastAPI, tasks: list[str]
):
    async with connect(tenant.cell_key) as as_cell, connect("ntro_admin_unknown") as unknown, connect(None) as nobody:
        for client, status in ((as_cell, 403), (unknown, 401), (nobody, 401)):
            for _ in range(2):
                assert (await client.get("/workspace/tasks")).status_code == status
    assert len(tasks) == 3
    assert workspace_app.state.parts.keyring.recall(f"Bearer {tenant.cell_key}") is not None


async def test_the_direct_way_keeps_to_the_rate_and_to_the_tenant(
    api: httpx2.AsyncClient,
    connect: Any,
    cell: Any,
    tasks: list[str],
    workspace_app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
):
    other = (await api.post("/workspace/tenants", json={"name": "Other", "slug": "other"})).json()
    keys = [
        (await api.post("/workspace/keys", json={"kind": "tenant", "tenantId": owner, "name": "k"})).json()["apiKey"]
        for owner in (cell.id, other["id"])
    ]
    shown = []
    for key in keys:
        async with connect(key) as client:
            answers = [await client.get("/workspace/tasks") for _ in range(2)]
        shown += [[task["id"] for task in answer.json()] for answer in answers]
    assert shown == [tasks[::-1]] * 2 + [[]] * 2
    await api.get("/workspace/tasks")
    monkeypatch.setattr(workspace_app.state.parts.rates, "take", lambda _caller: 7)
    refused = await api.get("/workspace/tasks")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(
    ("error", "status"),
    [(asyncpg.InterfaceError("connection is closed"), 503), (asyncpg.QueryCanceledError("took too long"), 500)],
)
async def test_an_error_of_the_database_is_told_as_everywhere(
    api: httpx2.AsyncClient, workspace_app: FastAPI, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
):
    await api.get("/workspace/tasks")

    def failing() -> Any:
        raise error

    monkeypatch.setattr(workspace_app.state.parts.database, "reading", failing)
    answer = await api.get("/workspace/tasks")
    assert (answer.status_code, answer.json()["status"]) == (status, status)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30))
def test_no_shared_answer_is_older_than_its_request(steps: list[tuple[int, int]]):
    """Each step waits some turns of the loop, changes what is read, then one more asks."""

    async def scenario() -> None:
        reads, state = SharedReads(), 0

        async def read() -> str:
            seen = state
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return str(seen)

        async def ask(name: int) -> None:
            asked_at = state
            assert int(await reads.get(name, read)) >= asked_at

        asking = []
        for turns, name in steps:
            for _ in range(turns):
                await asyncio.sleep(0)
            state += 1
            asking.append(asyncio.create_task(ask(name)))
        await asyncio.gather(*asking)

    asyncio.run(scenario())


async def test_however_many_ask_one_read_runs_and_one_waits():
    reads, began, may_end = SharedReads(), [], asyncio.Event()

    async def read() -> str:
        began.append(len(began))
        await may_end.wait()
        return f"read {began[-1]}"

    first = asyncio.create_task(reads.get("a", read))
    await asyncio.sleep(0.01)
    later = [asyncio.create_task(reads.get("a", read)) for _ in range(50)]
    await asyncio.sleep(0.01)
    gone = later.pop()
    gone.cancel()
    may_end.set()
    assert await first == "read 0"
    assert set(await asyncio.gather(*later)) == {"read 1"}
    assert await reads.get("a", read) == "read 2"


async def test_a_read_that_fails_fails_for_those_who_wait_for_it_and_for_no_others():
    reads, outcomes = SharedReads(), iter([ValueError("first"), "fine"])

    async def read() -> str:
        outcome = next(outcomes)
        await asyncio.sleep(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    first = asyncio.create_task(reads.get("a", read))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(reads.get("a", read))
    with pytest.raises(ValueError, match="first"):
        await first
    assert await second == "fine"
