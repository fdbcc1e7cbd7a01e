"""Tenants, entities, workflows, agents, integrations: the published shapes and the errors."""

import json
from typing import Any

import httpx2
import pytest


def assert_error(answer: Any, status: int) -> dict:
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert body["statusCode"] == body["status"] == status
    assert isinstance(body["message"], str)
    assert not set(body["message"]) & set("[]")
    assert body["error"]
    assert body["requestId"] == answer.headers["x-request-id"]
    return body


async def test_health_needs_no_key(connect: Any):
    async with connect(None) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}


async def test_a_tenant_is_requested_and_found_by_id_and_slug(api: httpx2.AsyncClient):
    created = (await api.post("/workspace/tenants", json={"name": "Acme Fund", "slug": "acme-fund"})).json()
    assert created["status"] == "REQUESTED"
    assert created["dataPlatform"] == "managed-postgres"
    assert created["entityCount"] == 0
    for reference in ("acme-fund", created["id"]):
        assert (await api.get(f"/workspace/tenants/{reference}")).json() == created
    assert (await api.get("/workspace/tenants")).json() == [created]
    assert (await api.get("/workspace/tenants?status=ACTIVE")).json() == []


async def test_the_platform_of_a_tenant_follows_from_its_config(api: httpx2.AsyncClient):
    platform = await api.post(
        "/workspace/data", json={"name": "Snow", "provider": "SNOWFLAKE", "config": {"account": "x", "password": "p"}}
    )
    assert platform.json()["config"] == {"account": "x", "password": "***"}
    body = {"name": "A", "slug": "a", "dataPlatformConfigId": platform.json()["id"]}
    assert (await api.post("/workspace/tenants", json=body)).json()["dataPlatform"] == "snowflake"
    assert_error(
        await api.post("/workspace/tenants", json=body | {"slug": "b", "dataPlatform": "managed-postgres"}), 422
    )
    assert_error(
        await api.post("/workspace/tenants", json={"name": "A", "slug": "b", "dataPlatform": "snowflake"}), 422
    )
    unknown = body | {"slug": "b", "dataPlatformConfigId": "00000000-0000-0000-0000-000000000000"}
    assert_error(await api.post("/workspace/tenants", json=unknown), 404)
    bound = (await api.get(f"/workspace/data/{platform.json()['id']}/tenants")).json()
    assert [row["slug"] for row in bound] == ["a"]


async def test_a_connection_test_takes_an_empty_body_of_json(api: httpx2.AsyncClient):
    platform = (await api.post("/workspace/data", json={"name": "S", "provider": "SNOWFLAKE"})).json()
    answer = await api.post(f"/workspace/data/{platform['id']}/test")
    assert answer.status_code == 200
    assert answer.json()["success"] is False
    assert (await api.get(f"/workspace/data/{platform['id']}/schemas")).json() == []


@pytest.mark.parametrize("slug", ["", "Acme", "a b", "-a", "a/b", "a" * 60, "ä"])
async def test_a_bad_slug_is_refused(api: httpx2.AsyncClient, slug: str):
    assert_error(await api.post("/workspace/tenants", json={"name": "A", "slug": slug}), 422)


@pytest.mark.parametrize(
    "body",
    [{"slug": "a"}, {"name": " ", "slug": "a"}, {"name": 1, "slug": "a"}, {"name": "A", "slug": "a", "x": 1}, []],
)
async def test_a_body_that_does_not_fit_is_one_message(api: httpx2.AsyncClient, body: Any):
    assert_error(await api.post("/workspace/tenants", json=body), 422)


async def test_what_is_not_json_is_400(api: httpx2.AsyncClient):
    assert_error(await api.post("/workspace/tenants", content=b"{"), 400)


async def test_what_cannot_be_stored_is_422(api: httpx2.AsyncClient):
    for name in ("a\x00b", "\ud800"):
        content = json.dumps({"name": name, "slug": "a"}).encode()
        assert_error(await api.post("/workspace/tenants", content=content), 422)
    assert_error(await api.post("/workspace/tenants", content=b'{"name":"A","slug":"a","config":{"x":NaN}}'), 422)
    assert_error(await api.get("/workspace/tenants/%00"), 404)


async def test_a_duplicate_is_409_and_something_unknown_404(
    api: httpx2.AsyncClient, tenant: Any, entity: dict[str, Any]
):
    assert_error(await api.post("/workspace/tenants", json={"name": "B", "slug": tenant.slug}), 409)
    body = {"name": "Other", "slug": "spv1"}
    assert_error(await api.post(f"/workspace/tenants/{tenant.id}/entities", json=body), 409)
    for path in (
        "tenants/none",
        f"tenants/{tenant.slug}/entities/none",
        "registry/workflows/none",
        "tasks/none",
        "data/x",
    ):
        assert_error(await api.get(f"/workspace/{path}"), 404)
    assert_error(await api.get("/nothing/here"), 404)


async def test_no_redirect_for_a_trailing_slash(api: httpx2.AsyncClient):
    assert_error(await api.get("/workspace/tenants/"), 404)


async def test_an_entity_answers_its_schema_under_both_names(api: httpx2.AsyncClient, tenant: Any):
    path = f"/workspace/tenants/{tenant.slug}/entities"
    for name, slug in (("schema", "a"), ("schema_", "b")):
        created = (await api.post(path, json={"name": slug, "slug": slug, name: "nav"})).json()
        assert created["schema"] == created["schema_"] == "nav"
        assert created["tenantId"] == tenant.id
        assert (await api.get(f"{path}/{slug}")).json()["schema"] == "nav"
    assert len((await api.get("/workspace/entities")).json()) == 2


async def test_a_nearly_equal_name_warns(api: httpx2.AsyncClient, tenant: Any, entity: dict[str, Any]):
    created = await api.post(f"/workspace/tenants/{tenant.slug}/entities", json={"name": "SPV  One, Ltd.", "slug": "x"})
    assert created.status_code == 201
    (warning,) = created.json()["warnings"]
    assert warning["kind"] == "duplicate_candidate"
    assert warning["existing"]["id"] == entity["id"]


async def test_a_config_replaces_and_takes_json_text(api: httpx2.AsyncClient, tenant: Any, entity: dict[str, Any]):
    path = f"/workspace/tenants/{tenant.slug}/entities/spv1"
    assert (await api.patch(path, json={"config": {"a": 1.5, "b": [1]}})).json()["config"] == {"a": 1.5, "b": [1]}
    assert (await api.patch(path, json={"config": '{"c": true}'})).json()["config"] == {"c": True}
    assert (await api.patch(f"/workspace/tenants/{tenant.slug}", json={"config": {"ai": {}}})).json()["config"] == {
        "ai": {}
    }
    assert_error(await api.patch(path, json={"config": "no"}), 422)


async def test_a_secret_in_a_config_is_sealed_to_the_cell(api: httpx2.AsyncClient, tenant: Any):
    from uuid import UUID

    from ntro.workspace.sealing import unseal

    answer = await api.patch(
        f"/workspace/tenants/{tenant.slug}", json={"config": {"gl": {"apiKey": "s3cret", "tokenUrl": "u"}}}
    )
    found = answer.json()["config"]["gl"]
    assert found["tokenUrl"] == "u"
    assert unseal(found["apiKey"]["sealed"], private_key=tenant.private_key, tenant_id=UUID(tenant.id)) == b"s3cret"
    again = await api.patch(f"/workspace/tenants/{tenant.slug}", json={"config": answer.json()["config"]})
    assert again.json()["config"] == answer.json()["config"]
    assert_error(
        await api.post("/workspace/tenants", json={"name": "A", "slug": "a", "config": {"password": "p"}}), 409
    )


async def test_deleting_a_tenant_answers_its_state(api: httpx2.AsyncClient, tenant: Any):
    assert (await api.delete(f"/workspace/tenants/{tenant.slug}")).json()["status"] == "DEPROVISIONING"
    created = (await api.post("/workspace/tenants", json={"name": "A", "slug": "a"})).json()
    assert (await api.delete(f"/workspace/tenants/{created['id']}")).json()["status"] == "DECOMMISSIONED"


async def test_a_workflow_needs_a_runbook_an_entity_and_a_readable_schedule(
    api: httpx2.AsyncClient, binding: dict[str, Any], entity: dict[str, Any], tenant: Any
):
    path = "/workspace/registry/workflows"
    body = {"runbookSlug": "nav-monthly", "entityId": entity["id"]}
    assert_error(await api.post(path, json=body | {"runbookSlug": "unknown"}), 404)
    assert_error(await api.post(path, json=body | {"runbookVersion": "9.9"}), 404)
    assert_error(await api.post(path, json=body | {"entityId": "unknown"}), 404)
    assert_error(await api.post(path, json=body | {"name": "Spv1 Nav"}), 409)
    assert_error(await api.post(path, json=body | {"schedule": "0 8 5 *"}), 422)
    assert_error(await api.post(path, json=body | {"schedule": "0 8 31 2 *"}), 422)
    assert_error(await api.post(path, json=body | {"schedule": "0 8 5 * *", "timezone": "Europe/Atlantis"}), 422)
    assert_error(await api.post(path, json={"name": "half", "runbookSlug": "nav-monthly"}), 422)
    assert_error(await api.post(path, json={"name": "half", "entityId": entity["id"]}), 422)
    created = (await api.post(path, json=body | {"entityId": "spv1", "tenantId": tenant.slug})).json()
    assert created["name"] == "nav-monthly spv1"
    assert created["entity"]["slug"] == "spv1"
    for reference in (binding["id"], "Spv1 Nav"):
        assert (await api.get(f"{path}/{reference}")).json()["id"] == binding["id"]


async def test_null_clears_a_schedule_and_a_pin(api: httpx2.AsyncClient, binding: dict[str, Any]):
    path = f"/workspace/registry/workflows/{binding['id']}"
    body = {"schedule": "0 8 5 * *", "timezone": "Europe/London", "runbookVersion": "0.1.0", "defaultConfig": {"a": 1}}
    changed = (await api.patch(path, json=body)).json()
    assert changed["schedule"] == "0 8 5 * *"
    assert changed["runbookVersion"] == "0.1.0"
    assert len(changed["nextRuns"]) == 3
    cleared = (await api.patch(path, json={"schedule": None, "timezone": None, "runbookVersion": None})).json()
    assert (cleared["schedule"], cleared["timezone"], cleared["runbookVersion"], cleared["nextRuns"]) == (
        None,
        None,
        None,
        [],
    )
    assert cleared["defaultConfig"] == {"a": 1}
    assert_error(await api.patch(path, json={"name": None}), 422)


async def test_an_agent_gets_its_key_once_and_dies_with_it(api: httpx2.AsyncClient, connect: Any, tenant: Any):
    path = "/workspace/registry/agents"
    body = {"tenantId": tenant.slug, "kind": "claude_managed", "name": "audit", "external_ref": "agent_01"}
    created = (await api.post(path, json=body)).json()
    async with connect(created["apiKey"]) as agent:
        assert (await agent.get("/me")).json()["tenantId"] == tenant.id
        assert_error(await agent.post(f"{path}/{created['id']}/versions", json={}), 403)
        version = await api.post(f"{path}/{created['id']}/versions", json={})
        assert version.json()["version"] == 1
        listed = (await api.get(f"{path}?tenantId={tenant.slug}")).json()
        assert "apiKey" not in listed[0]
        assert listed[0]["versions"][0]["agentId"] == created["id"]
        assert_error(await api.post(path, json=body), 409)
        assert_error(await api.post(path, json=body | {"kind": "copilot_agent", "name": "b"}), 422)
        assert (await api.delete(f"{path}/{created['id']}")).status_code == 204
        assert_error(await agent.get("/me"), 401)


async def test_an_email_integration_takes_a_slug_and_answers_the_id(api: httpx2.AsyncClient, tenant: Any):
    created = (await api.post("/workspace/integrations/email", json={"tenantId": tenant.slug})).json()
    assert created["tenantId"] == tenant.id
    assert created["provider"] == "microsoft-graph"
    assert (await api.get("/workspace/integrations")).json() == [created]
    named = await api.post("/workspace/registry/capabilities", json={"name": "nav", "version": "1"})
    assert named.json()["name"] == "nav"
