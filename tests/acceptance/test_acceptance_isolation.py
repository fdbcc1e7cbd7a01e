"""A key of one tenant does nothing in another: every address of both servers, asked with the other's ids."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

pytestmark = pytest.mark.stack
METHODS = ("get", "post", "put", "patch", "delete")
STRANGER = "stranger"
# What any valid key may ask, because it names nothing of any tenant.
OPEN_TO_ALL = {"/v1/health", "/health", "/v1/internal/public-key", "/v1/me", "/sign-out"}
REFUSED = {403, 404}


@dataclass(frozen=True, slots=True)
class Ids:
    """What the stranger knows of the tenant that is not theirs."""

    tenant: str
    slug: str
    entity: str
    entity_slug: str
    workflow: str
    task: str
    document: str
    gate: str
    key: str

    def of(self, name: str) -> str:
        """The id for a path parameter."""
        known = {
            "t": self.slug,
            "e": self.entity_slug,
            "task_id": self.task,
            "child": self.task,
            "document_id": self.document,
        }
        for part in ("tenant", "entity", "workflow", "task", "document", "key"):
            if part in name and name not in known:
                return str(getattr(self, part))
        return known.get(name, str(uuid4()))


@pytest.fixture
async def theirs(drills: Any, doors: Any) -> Ids:
    """A run of the demo tenant with an open gate and a document."""
    run = await drills.start()
    gate = await run.wait_for("interactive_review")
    tenant = await drills.client.tenants.get("demo")
    async with doors.client() as client:
        key = await client.keys.create("theirs", kind="tenant", tenant="demo")
        token = await client.tenants.access_token("demo")
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token.token}"}) as cell:
        url = f"{token.url}/tasks/{run.id}/files?filename=a.csv&source=x"
        document = (await cell.post(url, content=b"a,b\n1,2\n")).json()["id"]
    return Ids(
        tenant.id,
        tenant.slug,
        drills.entity.id,
        drills.entity.slug,
        drills.workflow.id,
        run.id,
        document,
        gate.id,
        key.id,
    )


@pytest.fixture
async def stranger(doors: Any, stack: Any) -> AsyncIterator[tuple[httpx2.AsyncClient, httpx2.AsyncClient]]:
    """Someone of another tenant, at Workspace with their key and at the foreign cell with their token."""
    async with AsyncExitStack() as opened:
        admin = await opened.enter_async_context(doors.client())
        if STRANGER not in {tenant.slug for tenant in await admin.tenants.list()}:
            await admin.tenants.create("Stranger", STRANGER)
        await admin.tenants.wait_until_settled(STRANGER, seconds=120)
        key = (await admin.keys.create("stranger", kind="tenant", tenant=STRANGER)).apiKey
        own = await opened.enter_async_context(doors.client(key))
        token = (await own.tenants.access_token(STRANGER)).token
        yield (
            await opened.enter_async_context(client_at(doors.workspace, key)),
            await opened.enter_async_context(client_at(doors.cell, token)),
        )


def client_at(url: str, bearer: str) -> httpx2.AsyncClient:
    root = url.removesuffix("/v1")
    return httpx2.AsyncClient(base_url=root, headers={"Authorization": f"Bearer {bearer}"}, timeout=30)


def calls(document: dict[str, Any], ids: Ids) -> Iterator[tuple[str, str, Any]]:
    """Every operation of an OpenAPI document with the other tenant's ids in its path and body."""
    for path, operations in sorted(document["paths"].items()):
        for method in METHODS:
            if method in operations and path not in OPEN_TO_ALL:
                names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
                yield method, path.format(**{name: ids.of(name) for name in names}), body_for(path, method, ids)


def body_for(path: str, method: str, ids: Ids) -> Any:
    """A body that would be taken from somebody of that tenant."""
    if method == "get":
        return None
    bundle = {"templates/workflow.py": "x = 1"}
    bodies: dict[str, Any] = {
        "/action": {"type": "approved", "gateId": ids.gate},
        "/row-action": {"ledger": "expenses", "action": "reject_row", "rowId": str(uuid4())},
        "/tasks": {"tenantId": ids.tenant, "workflowId": ids.workflow},
        "/entities": {"name": "Mine now", "slug": "mine-now"},
        "/registry/workflows": {"runbookSlug": "gate-drill", "entityId": ids.entity, "name": "Mine now"},
        "/backfill": {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"},
        "/registry/agents": {"tenantId": ids.tenant, "kind": "claude_managed", "name": "a", "externalRef": "r"},
        "/deploy": {"tenantSlug": ids.slug, "version": "9.9.9", "workflowClass": "XWorkflow", "files": bundle},
        "/keys": {"name": "k", "kind": "tenant", "tenantId": ids.tenant},
        "/integrations/email": {"tenantId": ids.tenant, "address": "a@example.com"},
        "/approve": {"reason": "mine"},
        "/reject": {"reason": "mine"},
        "/access-token": {},
        "/sign-in-link": {},
        "/cell-key": {},
        "/internal/provisioning/{tenant}": {"status": "ACTIVE"},
        "/registry/workflows/{workflow}": {"description": "mine"},
    }
    return next((body for ending, body in bodies.items() if path.endswith(ending)), {"config": {"taken": True}})


async def mine(client: httpx2.AsyncClient, method: str, path: str, body: Any) -> httpx2.Response:
    return await client.request(method, path, json=body)


async def test_every_address_of_both_servers_is_closed_to_another_tenants_key(
    theirs: Ids, stranger: tuple[httpx2.AsyncClient, httpx2.AsyncClient], drills: Any
) -> None:
    workspace, cell = stranger
    counts, wrong = {}, []
    for name, client in (("workspace", workspace), ("cell", cell)):
        document = (await client.get("/v1/openapi.json")).json()
        asked = harmless = 0
        for method, path, body in calls(document, theirs):
            answer = await mine(client, method, path, body)
            asked += 1
            if name == "workspace" and answer.status_code < 400:
                harmless += 1
                assert_knows_nothing(answer, theirs, method, path)
            elif answer.status_code not in refusals(path, theirs):
                wrong.append((method, path, answer.status_code, answer.text[:200]))
        counts[name] = f"{asked} operations, {asked - harmless} refused, {harmless} answered without anything of theirs"
    assert not wrong, "\n".join(map(str, wrong))
    print(counts)  # noqa: T201 - how much was asked belongs to the result
    run = (await drills.cell.tasks.get(theirs.task)).status
    assert run == "BLOCKED"
    assert [item.slug for item in await drills.client.entities.list("demo")].count("mine-now") == 0


def assert_knows_nothing(answer: httpx2.Response, ids: Ids, method: str, path: str) -> None:
    """Lists of everything show the stranger's own alone; what is answered holds no id of the other tenant."""
    assert method == "get", (path, answer.text[:300])
    assert "{" not in path
    for known in (ids.tenant, ids.entity, ids.entity_slug, ids.workflow, ids.task, ids.key):
        assert known not in path, (path, answer.text[:300])
        assert known not in json.dumps(json.loads(answer.text)), (path, known)


def refusals(path: str, ids: Ids) -> set[int]:
    """403 or 404 where the path names something of the other tenant; a body elsewhere may also not fit."""
    names_theirs = any(known in path for known in (ids.tenant, f"/{ids.slug}", ids.entity, ids.task, ids.workflow))
    return {401, *REFUSED} if names_theirs else {401, *REFUSED, 409, 422}
