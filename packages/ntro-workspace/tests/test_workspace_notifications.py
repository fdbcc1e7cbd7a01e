"""Notifications of cells: closed, tied to the cell's tenant, read in pages; agents of newer kinds."""

from typing import Any

import httpx2
import pytest

EVENT = {"type": "workflow.step.blocked", "step": "review", "timestamp": "2026-03-05T08:00:00+00:00"}
TASK = "6b4f1d0e-0000-4000-8000-000000000001"


async def test_what_a_cell_tells_is_read_by_its_tenant_alone(
    api: httpx2.AsyncClient, connect: Any, tenant: Any, other_tenant: Any, entity: dict[str, Any], tenant_key: Any
):
    ids = {"tenantId": tenant.id, "entityId": entity["id"], "taskId": f"{TASK}:collect:ingest"}
    async with connect(tenant.cell_key) as cell:
        first = await cell.post("/internal/notify", json=EVENT | ids)
        assert first.status_code == 202
        assert first.json()["status"] == "accepted"
        await cell.post("/internal/notify", json=EVENT | {"type": "workflow.started", "step": "", "tenantId": ""})
        assert (await cell.post("/internal/notify", json=EVENT | {"tenantId": other_tenant.id})).status_code == 404
        assert (await cell.get("/workspace/notifications")).status_code == 403
    path = f"/workspace/notifications?tenantId={tenant.slug}"
    newest, oldest = (await api.get(path)).json()["items"]
    assert (oldest["taskId"], oldest["runId"]) == (TASK, f"{TASK}:collect:ingest")
    assert (oldest["entityId"], oldest["step"], oldest["at"]) == (entity["id"], "review", "2026-03-05T08:00:00Z")
    assert (newest["taskId"], newest["step"]) == (None, None)
    page = (await api.get(f"{path}&limit=1")).json()
    assert (await api.get(f"{path}&limit=1&cursor={page['nextCursor']}")).json()["items"] == [oldest]
    read = await api.post(f"/workspace/notifications/{newest['id']}/read")
    assert read.json()["readAt"]
    assert [row["id"] for row in (await api.get(f"{path}&unread=true")).json()["items"]] == [oldest["id"]]
    async with connect(await tenant_key(other_tenant)) as stranger:
        assert (await stranger.get("/workspace/notifications")).json()["items"] == []
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(f"/workspace/notifications/{newest['id']}/read")).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"nav": "12345.67"}},
        {"type": "rent is 5"},
        {"step": "The rent of March"},
        {"taskId": f"{TASK}:the rent is 5"},
        {"entityId": "spv one"},
        {"timestamp": "2026-03-05T08:00:00"},
    ],
)
async def test_nothing_of_what_is_in_a_task_fits(
    connect: Any, tenant: Any, change: dict[str, Any], api: httpx2.AsyncClient
):
    async with connect(tenant.cell_key) as cell:
        assert (await cell.post("/internal/notify", json=EVENT | change)).status_code == 422
    async with connect(None) as nobody:
        assert (await nobody.post("/internal/notify", json=EVENT)).status_code == 401
    assert (await api.post("/internal/notify", json=EVENT)).status_code == 403


async def test_an_agent_is_registered_by_its_path(api: httpx2.AsyncClient, tenant: Any):
    path = "/workspace/registry/agents"
    body = {"tenantId": tenant.slug, "name": "a", "path": "anthropic://agents/agent_01SxpziMunFr"}
    created = (await api.post(path, json=body)).json()
    assert (created["kind"], created["externalRef"]) == ("claude_managed", "agent_01SxpziMunFr")
    for bad in (
        {"path": "openai://agents/x"},
        {"path": "anthropic://agents/"},
        {"path": "anthropic://agents/a/../b"},
        {"kind": "claude_managed"},
    ):
        assert (await api.post(path, json=body | {"name": "b"} | bad)).status_code == 422
    neither = {"tenantId": tenant.slug, "name": "b"}
    assert (await api.post(path, json=neither)).status_code == 422


async def test_agents_of_a_kind_older_clients_refuse_are_listed_on_request(api: httpx2.AsyncClient, tenant: Any):
    path = "/workspace/registry/agents"
    body = {"tenantId": tenant.slug, "name": "c", "path": "copilot://agents/cop-1"}
    created = (await api.post(path, json=body)).json()
    assert created["kind"] == "copilot_agent"
    assert (await api.get(path)).json() == []
    assert [row["id"] for row in (await api.get(f"{path}?kinds=all")).json()] == [created["id"]]
    assert (await api.get(f"{path}/{created['id']}")).json()["kind"] == "copilot_agent"
