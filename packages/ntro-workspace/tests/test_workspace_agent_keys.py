"""What an agent's key may do in Workspace: get a token for its own tenant's cell, bound to a task; change nothing."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from ntro.workspace.tokens import Purpose, verify
from ntro_workspace.internal.public_key import public_half
from ntro_workspace.openapi import document

CHANGES = ("post", "put", "patch", "delete")
TOKEN = "/v1/workspace/tenants/{tenant}/access-token"
WITHOUT_A_KEY = ("sign-in", "sign-out")
BODY_FIRST = (
    "/v1/workspace/keys",
    "/v1/workspace/users",
    "/v1/workspace/registry/deployments",
    "/v1/internal/",
    "/v1/runbooks",
)
"""Doors that look at the body before they look at what the key may do."""


@pytest.fixture
async def agent(api: httpx2.AsyncClient, tenant: Any) -> dict[str, Any]:
    body = {"tenantId": tenant.slug, "path": "anthropic://agents/agent_01", "name": "audit-handover"}
    found: dict[str, Any] = (await api.post("/workspace/registry/agents", json=body)).json()
    return found


async def test_a_token_is_bound_to_the_task_that_is_named(
    connect: Any, tenant: Any, agent: dict[str, Any], workspace_settings: Any
):
    task = uuid4()
    async with connect(agent["apiKey"]) as client:
        answer = await client.post(f"/workspace/tenants/{tenant.slug}/access-token", json={"taskId": str(task)})
    assert answer.status_code == 200, answer.text
    public = public_half(workspace_settings.signing_key.get_secret_value())
    claims = verify(answer.json()["token"], public, tenant_id=UUID(tenant.id), purpose=Purpose.ACCESS)
    assert (claims.task_id, claims.subject, claims.roles) == (task, f"agent:{agent['id']}", ["agent"])
    assert f"ntro_agent_{claims.key_id}" == agent["apiKeyRef"]


async def test_tokens_of_others_outlive_their_key(
    api: httpx2.AsyncClient, tenant: Any, tenant_key: Any, connect: Any, workspace_settings: Any
):
    async with connect(await tenant_key(tenant, kind="tenant")) as client:
        answer = await client.post(f"/workspace/tenants/{tenant.slug}/access-token")
    public = public_half(workspace_settings.signing_key.get_secret_value())
    claims = verify(answer.json()["token"], public, tenant_id=UUID(tenant.id), purpose=Purpose.ACCESS)
    assert (claims.task_id, claims.key_id) == (None, None)


async def test_only_agents_bind_their_tokens(api: httpx2.AsyncClient, tenant: Any):
    answer = await api.post(f"/workspace/tenants/{tenant.slug}/access-token", json={"taskId": str(uuid4())})
    assert answer.status_code == 422


async def test_every_change_is_closed_to_an_agents_key(connect: Any, tenant: Any, agent: dict[str, Any]):
    tried = 0
    async with connect(agent["apiKey"]) as client:
        for path, methods in document()["paths"].items():
            for method in set(methods) & set(CHANGES):
                if path == TOKEN or any(word in path for word in WITHOUT_A_KEY):
                    continue
                address = path.format_map(_Ids(tenant=tenant.slug, agent=agent["id"]))
                answer = await client.request(method, address.removeprefix("/v1"), json={})
                refused = (403, 404, 422) if path.startswith(BODY_FIRST) else (403, 404)
                assert answer.status_code in refused, (method, path, answer.status_code)
                tried += 1
    assert tried > 20


async def test_it_makes_no_keys(connect: Any, tenant: Any, agent: dict[str, Any]):
    async with connect(agent["apiKey"]) as client:
        answer = await client.post("/workspace/keys", json={"kind": "tenant", "name": "k", "tenantId": tenant.slug})
    assert answer.status_code == 403


async def test_another_tenants_cell_is_closed_to_it(connect: Any, other_tenant: Any, agent: dict[str, Any]):
    async with connect(agent["apiKey"]) as client:
        answer = await client.post(f"/workspace/tenants/{other_tenant.slug}/access-token")
    assert answer.status_code == 404


async def test_the_cell_reads_the_agents_of_its_own_tenant_alone(
    connect: Any, tenant: Any, other_tenant: Any, agent: dict[str, Any]
):
    path = f"/workspace/registry/agents/{agent['id']}"
    async with connect(tenant.cell_key) as cell, connect(other_tenant.cell_key) as other:
        assert (await cell.get(path)).json()["kind"] == "claude_managed"
        assert (await other.get(path)).status_code == 404


class _Ids(dict[str, str]):
    """Any id for the parts of an address that are not named."""

    def __missing__(self, key: str) -> str:
        return str(uuid4())
