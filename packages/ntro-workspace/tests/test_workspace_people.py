"""People: their roles, one person with several keys, sign-in by code; rotation, limits and the trail of acts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.workspace.tokens import Purpose, verify
from ntro_workspace.app import create_app
from ntro_workspace.keys import rates
from ntro_workspace.keys.rates import RateLimiter
from ntro_workspace.settings import WorkspaceSettings

ANN = {"email": "ann@example.com", "name": "Ann", "roles": ["accountant"]}


async def signed_in(api: httpx2.AsyncClient, connect: Any, person: dict[str, Any]) -> dict[str, Any]:
    await api.post("/workspace/users", json=person)
    code = (await api.post(f"/workspace/users/{person['email']}/sign-in-code")).json()["code"]
    async with connect(None) as nobody:
        answer = await nobody.post("/sign-in", json={"code": code})
        assert answer.status_code == 201, answer.text
        assert (await nobody.post("/sign-in", json={"code": code})).status_code == 401
    found: dict[str, Any] = answer.json()
    return found


async def test_a_person_signs_in_with_a_code_and_out_again(api: httpx2.AsyncClient, connect: Any):
    session = await signed_in(api, connect, ANN)
    async with connect(session["apiKey"]) as ann:
        me = (await ann.get("/me")).json()
        assert (me["id"], me["email"], me["roles"]) == (session["user"]["id"], "ann@example.com", ["accountant"])
        assert me["scopes"] == ["read", "decide"]
        assert (await ann.post("/workspace/tenants", json={"name": "A", "slug": "a"})).status_code == 403
        assert (await ann.post("/sign-out")).status_code == 204
        assert (await ann.get("/me")).status_code == 401
    assert (await api.post("/sign-out")).status_code == 403


@pytest.mark.parametrize("code", ["nonsense", "ntro_code_aaaaaaaaaaaa_" + "a" * 49, "\u00e4"])
async def test_a_code_nobody_gave_signs_nobody_in(connect: Any, workspace_app: Any, code: str):
    async with connect(None) as nobody:
        assert (await nobody.post("/sign-in", json={"code": code})).status_code == 401


async def test_with_two_keys_a_person_is_one(api: httpx2.AsyncClient, connect: Any, tenant: Any):
    session = await signed_in(api, connect, ANN)
    public = (await api.get("/internal/public-key")).json()["publicKey"]
    body = {"name": "laptop", "kind": "user", "userId": "ann@example.com"}
    laptop = (await api.post("/workspace/keys", json=body)).json()["apiKey"]
    subjects = set()
    for key in (session["apiKey"], laptop):
        async with connect(key) as ann:
            path = f"/workspace/tenants/{tenant.slug}/access-token"
            token = (await ann.post(path)).json()["token"]
            claims = verify(token, public, tenant_id=UUID(tenant.id), purpose=Purpose.ACCESS)
            assert claims.roles == ["accountant", "auditor"]
            subjects.add((claims.subject, claims.name))
            assert (await ann.post(path, json={"roles": ["reviewer"]})).status_code == 403
            assert (await ann.post(path, json={"subject": "user:other"})).status_code == 403
            assert (await ann.post(f"/workspace/tenants/{tenant.slug}/sign-in-link")).status_code == 200
    assert subjects == {(f"user:{session['user']['id']}", "Ann")}


async def test_nobody_makes_a_key_for_somebody_else(api: httpx2.AsyncClient, connect: Any):
    await api.post("/workspace/users", json=ANN)
    boss = await signed_in(api, connect, {"email": "boss@example.com", "name": "Boss", "roles": ["admin"]})
    body = {"name": "n", "kind": "user", "userId": "ann@example.com"}
    async with connect(boss["apiKey"]) as client:
        assert (await client.post("/workspace/keys", json=body)).status_code == 403
        assert (await client.post("/workspace/users/ann@example.com/sign-in-code")).status_code == 403
        own = await client.post("/workspace/keys", json=body | {"userId": "BOSS@example.com"})
        assert own.status_code == 201
        me = f"/workspace/users/{boss['user']['id']}"
        assert (await client.patch(me, json={"roles": ["auditor"]})).status_code == 403
    assert (await api.post("/workspace/keys", json={"name": "n", "kind": "user"})).status_code == 422


async def test_roles_change_and_end_at_once(api: httpx2.AsyncClient, connect: Any):
    session = await signed_in(api, connect, ANN)
    path = "/workspace/users/ann@example.com"
    async with connect(session["apiKey"]) as ann:
        assert (await api.patch(path, json={"roles": ["operations", "operations"]})).json()["roles"] == ["operations"]
        assert (await ann.get("/me")).json()["scopes"] == ["read", "write"]
        assert (await api.patch(path, json={"disabled": True})).json()["disabledAt"]
        assert (await ann.get("/me")).status_code == 401
        assert (await api.post(f"{path}/sign-in-code")).status_code == 409
        assert (await api.patch(path, json={"disabled": False})).json()["disabledAt"] is None
        assert (await ann.get("/me")).status_code == 401
    assert (await api.post("/workspace/users", json=ANN | {"email": "ANN@example.com"})).status_code == 409
    assert (await api.post("/workspace/users", json=ANN | {"roles": ["king"]})).status_code == 422
    assert (await api.patch(path, json={})).status_code == 422


async def test_people_of_one_tenant_are_not_there_for_another(
    api: httpx2.AsyncClient, connect: Any, tenant: Any, other_tenant: Any
):
    boss = {"email": "boss@example.com", "name": "Boss", "roles": ["admin"], "tenantId": tenant.slug}
    session = await signed_in(api, connect, boss)
    await api.post("/workspace/users", json=ANN | {"tenantId": other_tenant.slug})
    async with connect(session["apiKey"]) as client:
        assert [row["email"] for row in (await client.get("/workspace/users")).json()] == ["boss@example.com"]
        assert (await client.get("/workspace/users/ann@example.com")).status_code == 404
        assert (await client.post("/workspace/users", json=ANN | {"email": "x@example.com"})).status_code == 403
        for key in (await api.get("/workspace/keys")).json():
            if key["tenantId"] != tenant.id:
                assert (await client.delete(f"/workspace/keys/{key['id']}")).status_code == 404
        acts = (await client.get("/workspace/audit")).json()["items"]
        assert {act["tenantId"] for act in acts} == {tenant.id}


async def test_a_rotated_key_works_beside_the_new_one_for_a_while(api: httpx2.AsyncClient, connect: Any, tenant: Any):
    old = (await api.post("/workspace/keys", json={"name": "k", "tenantId": tenant.slug, "scopes": ["read"]})).json()
    new = await api.post(f"/workspace/keys/{old['id']}/rotate", json={"overlapSeconds": 600})
    assert new.status_code == 201
    assert (new.json()["rotatedFrom"], new.json()["scopes"]) == (old["id"], ["read"])
    for key in (old["apiKey"], new.json()["apiKey"]):
        async with connect(key) as client:
            assert (await client.get("/me")).json()["tenantId"] == tenant.id
    listed = next(row for row in (await api.get("/workspace/keys")).json() if row["id"] == old["id"])
    assert listed["expiresAt"]
    await api.post(f"/workspace/keys/{old['id']}/rotate", json={"overlapSeconds": 0})
    async with connect(old["apiKey"]) as client:
        assert (await client.get("/me")).status_code == 401
    await api.delete(f"/workspace/keys/{old['id']}")
    assert (await api.post(f"/workspace/keys/{old['id']}/rotate")).status_code == 409
    assert (await api.post("/workspace/keys/operator/rotate")).status_code == 403
    assert (await api.post("/workspace/keys/none/rotate")).status_code == 404


@asynccontextmanager
async def process(settings: WorkspaceSettings) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(settings)
    headers = {"Authorization": f"Bearer {settings.admin_key.get_secret_value()}"}
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test/v1", headers=headers) as client:
            yield client


async def test_a_key_revoked_by_another_process_ends_within_a_second(
    api: httpx2.AsyncClient, workspace_settings: WorkspaceSettings, eventually: Any
):
    key = (await api.post("/workspace/keys", json={"name": "k", "kind": "workspace"})).json()
    loop = asyncio.get_running_loop()
    async with process(workspace_settings) as other:
        other.headers["Authorization"] = f"Bearer {key['apiKey']}"
        assert (await other.get("/me")).status_code == 200
        await api.delete(f"/workspace/keys/{key['id']}")
        revoked = loop.time()

        async def refused() -> bool:
            return (await other.get("/me")).status_code == 401

        assert await eventually(refused)
        assert loop.time() - revoked < 30


async def test_the_last_use_of_a_key_is_noted_without_a_write_for_each(api: httpx2.AsyncClient, database_url: str):
    connection = await asyncpg.connect(database_url)
    for _ in range(3):
        await api.get("/me")
    assert await connection.fetchval("select last_used_at from api_keys where id = 'operator'") is None
    listed = (await api.get("/workspace/keys")).json()
    assert datetime.fromisoformat(listed[0]["lastUsedAt"])
    await connection.close()


async def test_who_calls_too_often_is_told_when_to_come_again(workspace_settings: WorkspaceSettings):
    slow = workspace_settings.model_copy(update={"requests_per_second": 0.01, "requests_burst": 2})
    async with process(slow) as client:
        answers = [await client.get("/me") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[2].headers["retry-after"]) <= 100
        assert answers[2].json()["code"] == "rate_limited"
        assert (await client.get("/health")).status_code == 200


@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from("ab")), max_size=60), st.integers(1, 5))
def test_no_more_than_the_bucket_holds_is_let_through(calls: list[tuple[float, str]], burst: int):
    now = 0.0
    limiter = RateLimiter(2.0, burst, lambda: now)
    passed: dict[str, int] = {"a": 0, "b": 0}
    for pause, who in calls:
        now += pause
        wait = limiter.take(who)
        passed[who] += wait == 0
        assert passed[who] <= burst + 2.0 * now + 1e-6
        if wait:
            now += wait
            assert limiter.take(who) == 0
            passed[who] += 1


def test_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rates, "MAX_BUCKETS", 3)
    limiter = RateLimiter(1.0, 1, lambda: 0.0)
    for number in range(10):
        limiter.take(str(number))
    assert len(limiter._buckets) <= 3


async def test_each_act_is_noted_with_who_did_it_and_never_what_was_said(
    api: httpx2.AsyncClient, connect: Any, tenant: Any, tenant_key: Any, database_url: str
):
    path = f"/workspace/tenants/{tenant.slug}"
    async with connect(await tenant_key(tenant)) as client:
        me = (await client.get("/me")).json()["id"]
        headers = {"X-Request-Id": "my-request"}
        await client.post(f"{path}/entities", json={"name": "Canary Name", "slug": "e"}, headers=headers)
        await client.patch(f"{path}/entities/e", json={"config": {"word": "canary-word"}})
        assert (await client.get("/workspace/audit")).status_code == 403
    await api.post(f"{path}/access-token", json={"subject": "person:x"})
    acts = (await api.get(f"/workspace/audit?tenantId={tenant.slug}")).json()["items"]
    told = [(act["actor"], act["action"], act["objectType"], act["changed"]) for act in acts]
    assert told[:3] == [
        ("key:operator", "access token given", "person", []),
        (f"key:{me}", "changed", "entity", ["config"]),
        (f"key:{me}", "created", "entity", []),
    ]
    assert acts[2]["requestId"] == "my-request"
    page = (await api.get("/workspace/audit?limit=2")).json()
    after = (await api.get(f"/workspace/audit?limit=2&cursor={page['nextCursor']}")).json()
    assert int(after["items"][0]["id"]) < int(page["items"][-1]["id"])
    connection = await asyncpg.connect(database_url)
    assert "anary" not in str(await connection.fetch("select t::text from administrative_acts t"))
    for statement in ("update administrative_acts set actor = 'x'", "delete from administrative_acts"):
        with pytest.raises(asyncpg.RaiseError):
            await connection.execute(statement)
    with pytest.raises(asyncpg.RaiseError):
        await connection.execute("truncate administrative_acts")
    await connection.close()
