"""Keys: form, authentication, scopes, one tenant's walls, idempotent writes."""

from typing import Any

import asyncpg
import httpx2
from hypothesis import given
from hypothesis import strategies as st

from ntro_workspace.keys import format as key_format


def test_a_minted_key_is_recognised_and_a_changed_one_is_not():
    key_id, text = key_format.mint("tenant")
    assert key_format.parse(text) == key_format.ParsedKey("tenant", key_id)
    for place in range(len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert key_format.parse(changed) is None


@given(st.text())
def test_no_text_breaks_the_parser(text: str):
    key_format.parse(text)
    key_format.parse(f"ntro_admin_{text}")


async def test_a_key_that_is_missing_wrong_or_revoked_is_401(
    api: httpx2.AsyncClient, connect: Any, tenant: Any, tenant_key: Any
):
    for key in (None, "nonsense", key_format.mint("admin")[1], "ntro_admin_operators_own_choice_of_texT"):
        async with connect(key) as client:
            answer = await client.get("/me")
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
    text = await tenant_key(tenant)
    async with connect(text) as client:
        assert (await client.get("/me")).json()["roles"] == ["tenant"]
        key = next(row for row in (await api.get("/workspace/keys")).json() if row["prefix"] in text)
        assert key["lastUsedAt"]
        revoked = await api.delete(f"/workspace/keys/{key['id']}")
        assert revoked.json()["revokedAt"]
        assert (await client.get("/me")).status_code == 401


async def test_the_plaintext_is_stored_nowhere(
    api: httpx2.AsyncClient, database_url: str, tenant: Any, tenant_key: Any
):
    text = await tenant_key(tenant)
    secret = text.rsplit("_", 1)[1][:40]
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("select id, kind, name, digest, scopes from api_keys")
    await connection.close()
    assert secret not in repr(rows)
    assert secret.encode() not in b"".join(row["digest"] for row in rows)


async def test_a_key_asks_for_what_its_kind_can_have(api: httpx2.AsyncClient, tenant: Any):
    for body in (
        {"kind": "tenant"},
        {"kind": "workspace", "tenantId": tenant.slug},
        {"kind": "tenant", "tenantId": tenant.slug, "scopes": ["provision"]},
        {"kind": "agent", "tenantId": tenant.slug},
        {"kind": "tenant", "tenantId": tenant.slug, "expiresAt": "2020-01-01T00:00:00Z"},
    ):
        assert (await api.post("/workspace/keys", json={"name": "n"} | body)).status_code == 422


async def test_a_reader_may_not_write(api: httpx2.AsyncClient, connect: Any, tenant: Any, tenant_key: Any):
    async with connect(await tenant_key(tenant, scopes=["read"])) as client:
        assert (await client.get(f"/workspace/tenants/{tenant.slug}")).status_code == 200
        answer = await client.post(f"/workspace/tenants/{tenant.slug}/entities", json={"name": "A", "slug": "a"})
        assert answer.status_code == 403


async def test_another_tenant_is_not_there_for_readers_and_writers(
    api: httpx2.AsyncClient, connect: Any, tenant: Any, other_tenant: Any, binding: dict[str, Any], tenant_key: Any
):
    task = (await api.post("/workspace/tasks", json={"tenantId": tenant.slug, "workflowId": binding["id"]})).json()
    async with connect(await tenant_key(other_tenant)) as client:
        entity = f"/workspace/tenants/{tenant.slug}/entities"
        for path in (
            f"/workspace/tenants/{tenant.id}",
            entity,
            f"{entity}/spv1",
            f"{entity}/spv1/tasks",
            f"/workspace/registry/workflows/{binding['id']}",
            f"/workspace/tasks/{task['id']}",
            f"/workspace/tasks/{task['id']}/next-step",
            f"/workspace/tasks/{task['id']}/logs",
            f"/workspace/tasks?tenantId={tenant.slug}",
            "/runbooks/nav-monthly",
        ):
            assert (await client.get(path)).status_code == 404, path
        assert [row["slug"] for row in (await client.get("/workspace/tenants")).json()] == [other_tenant.slug]
        for path in ("/workspace/entities", "/workspace/tasks", "/workspace/registry/workflows", "/runbooks"):
            assert (await client.get(path)).json() == [], path
        body = {"tenantId": tenant.slug, "workflowId": binding["id"]}
        assert (await client.post("/workspace/tasks", json=body)).status_code == 404
        assert (await client.post(entity, json={"name": "A", "slug": "a"})).status_code == 404
        assert (await client.post(f"/workspace/tasks/{task['id']}/approve")).status_code == 404
        assert (await client.post("/workspace/tenants", json={"name": "A", "slug": "a"})).status_code == 403
        assert (await client.get("/workspace/keys")).status_code == 403
        assert (await client.get("/internal/provisioning")).status_code == 403
        assert (await client.get("/internal/registry")).status_code == 403


async def test_the_same_post_with_a_key_is_done_once(api: httpx2.AsyncClient):
    headers = {"Idempotency-Key": "one"}
    body = {"name": "A", "kind": "workspace"}
    first = await api.post("/workspace/keys", json=body, headers=headers)
    again = await api.post("/workspace/keys", json=body, headers=headers)
    assert again.json() == first.json()
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other = await api.post("/workspace/keys", json=body | {"name": "B"}, headers=headers)
    assert other.status_code == 422
    assert (await api.post("/workspace/keys", json=body, headers={"Idempotency-Key": "a b"})).status_code == 400
    assert len((await api.get("/workspace/keys")).json()) == 2


async def test_a_kept_answer_is_unreadable_in_the_database(api: httpx2.AsyncClient, database_url: str):
    answer = await api.post(
        "/workspace/keys", json={"name": "A", "kind": "workspace"}, headers={"Idempotency-Key": "one"}
    )
    connection = await asyncpg.connect(database_url)
    kept = await connection.fetchval("select answer from idempotency_keys")
    await connection.close()
    assert answer.json()["apiKey"].encode() not in kept


async def test_a_body_above_its_limit_is_413(api: httpx2.AsyncClient):
    async def chunks():
        for _ in range(11):
            yield b" " * 1024 * 1024

    assert (await api.post("/workspace/tenants", content=b" " * (11 * 1024 * 1024))).status_code == 413
    assert (await api.post("/workspace/tenants", content=chunks())).status_code == 413
