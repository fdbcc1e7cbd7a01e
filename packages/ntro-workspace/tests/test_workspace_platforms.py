"""Data platforms: tested and discovered by the cell of a bound tenant, with secrets that only that cell opens."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from ntro.workspace.sealing import unseal
from ntro_workspace.integrations import probes

SNOW = {"name": "Snow", "provider": "SNOWFLAKE", "config": {"account": "acme", "auth": {"token": "s3cret-token"}}}


@pytest.fixture
async def platform(api: httpx2.AsyncClient) -> str:
    created = (await api.post("/workspace/data", json=SNOW)).json()
    assert created["config"] == {"account": "acme", "auth": {"token": "***"}}
    return str(created["id"])


async def kept(database_url: str) -> str:
    """All that is stored of data platforms."""
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("select t::text from data_platforms t union all select t::text from tenants t")
    await connection.close()
    return str(rows)


async def test_a_platform_without_a_cell_says_so(api: httpx2.AsyncClient, platform: str):
    answer = await api.post(f"/workspace/data/{platform}/test")
    assert (answer.status_code, answer.json()["success"]) == (200, False)
    assert (await api.get(f"/workspace/data/{platform}/schemas")).json() == []
    assert (await api.get("/workspace/data/none/schemas")).status_code == 404


async def test_the_cell_gets_the_secrets_and_workspace_forgets_them(
    api: httpx2.AsyncClient, platform: str, make_bound_tenant: Any, run_cell: Any, database_url: str
):
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("select secrets from data_platforms") is not None
    tenant = await make_bound_tenant(platform)
    assert await connection.fetchval("select secrets from data_platforms") is None
    assert "s3cret" not in await kept(database_url)
    async with run_cell(tenant):
        answer = (await api.post(f"/workspace/data/{platform}/test")).json()
        assert (answer["success"], answer["latencyMs"]) == (True, 12)
        asked = json.loads(answer["message"])
        assert asked["config"] == {"account": "acme", "auth": {"token": "***"}}
        opened = unseal(asked["sealed_secrets"], private_key=tenant.private_key, tenant_id=UUID(tenant.id))
        assert json.loads(opened) == {"config.auth.token": "s3cret-token"}
        found = (await api.get(f"/workspace/data/{platform}/schemas")).json()
        assert found == [{"name": "ingest", "tables": []}, {"name": "ledgers", "tables": ["expenses", "journals"]}]
        page = (await api.get(f"/workspace/data/{platform}/schemas?limit=1")).json()
        assert page["items"] == found[:1]
    await connection.close()


async def test_secrets_are_entered_anew_or_left(
    api: httpx2.AsyncClient, platform: str, make_bound_tenant: Any, run_cell: Any
):
    tenant = await make_bound_tenant(platform)
    path = f"/workspace/data/{platform}"
    read = await api.get(path)
    changed = await api.patch(path, json={"config": read.json()["config"] | {"region": "eu"}, "name": "Renamed"})
    assert changed.json()["name"] == "Renamed"
    assert changed.json()["config"] == {"account": "acme", "auth": {"token": "***"}, "region": "eu"}
    late = await api.patch(path, json={"name": "x"}, headers={"If-Match": read.headers["etag"]})
    assert late.status_code == 412
    mixed = {"account": "acme", "auth": {"token": "***", "password": "new"}}
    assert (await api.patch(path, json={"config": mixed})).status_code == 422

    async def secrets() -> Any:
        asked = json.loads((await api.post(f"{path}/test")).json()["message"])
        opened = unseal(asked["sealed_secrets"], private_key=tenant.private_key, tenant_id=UUID(tenant.id))
        return json.loads(opened)

    async with run_cell(tenant):
        assert await secrets() == {"config.auth.token": "s3cret-token"}
        await api.patch(path, json={"config": {"account": "acme", "token": "newer"}})
        assert await secrets() == {"config.token": "newer"}


async def test_what_the_platform_refuses_is_told(api: httpx2.AsyncClient, make_bound_tenant: Any, run_cell: Any):
    created = (await api.post("/workspace/data", json={"name": "F", "provider": "MICROSOFT_FABRIC"})).json()
    async with run_cell(await make_bound_tenant(created["id"])):
        assert (await api.post(f"/workspace/data/{created['id']}/test")).json()["success"] is False
        assert (await api.get(f"/workspace/data/{created['id']}/schemas")).status_code == 503


async def test_a_cell_that_is_down_is_a_failed_test(
    api: httpx2.AsyncClient, tenant: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(probes, "WAIT_SECONDS", 1.0)
    assert (await api.post(f"/workspace/data/{tenant.slug}/test")).json()["success"] is False
    assert (await api.get(f"/workspace/data/{tenant.slug}/schemas")).status_code == 503


async def test_a_managed_database_is_named_by_its_tenant(
    api: httpx2.AsyncClient, cell: Any, connect: Any, other_tenant: Any, tenant_key: Any, platform: str
):
    for reference in (cell.slug, cell.id):
        asked = json.loads((await api.post(f"/workspace/data/{reference}/test")).json()["message"])
        assert (asked["provider"], asked["sealed_secrets"]) == ("managed-postgres", None)
    async with connect(await tenant_key(other_tenant)) as stranger:
        for path in (f"/workspace/data/{cell.slug}/schemas", f"/workspace/data/{platform}/schemas"):
            assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(f"/workspace/data/{platform}/test")).status_code == 404
