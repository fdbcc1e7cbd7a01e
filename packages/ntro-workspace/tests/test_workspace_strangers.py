"""Every address of the API with another tenant's ids: to a stranger nothing of it exists."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from ntro_workspace.openapi import document

FOR_OTHERS = ("/v1/internal/", "/v1/workspace/keys", "/v1/workspace/users", "/v1/sign-")
"""Doors that a tenant's key has no right to, whoever's ids they are asked with."""

BODIES: dict[str, Any] = {
    "/access-token": {},
    "/sign-in-link": {},
    "/entities": {"name": "Mine", "slug": "mine"},
    "/entities/{entity}": {"config": {"taken": True}},
    "/tenants/{tenant}": {"config": {"taken": True}},
    "/workflows/{workflow}": {"description": "mine"},
    "/backfill": {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"},
    "/data/{platform}": {"name": "mine"},
}


@pytest.fixture
async def theirs(api: httpx2.AsyncClient, tenant: Any, binding: dict[str, Any], connect: Any) -> dict[str, str]:
    """Ids of everything that a tenant has."""
    task = await api.post("/workspace/tasks", json={"tenantId": tenant.slug, "workflowId": binding["id"]})
    body = {"tenantId": tenant.slug, "kind": "claude_managed", "name": "a", "externalRef": "r"}
    agent = await api.post("/workspace/registry/agents", json=body)
    platform = await api.post("/workspace/data", json={"name": "S", "provider": "SNOWFLAKE"})
    async with connect(tenant.cell_key) as cell:
        event = {"type": "workflow.started", "timestamp": "2026-03-05T08:00:00Z"}
        notification = await cell.post("/internal/notify", json=event)
    registry = "/workspace/registry"
    defined = await api.post(f"{registry}/workflows", json={"name": "Defined", "tenantId": tenant.slug})
    version = await api.post(f"{registry}/workflows/Defined/versions", content=b"x = 1")
    body = {"workflowId": defined.json()["id"], "workflowVersionId": version.json()["id"]}
    deployment = await api.post(f"{registry}/deployments", json=body)
    return {
        "tenant": tenant.slug,
        "entity": "spv1",
        "workflow": binding["id"],
        "task": task.json()["id"],
        "agent": agent.json()["id"],
        "agent_id": agent.json()["id"],
        "deployment": deployment.json()["id"],
        "platform": platform.json()["id"],
        "notification": notification.json()["id"],
    }


def calls(ids: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
    """Every operation with something of the tenant in its path, and a body that would be taken from its people."""
    for path, operations in document()["paths"].items():
        if "{" not in path or path.startswith((*FOR_OTHERS, "/v1/runbooks", "/v1/skills")):
            continue
        for method in operations:
            ending = next((end for end in BODIES if path.endswith(end)), None)
            body = None if method in {"get", "delete"} or ending is None else BODIES[ending]
            yield method, path.removeprefix("/v1").format(**ids), body


async def test_a_stranger_finds_nothing(
    api: httpx2.AsyncClient, connect: Any, other_tenant: Any, tenant_key: Any, theirs: dict[str, str]
):
    tried = list(calls(theirs))
    async with connect(await tenant_key(other_tenant)) as stranger:
        found = {
            f"{method} {path}": answer.status_code
            for method, path, body in tried
            if (answer := await stranger.request(method, path, json=body)).status_code != 404
        }
    assert found == {}
    assert len(tried) > 30
    owner = {
        f"{method} {path}": (await api.request(method, path)).status_code
        for method, path, _ in tried
        if method == "get"
    }
    assert [path for path, status in owner.items() if status == 404] == []


async def test_a_stranger_names_nothing_in_a_body(
    connect: Any, other_tenant: Any, tenant: Any, tenant_key: Any, theirs: dict[str, str], entity: dict[str, Any]
):
    bundle = {"version": "9", "workflowClass": "XWorkflow", "files": {"templates/workflow.py": "x = 1"}}
    async with connect(await tenant_key(other_tenant)) as stranger:
        for path, body in (
            ("/workspace/tasks", {"tenantId": tenant.id, "workflowId": theirs["workflow"]}),
            ("/workspace/tasks", {"tenantId": other_tenant.id, "workflowId": theirs["workflow"]}),
            ("/workspace/registry/workflows", {"runbookSlug": "nav-monthly", "entityId": entity["id"]}),
            ("/workspace/registry/agents", {"tenantId": tenant.id, "name": "b", "path": "anthropic://agents/x"}),
            ("/workspace/integrations/email", {"tenantId": tenant.slug}),
            ("/runbooks/nav-monthly/deploy", bundle | {"tenantSlug": tenant.slug}),
        ):
            assert (await stranger.post(path, json=body)).status_code == 404, path


async def test_doors_for_others_stay_shut(connect: Any, other_tenant: Any, tenant_key: Any, theirs: dict[str, str]):
    ids = theirs | {"key_id": "operator", "user": "ann@example.com", "sha256": "0" * 64}
    async with connect(await tenant_key(other_tenant)) as stranger:
        for path, operations in document()["paths"].items():
            if not path.startswith(FOR_OTHERS[:3]) or path == "/v1/internal/public-key":
                continue
            for method in operations:
                answer = await stranger.request(
                    method, path.removeprefix("/v1").format(**ids), json={"name": str(uuid4())}
                )
                assert answer.status_code in {403, 404, 422}, (method, path)
