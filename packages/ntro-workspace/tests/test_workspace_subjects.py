"""For whom a token or sign-in link is: the key itself, unless the key has the right to speak for people."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import pytest

from ntro.workspace.tokens import Purpose, TokenClaims, verify
from ntro_workspace.app import create_app
from ntro_workspace.settings import WorkspaceSettings

DOORS = ("access-token", "sign-in-link")
SOMEBODY = {"subject": "person:ruth", "name": "Ruth Reviewer"}


@pytest.fixture
async def claims_of(api: httpx2.AsyncClient, tenant: Any) -> Callable[[str, dict[str, Any]], TokenClaims]:
    """Reads what one of the doors answered."""
    key = (await api.get("/internal/public-key")).json()["publicKey"]

    def read(door: str, answer: dict[str, Any]) -> TokenClaims:
        access = door == "access-token"
        token = answer["token"] if access else parse_qs(urlsplit(answer["url"]).query)["token"][0]
        purpose = Purpose.ACCESS if access else Purpose.SIGN_IN
        return verify(token, key, tenant_id=UUID(tenant.id), purpose=purpose)

    return read


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("asked", [SOMEBODY, {"subject": "person:ruth"}, {"name": "Ruth Reviewer"}])
@pytest.mark.parametrize("kind", ["tenant", "workspace", "admin"])
async def test_one_key_is_one_person(
    api: httpx2.AsyncClient, connect: Any, tenant: Any, door: str, asked: dict[str, str], kind: str
):
    body = {"name": "Ada", "kind": kind} | ({"tenantId": tenant.slug} if kind == "tenant" else {})
    key = (await api.post("/workspace/keys", json=body)).json()["apiKey"]
    async with connect(key) as client:
        answer = await client.post(f"/workspace/tenants/{tenant.slug}/{door}", json=asked)
        assert answer.status_code == 403, answer.text
        assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("door", DOORS)
async def test_a_key_may_name_itself(
    api: httpx2.AsyncClient, connect: Any, tenant: Any, tenant_key: Any, door: str, claims_of: Any
):
    async with connect(await tenant_key(tenant, name="Ada")) as client:
        me = (await client.get("/me")).json()
        for body in (None, {}, {"subject": f"key:{me['id']}"}, {"name": "Ada"}):
            answer = await client.post(f"/workspace/tenants/{tenant.slug}/{door}", json=body)
            found = claims_of(door, answer.json())
            assert (found.subject, found.name) == (f"key:{me['id']}", "Ada")


async def test_an_agent_stays_one_whatever_its_key(api: httpx2.AsyncClient, connect: Any, tenant: Any, claims_of: Any):
    body = {"tenantId": tenant.slug, "kind": "claude_managed", "name": "audit", "externalRef": "agent_01"}
    agent = (await api.post("/workspace/registry/agents", json=body)).json()
    async with connect(agent["apiKey"]) as client:
        answer = await client.post(f"/workspace/tenants/{tenant.slug}/access-token")
    found = claims_of("access-token", answer.json())
    assert (found.subject, found.roles) == (f"agent:{agent['id']}", ["agent"])


@pytest.mark.parametrize("door", DOORS)
async def test_an_operator_with_the_right_speaks_for_people(
    api: httpx2.AsyncClient, tenant: Any, door: str, claims_of: Any
):
    answer = await api.post(f"/workspace/tenants/{tenant.slug}/{door}", json=SOMEBODY)
    assert claims_of(door, answer.json()).subject == "person:ruth"


async def test_the_right_is_given_on_purpose_and_only_by_who_has_it(api: httpx2.AsyncClient, connect: Any, tenant: Any):
    asked = {"name": "host", "kind": "admin", "scopes": ["read", "keys", "decide", "speak-for-users"]}
    given = await api.post("/workspace/keys", json=asked)
    assert "speak-for-users" in given.json()["scopes"]
    plain = await api.post("/workspace/keys", json={"name": "plain", "kind": "admin"})
    assert "speak-for-users" not in plain.json()["scopes"]
    async with connect(plain.json()["apiKey"]) as client:
        assert (await client.post("/workspace/keys", json=asked)).status_code == 403
    for kind in ("tenant", "workspace"):
        body = {"name": "n", "kind": kind, "scopes": ["speak-for-users"]}
        body |= {"tenantId": tenant.slug} if kind == "tenant" else {}
        assert (await api.post("/workspace/keys", json=body)).status_code == 422


async def test_an_operator_of_an_installation_for_real_does_not(workspace_settings: WorkspaceSettings):
    app = create_app(workspace_settings.model_copy(update={"operator_speaks_for_users": False}))
    headers = {"Authorization": f"Bearer {workspace_settings.admin_key.get_secret_value()}"}
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test/v1", headers=headers) as client:
            assert "speak-for-users" not in (await client.get("/me")).json()["scopes"]
