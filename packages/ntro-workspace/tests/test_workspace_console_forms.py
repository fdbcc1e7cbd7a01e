"""What forms of the console change: keys, schedules, people."""

import re
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

SENSELESS: tuple[tuple[dict[str, str], int], ...] = (
    ({"name": "", "kind": "workspace"}, 422),
    ({"name": "k", "kind": "tenant"}, 422),
    ({"name": "k", "kind": "tenant", "tenant": "none"}, 404),
    ({"name": "k", "kind": "user"}, 422),
    ({"name": "k", "kind": "king"}, 422),
    ({"name": "k" * 201, "kind": "workspace"}, 422),
    ({"name": "k", "kind": "workspace", "days": "7"}, 422),
)


async def test_a_key_is_shown_once_works_and_is_revoked(
    operator: Any, connect: Any, tenant: Any, api: httpx2.AsyncClient
):
    answer = await operator.send("/settings/keys", name="ci", kind="tenant", tenant=tenant.slug, may="read", days="30")
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = re.search(r'<code id="minted">(ntro_tenant_([0-9A-Za-z]+)_[0-9A-Za-z]+)</code>', answer.text)
    assert found is not None
    key, key_id = found[1], found[2]
    async with connect(key) as client:
        me = (await client.get("/me")).json()
        assert (me["tenantId"], me["scopes"]) == (tenant.id, ["read"])
    listed = await operator.text("/settings/keys")
    assert key not in listed
    assert key_id in listed
    assert "just now" in listed.split(f'id="key-{key_id}"')[1].split("</tr>")[0]
    answer = await operator.send(f"/settings/keys/{key_id}/revoke")
    assert answer.headers["location"] == f"/settings/keys?revoked={key_id}"
    async with connect(key) as client:
        assert (await client.get("/me")).status_code == 401
    assert f'id="key-{key_id}"' not in await operator.text("/settings/keys")
    assert f'id="key-{key_id}"' in await operator.text("/settings/keys?show=ended")
    acts = (await api.get("/workspace/audit")).json()["items"]
    assert "system" not in {
        act["actor"] for act in acts if act["objectType"] == "key" and act["objectId"] != "operator"
    }


async def test_a_key_without_an_end_is_listed_until_it_is_revoked(operator: Any):
    answer = await operator.send("/settings/keys", name="for good", kind="workspace", days="")
    assert answer.status_code == 201
    assert "for good" in await operator.text("/settings/keys")
    assert "for good" not in await operator.text("/settings/keys?show=ended")


async def test_a_key_that_makes_no_sense_is_refused_with_a_page(operator: Any):
    for form, status in SENSELESS:
        answer = await operator.send("/settings/keys", **form)
        assert answer.status_code == status, form
        assert answer.headers["content-type"].startswith("text/html")
        assert 'id="minted"' not in answer.text


async def test_a_session_does_not_revoke_itself(operator: Any):
    page = await operator.text("/settings/keys?show=sessions")
    own = re.search(r'id="key-([0-9A-Za-z]+)"', page)
    assert own is not None
    assert (await operator.send(f"/settings/keys/{own[1]}/revoke")).status_code == 403


async def test_a_schedule_is_paused_resumed_and_run_now(
    operator: Any, api: httpx2.AsyncClient, binding: dict[str, Any]
):
    path = f"/workspace/registry/workflows/{binding['id']}"
    await api.patch(path, json={"schedule": "0 8 5 * *", "timezone": "Europe/Jersey"})
    page = await operator.text("/workflows?show=scheduled")
    assert page.count(" 08:00</time>") == 3
    assert "Europe/Jersey" in page
    for act, paused in (("pause", True), ("resume", False)):
        done = await operator.send(f"/workflows/{binding['id']}/{act}")
        assert done.status_code == 303
        assert (await api.get(path)).json()["paused"] is paused
        assert "Spv1 Nav" in await operator.text(urlsplit(done.headers["location"])._replace().geturl())
    assert (await operator.send(f"/workflows/{binding['id']}/run-now")).status_code == 303
    await api.patch(path, json={"schedule": None})
    assert (await operator.send(f"/workflows/{binding['id']}/pause")).status_code == 409


async def test_workflows_come_in_pages(
    operator: Any, api: httpx2.AsyncClient, binding: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ntro_workspace.console.workflows.PAGE_SIZE", 1)
    body = {"runbookSlug": "nav-monthly", "entityId": binding["entityId"], "name": "Z & last"}
    assert (await api.post("/workspace/registry/workflows", json=body)).status_code == 201
    first = await operator.text("/workflows")
    assert "Z &amp; last" not in first
    more = re.search(r'href="(/workflows\?[^"]*after=[^"]*)"', first)
    assert more is not None
    assert "Z &amp; last" in await operator.text(more[1].replace("&amp;", "&"))


async def test_people_are_entered_changed_disabled_and_given_a_link(
    operator: Any, browse: Any, api: httpx2.AsyncClient
):
    form = {"email": "ann@example.com", "name": "Ann", "roles": ["auditor", "operations"]}
    assert (await operator.send("/settings/people", **form)).status_code == 303
    refused = await operator.send("/settings/people", **form)
    assert refused.status_code == 409
    assert 'value="ann@example.com"' in refused.text
    assert (await operator.send("/settings/people", email="x", name="y", roles="king")).status_code == 422
    ann = (await api.get("/workspace/users/ann@example.com")).json()
    assert ann["roles"] == ["auditor", "operations"]
    path = f"/settings/people/{ann['id']}"
    assert (await operator.send(f"{path}/roles", roles="reviewer")).status_code == 303
    given = await operator.send(f"{path}/sign-in-link")
    link = re.search(r'<code id="link">([^<]+)</code>', given.text)
    assert link is not None
    async with browse(None) as browser:
        await browser.client.get(link[1])
        assert "Ann" in await browser.text("/")
        assert (await operator.send(f"{path}/disable")).status_code == 303
        await browser.text("/", 401)
    assert (await operator.send(f"{path}/sign-in-link")).status_code == 401
    assert (await operator.send(f"{path}/enable")).status_code == 303
    assert (await api.get("/workspace/users/ann@example.com")).json()["roles"] == ["reviewer"]
    assert (await operator.send(f"{path}/roles")).status_code == 422


async def test_acts_are_told_with_names_and_in_pages(operator: Any, tenant: Any, monkeypatch: pytest.MonkeyPatch):
    await operator.send("/settings/keys", name="ci", tenant=tenant.slug)
    page = await operator.text("/audit")
    assert "operator in the console" in page
    assert "created <strong>key</strong>" in page
    monkeypatch.setattr("ntro_workspace.console.audit.PAGE_SIZE", 1)
    first = await operator.text(f"/audit?tenant={tenant.slug}")
    older = re.search(r'href="(/audit\?[^"]*cursor=[^"]*)"', first)
    assert older is not None
    assert "Newest" in await operator.text(older[1].replace("&amp;", "&"))


async def test_a_tenants_pages_are_opened_signed_in(operator: Any, tenant: Any):
    answer = await operator.send(f"/tenants/{tenant.slug}/open")
    assert "http://127.0.0.1:9/sign-in?token=" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_an_address_that_leads_nowhere_leads_back(operator: Any):
    for address in ("/nonsense", "/settings/nonsense/deep", "/tenants/nonsense", "/runbooks/nonsense"):
        assert 'href="/"' in await operator.text(address, 404)
    assert (await operator.client.get("/fragments/session")).status_code == 204
    assert (await operator.client.get("/favicon.ico")).headers["content-type"].startswith("image/svg")
    assert (await operator.client.get("/v1/nonsense")).json()["code"] == "not_found"
