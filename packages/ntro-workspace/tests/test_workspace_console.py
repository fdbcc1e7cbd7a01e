"""The way into the console, and what lesser roles, other tenants and other sites may not."""

from typing import Any

import httpx2

ADMIN_KEY = "ntro_admin_operators_own_choice_of_text"
CANARY = '<script>alert("x")</script>'
PAGES = (
    *("/", "/runs", "/workflows", "/runbooks", "/tenants", "/agents", "/settings/keys", "/settings/people", "/audit"),
    *("/fragments/overview", "/fragments/runs"),
)
GUARDED = ("/settings/keys", "/settings/people", "/audit")


# The way in


async def test_who_is_not_signed_in_meets_the_way_in(browse: Any):
    async with browse(None) as stranger:
        for address in (*PAGES, "/tenants/x", "/runbooks/x", "/nonsense", "/settings/x", "/fragments/session"):
            assert 'name="secret"' in await stranger.text(address, 401), address


async def test_a_program_gets_the_envelope_instead_of_a_page(browse: Any):
    async with browse(None) as stranger:
        answer = await stranger.client.get("/runs", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_secret_nobody_gave_signs_nobody_in(browse: Any):
    async with browse(None) as stranger:
        for secret in ("", "nonsense", "ntro_code_aaaaaaaaaaaa_" + "a" * 49, "\u00e4", CANARY):
            answer = await stranger.client.post("/sign-in", data={"secret": secret})
            assert answer.status_code == 401
            assert CANARY not in answer.text
            assert not stranger.client.cookies


async def test_the_keys_of_programs_open_nothing(browse: Any, tenant: Any, api: httpx2.AsyncClient):
    agent = {"tenantId": tenant.slug, "kind": "claude_managed", "name": "a", "externalRef": "r"}
    made = (await api.post("/workspace/registry/agents", json=agent)).json()
    async with browse(None) as stranger:
        for key in (tenant.cell_key, made["apiKey"]):
            assert (await stranger.client.post("/sign-in", data={"secret": key})).status_code == 403
            stranger.client.cookies.set("ntro_console_3000", key)
            assert (await stranger.client.get("/")).status_code in {401, 403}
            stranger.client.cookies.clear()


async def test_a_code_signs_in_once(browse: Any, code_of: Any):
    code = await code_of("auditor", name="Ann Auditor")
    async with browse(code) as ann, browse(None) as second:
        assert "Ann Auditor" in await ann.text("/")
        assert (await second.client.post("/sign-in", data={"secret": code})).status_code == 401


async def test_a_link_signs_in_once(browse: Any, api: httpx2.AsyncClient):
    link = (await api.post("/workspace/sign-in-link")).json()
    address = link["url"].removeprefix("http://127.0.0.1:3000")
    async with browse(None) as first, browse(None) as second:
        assert (await first.client.get(address)).status_code == 200
        assert "operator" in await first.text("/")
        assert 'name="secret"' in await second.text(address, 401)
        assert 'name="secret"' in await second.text("/sign-in?token=nonsense", 401)


async def test_a_link_for_somebody_else_needs_the_right_to_speak_for_others(
    browse: Any, api: httpx2.AsyncClient, connect: Any, tenant_key: Any, tenant: Any
):
    person = {"email": "ann@example.com", "name": "Ann", "roles": ["auditor"]}
    ann = (await api.post("/workspace/users", json=person)).json()
    plain = (await api.post("/workspace/keys", json={"name": "n", "kind": "admin"})).json()["apiKey"]
    own = (await api.post("/workspace/keys", json={"name": "n", "kind": "user", "userId": ann["id"]})).json()["apiKey"]
    path, body = "/workspace/sign-in-link", {"userId": "ann@example.com"}
    async with connect(plain) as admin, connect(own) as herself, connect(await tenant_key(tenant)) as stranger:
        assert (await admin.post(path, json=body)).status_code == 403
        assert (await admin.post(path)).status_code == 200
        assert (await stranger.post(path)).status_code == 403
        assert (await stranger.post(path, json=body)).status_code == 404
        assert (await herself.post(path)).status_code == 200
    link = (await api.post(path, json=body)).json()["url"]
    async with browse(None) as browser:
        await browser.client.get(link)
        assert "Ann" in await browser.text("/")
    acts = (await api.get("/workspace/audit")).json()["items"]
    assert ("sign-in link given", ann["id"]) in {(act["action"], act["objectId"]) for act in acts}


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browse: Any):
    async with browse(None) as browser:
        answer = await browser.client.post("/sign-in", data={"secret": ADMIN_KEY})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert ADMIN_KEY not in cookie
        assert answer.headers["cache-control"] == "no-store"


async def test_who_signs_out_is_out_and_so_is_a_copy_of_the_cookie(browse: Any, operator: Any):
    kept = dict(operator.client.cookies)
    assert (await operator.send("/sign-out")).status_code == 303
    assert "ended" not in await operator.text("/", 401)
    operator.client.cookies.update(kept)
    assert "Your session has ended" in await operator.text("/", 401)


async def test_a_session_ends_with_the_key_that_opened_it(browse: Any, api: httpx2.AsyncClient):
    key = (await api.post("/workspace/keys", json={"name": "n", "kind": "workspace"})).json()
    async with browse(key["apiKey"]) as browser:
        await browser.text("/")
        await api.delete(f"/workspace/keys/{key['id']}")
        await browser.text("/", 401)


async def test_a_disabled_persons_session_ends(browse: Any, code_of: Any, api: httpx2.AsyncClient):
    code = await code_of("operations")
    async with browse(code) as browser:
        await browser.text("/")
        person = (await api.get("/workspace/users")).json()[0]
        await api.patch(f"/workspace/users/{person['id']}", json={"disabled": True})
        await browser.text("/", 401)


async def test_a_form_of_another_page_is_refused(operator: Any):
    keys = ("/settings/keys", "/settings/keys/operator/revoke")
    for address in (*keys, "/settings/people", "/workflows/x/pause", "/sign-out"):
        for form in ({}, {"csrf": "0" * 64}, {"csrf": "\u00e4"}):
            assert (await operator.client.post(address, data=form)).status_code == 403
        elsewhere = await operator.client.post(address, data={}, headers={"Origin": "https://elsewhere.example"})
        assert elsewhere.status_code == 403


async def test_another_site_signs_nobody_in(browse: Any):
    async with browse(None) as browser:
        headers = {"Origin": "https://elsewhere.example"}
        answer = await browser.client.post("/sign-in", data={"secret": ADMIN_KEY}, headers=headers)
        assert answer.status_code == 403


async def test_keys_and_people_are_for_administrators_and_acts_for_auditors_too(browse: Any, code_of: Any):
    for role in ("operations", "accountant", "reviewer", "auditor"):
        async with browse(await code_of(role)) as browser:
            overview = await browser.text("/")
            for address in GUARDED:
                may = (role, address) == ("auditor", "/audit")
                assert (f'href="{address}"' in overview) is may
                assert ("Not allowed" in await browser.text(address, 200 if may else 403)) is not may
            assert (await browser.send("/settings/keys", name="k", kind="workspace")).status_code == 403
            assert (await browser.send("/settings/people", email="a@b.c", name="n", roles="admin")).status_code == 403


async def test_who_only_reads_has_nothing_to_press_and_is_refused(
    browse: Any, code_of: Any, binding: dict[str, Any], api: httpx2.AsyncClient
):
    await api.patch(f"/workspace/registry/workflows/{binding['id']}", json={"schedule": "0 8 5 * *"})
    async with browse(await code_of("auditor")) as browser:
        page = await browser.text("/workflows")
        assert "Spv1 Nav" in page
        assert page.count("<button") == 1  # signing out
        for act in ("pause", "resume", "run-now"):
            assert (await browser.send(f"/workflows/{binding['id']}/{act}")).status_code == 403


async def test_an_administrator_of_one_tenant_makes_no_key_for_all(browse: Any, code_of: Any, tenant: Any):
    async with browse(await code_of("admin", tenant=tenant.slug)) as browser:
        assert "every tenant" not in (await browser.text("/settings/keys")).split("</select>")[0]
        for kind in ("workspace", "admin"):
            answer = await browser.send("/settings/keys", name="k", kind=kind)
            assert answer.status_code == 403, kind


async def test_another_tenants_things_are_not_there(
    browse: Any, code_of: Any, binding: dict[str, Any], tenant: Any, other_tenant: Any, api: httpx2.AsyncClient
):
    keys = (await api.get("/workspace/keys")).json()
    people = (await api.get("/workspace/users")).json()
    async with browse(await code_of("admin", tenant=other_tenant.slug)) as browser:
        for address in (f"/tenants/{tenant.slug}", f"/tenants/{tenant.id}", "/runbooks/nav-monthly"):
            await browser.text(address, 404)
        for address in (f"/runs?tenant={tenant.slug}", f"/runs?workflow={binding['id']}", f"/audit?tenant={tenant.id}"):
            await browser.text(address, 404)
        for act in ("pause", "resume", "run-now"):
            assert (await browser.send(f"/workflows/{binding['id']}/{act}")).status_code == 404
        assert (await browser.send(f"/tenants/{tenant.slug}/open")).status_code == 404
        for key in keys:
            if key["tenantId"] != other_tenant.id:
                assert (await browser.send(f"/settings/keys/{key['id']}/revoke")).status_code == 404
        for person in people:
            assert (await browser.send(f"/settings/people/{person['id']}/disable")).status_code == 404
        assert (await browser.send("/settings/keys", name="k", tenant=tenant.slug)).status_code == 404
        for address in PAGES:
            page = await browser.text(address)
            assert tenant.slug not in page, address
            assert "Spv1 Nav" not in page, address
