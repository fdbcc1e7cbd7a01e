"""Bad input through the real doors of Workspace and of a cell: a clear answer each time, never an error of ours."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest

pytestmark = pytest.mark.stack
GARBAGE = ("x", "0", "-1", "null", "%00", "%F0%9F%92%A9", "a" * 500, "00000000-0000-0000-0000-000000000000", "..%2F..")


def problem(answer: httpx2.Response, *statuses: int) -> str:
    """The one clear message of an error, checked to be the envelope."""
    assert answer.status_code in statuses, (str(answer.request.url), answer.status_code, answer.text[:500])
    body = json.loads(answer.text)
    assert body["statusCode"] == answer.status_code
    assert isinstance(body["message"], str)
    assert body["message"]
    assert "[" not in body["message"]
    assert "Traceback" not in answer.text
    assert body["code"]
    assert body["requestId"]
    message: str = body["message"]
    return message


@pytest.fixture
async def door() -> AsyncIterator[Callable[[str, str | None], httpx2.AsyncClient]]:
    """Clients of a server, each with a bearer; whatever is asked, no answer may be an error of the server."""
    opened: list[httpx2.AsyncClient] = []

    async def never_ours(answer: httpx2.Response) -> None:
        assert answer.status_code < 500, (str(answer.request.url), answer.status_code)

    def client(url: str, bearer: str | None) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        opened.append(
            httpx2.AsyncClient(base_url=url, headers=headers, timeout=60, event_hooks={"response": [never_ours]})
        )
        return opened[-1]

    yield client
    await asyncio.gather(*(item.aclose() for item in opened))


@pytest.fixture
def workspace(door: Any, doors: Any) -> httpx2.AsyncClient:
    made: httpx2.AsyncClient = door(doors.workspace, doors.key)
    return made


@pytest.fixture
async def cell(door: Any, doors: Any) -> httpx2.AsyncClient:
    async with doors.client() as client:
        given = await client.tenants.access_token("demo")
    made: httpx2.AsyncClient = door(given.url, given.token)
    return made


@pytest.mark.parametrize("bearer", [None, "wrong", "ntro_admin_x_y", "é", "a" * 5000, "ntro_tenant_00000000_00"])
async def test_a_wrong_key_is_401_at_every_door(door: Any, doors: Any, bearer: str | None) -> None:
    header = {} if bearer is None else {"Authorization": f"Bearer {bearer}".encode()}
    for url, path in (
        (doors.workspace, "/me"),
        (doors.workspace, "/workspace/tenants"),
        (doors.workspace, "/internal/registry"),
        (doors.cell, "/tasks"),
        (doors.cell, f"/tasks/{uuid4()}/ui"),
    ):
        problem(await door(url, None).get(path, headers=header), 401)
    for other in ("Basic Og==", "Bearer", "bearer x y", "Token x"):
        problem(await door(doors.workspace, None).get("/me", headers={"Authorization": other}), 401)


async def test_a_key_of_one_server_is_no_key_of_the_other(door: Any, doors: Any, cell: httpx2.AsyncClient) -> None:
    problem(await door(doors.cell, doors.key).get("/tasks"), 401)
    token = cell.headers["authorization"].removeprefix("Bearer ")
    problem(await door(doors.workspace, token).get("/me"), 401)
    problem(await door(doors.cell, token[:-4] + "AAAA").get("/tasks"), 401)


async def test_unknown_slugs_and_garbage_ids_are_404(workspace: httpx2.AsyncClient, cell: httpx2.AsyncClient) -> None:
    for garbage in GARBAGE:
        for path in (
            "/workspace/tenants/{}",
            "/workspace/tenants/{}/entities",
            "/workspace/tenants/demo/entities/{}",
            "/workspace/tenants/demo/entities/{}/tasks",
            "/workspace/registry/workflows/{}",
            "/workspace/registry/agents/{}",
            "/workspace/tasks/{}",
            "/workspace/tasks/{}/next-step",
            "/workspace/tasks/{}/logs",
            "/runbooks/{}",
            "/runbooks/{}/templates",
        ):
            problem(await workspace.get(path.format(garbage)), 404)
        for path in (
            "/tasks/{}", "/tasks/{}/ui", "/tasks/{}/next-step", "/tasks/{}/files", "/tasks/{}/events",
            "/tasks/{}/snapshots", "/tasks/{}/events/stream",
        ):  # fmt: skip
            problem(await cell.get(path.format(garbage)), 404)
        problem(await cell.get(f"/tasks/{uuid4()}/files/{garbage}"), 404)


async def test_what_is_there_already_is_409(workspace: httpx2.AsyncClient, drills: Any) -> None:
    tenant = {"name": "Demo again", "slug": "demo", "dataPlatform": "managed-postgres"}
    problem(await workspace.post("/workspace/tenants", json=tenant), 409)
    entity = {"name": "Again", "slug": drills.entity.slug}
    problem(await workspace.post("/workspace/tenants/demo/entities", json=entity), 409)
    workflow = {"runbookSlug": "gate-drill", "entityId": drills.entity.id, "name": drills.workflow.name}
    problem(await workspace.post("/workspace/registry/workflows", json=workflow), 409)
    found = await drills.client.entities.list("demo")
    assert [item.slug for item in found].count(drills.entity.slug) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/workspace/tenants", {}),
        ("/workspace/tenants", {"name": "", "slug": "x", "dataPlatform": "managed-postgres"}),
        ("/workspace/tenants", {"name": "X", "slug": "Has Space", "dataPlatform": "managed-postgres"}),
        ("/workspace/tenants", {"name": "X", "slug": "../x", "dataPlatform": "managed-postgres"}),
        ("/workspace/tenants", {"name": "X", "slug": "x", "dataPlatform": "paper"}),
        ("/workspace/tenants", {"name": 7, "slug": "x", "dataPlatform": "managed-postgres"}),
        ("/workspace/tenants/demo/entities", {"name": "X"}),
        ("/workspace/tenants/demo/entities", {"name": "X", "slug": "x" * 500}),
        ("/workspace/tenants/demo/entities", {"name": "\x00", "slug": "nul"}),
        ("/workspace/tenants/demo/entities", {"name": "X", "slug": "x", "config": [1]}),
        ("/workspace/tasks", {"tenantId": "demo"}),
        ("/workspace/tasks", {"tenantId": "demo", "workflowId": "x", "context": "text"}),
        ("/workspace/keys", {"name": "k", "kind": "root"}),
        ("/workspace/keys", {"name": "k", "kind": "tenant"}),
        ("/workspace/tenants", []),
        ("/workspace/tenants", "text"),
        ("/workspace/tenants", None),
    ],
)
async def test_an_invalid_body_is_422_with_one_message(workspace: httpx2.AsyncClient, path: str, body: Any) -> None:
    problem(await workspace.post(path, json=body), 422)


async def test_a_schedule_that_is_none_is_422(workspace: httpx2.AsyncClient, drills: Any) -> None:
    given = {"runbookSlug": "gate-drill", "entityId": drills.entity.id, "name": f"n{uuid4().hex}"}
    for wrong in ({"schedule": "every day"}, {"schedule": "0 8 5 * *", "timezone": "Mars/Base"}, {"schedule": "* * *"}):
        problem(await workspace.post("/workspace/registry/workflows", json=given | wrong), 422)


@pytest.mark.parametrize(
    "content", [b"{", b"{'a': 1}", b'{"a": ', b'{"a": "\\ud800"', b"]", b'{"type": "approved",}', b"{} {}"]
)
async def test_what_is_no_json_is_400(
    workspace: httpx2.AsyncClient, cell: httpx2.AsyncClient, content: bytes, drills: Any
) -> None:
    headers = {"Content-Type": "application/json"}
    run = await drills.start()
    for client, path in (
        (workspace, "/workspace/tenants"),
        (workspace, "/workspace/tasks"),
        (workspace, f"/workspace/tasks/{run.id}/approve"),
        (cell, f"/tasks/{run.id}/action"),
        (cell, f"/tasks/{run.id}/row-action"),
    ):
        problem(await client.post(path, content=content, headers=headers), 400)
    await run.wait_for("interactive_review")


@pytest.mark.parametrize("content", [b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a": "\\ud800"}', b'{"a": 1e999}'])
async def test_what_cannot_be_kept_exactly_is_refused(
    workspace: httpx2.AsyncClient, cell: httpx2.AsyncClient, content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    problem(await workspace.post("/workspace/tenants", content=content, headers=headers), 400, 422)
    problem(await cell.post(f"/tasks/{uuid4()}/action", content=content, headers=headers), 400, 422)


async def test_a_wrong_method_is_405_and_an_unknown_path_404(
    workspace: httpx2.AsyncClient, cell: httpx2.AsyncClient
) -> None:
    for client, path in ((workspace, "/workspace/tenants"), (workspace, "/me"), (cell, "/tasks")):
        for method in ("PUT", "TRACE"):
            problem(await client.request(method, path), 405)
    problem(await cell.request("DELETE", "/tasks"), 405)
    for client in (workspace, cell):
        problem(await client.get("/nothing/here"), 404)
        problem(await client.get("/workspace//tenants/"), 404)


async def test_a_huge_header_or_body_is_refused_and_the_server_goes_on(
    workspace: httpx2.AsyncClient, cell: httpx2.AsyncClient
) -> None:
    for client, path in ((workspace, "/me"), (cell, "/tasks")):
        for size in (60_000, 300_000):
            # The server may close before all was sent; then no answer is read.
            with contextlib.suppress(httpx2.TransportError):
                assert (await client.get(path, headers={"X-Large": "x" * size})).status_code in {200, 400, 431}
                assert (await client.get(f"{path}?q={'x' * min(size, 60_000)}")).status_code in {200, 400, 431}
        assert (await client.get(path)).status_code == 200
    huge = json.dumps({"name": "x" * 11_000_000})
    problem(await workspace.post("/workspace/tenants", content=huge, headers={"Content-Type": "application/json"}), 413)
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    problem(
        await workspace.post("/workspace/tenants", content=deep, headers={"Content-Type": "application/json"}), 400, 422
    )


async def test_decisions_without_sense_are_422_and_nothing_is_decided(cell: httpx2.AsyncClient, drills: Any) -> None:
    run = await drills.start()
    gate = await run.wait_for("interactive_review")
    for body in (
        {},
        {"type": "maybe"},
        {"type": "approved", "gateId": "x" * 2000},
        {"type": "approved", "gateId": ["a"]},
        {"type": "approved", "payloadHash": 7},
        {"type": "corrected", "corrections": "all"},
        {"type": "approved", "comments": "x" * 200_000},
    ):
        problem(await cell.post(f"/tasks/{run.id}/action", json=body), 422)
    problem(await cell.post(f"/tasks/{run.id}/action", json={"type": "approved", "gateId": "none/x/1"}), 409, 422)
    problem(await cell.post(f"/tasks/{run.id}/row-action", json={"ledger": "expenses"}), 422)
    assert (await run.wait_for("interactive_review")).id == gate.id


async def test_a_close_of_an_entity_without_configuration_fails_and_says_what_is_missing(
    doors: Any, stack: Any, deployed: Any, books_of: Any, repository: Any
) -> None:
    async with books_of(doors, stack, deployed(repository / "runbooks/nav-monthly")) as closes:
        run = await closes.start()
        task = await run.ended()
        assert task.status == "FAILED"
        assert task.failure["type"]
        assert "shares" in task.failure["message"]

        async def reported() -> Any:
            task = await closes.client.tasks.get(run.id)
            return task if task.status == "FAILED" else None

        shown = await run.until(reported)
        assert shown.failure is not None
        assert "shares" not in shown.failure.message
