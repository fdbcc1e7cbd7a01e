"""The console as the server writes it: the way in, what each page shows, what forms may change."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

ADMIN_KEY = "ntro_admin_operators_own_choice_of_text"
CANARY = '<script>alert("x")</script>'
HTML = {"Accept": "text/html"}
PAGES = (
    *("/", "/runs", "/workflows", "/runbooks", "/tenants", "/agents", "/settings/keys", "/settings/people", "/audit"),
    *("/fragments/overview", "/fragments/runs"),
)
GUARDED = ("/settings/keys", "/settings/people", "/audit")
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
Browse = Callable[..., Any]


class Browser:
    """A browser of somebody: keeps cookies, and sends forms with what its pages hold."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def text(self, address: str, status: int = 200) -> str:
        answer = await self.client.get(address)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        return answer.text

    async def send(self, address: str, **form: Any) -> httpx2.Response:
        """Sends a form as a page of the session would."""
        found = CSRF.search((await self.client.get("/runs")).text)
        assert found is not None
        return await self.client.post(address, data={"csrf": found[1]} | form)


@pytest.fixture
def browse(workspace_app: FastAPI) -> Browse:
    """Opens a browser: signed in by a code or key, or not at all."""

    @asynccontextmanager
    async def opened(secret: str | None = ADMIN_KEY) -> AsyncIterator[Browser]:
        transport = httpx2.ASGITransport(app=workspace_app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000", headers=HTML) as client:
            if secret is not None:
                answer = await client.post("/sign-in", data={"secret": secret})
                assert answer.status_code == 200, answer.text
            yield Browser(client)

    return opened


@pytest.fixture
async def operator(browse: Browse) -> AsyncIterator[Browser]:
    async with browse() as browser:
        yield browser


@pytest.fixture
def code_of(api: httpx2.AsyncClient) -> Callable[..., Awaitable[str]]:
    """Enters a person and gives their sign-in code."""

    async def enter(*roles: str, name: str = "Ann", tenant: str | None = None) -> str:
        email = f"{uuid4().hex[:8]}@example.com"
        person = {"email": email, "name": name, "roles": roles} | ({"tenantId": tenant} if tenant else {})
        assert (await api.post("/workspace/users", json=person)).status_code == 201
        code: str = (await api.post(f"/workspace/users/{email}/sign-in-code")).json()["code"]
        return code

    return enter


# The way in


async def test_who_is_not_signed_in_meets_the_way_in(browse: Browse):
    async with browse(None) as stranger:
        for address in (*PAGES, "/tenants/x", "/runbooks/x", "/nonsense", "/settings/x", "/fragments/session"):
            assert 'name="secret"' in await stranger.text(address, 401), address


async def test_a_program_gets_the_envelope_instead_of_a_page(browse: Browse):
    async with browse(None) as stranger:
        answer = await stranger.client.get("/runs", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_secret_nobody_gave_signs_nobody_in(browse: Browse):
    async with browse(None) as stranger:
        for secret in ("", "nonsense", "ntro_code_aaaaaaaaaaaa_" + "a" * 49, "\u00e4", CANARY):
            answer = await stranger.client.post("/sign-in", data={"secret": secret})
            assert answer.status_code == 401
            assert CANARY not in answer.text
            assert not stranger.client.cookies


async def test_the_keys_of_programs_open_nothing(browse: Browse, tenant: Any, api: httpx2.AsyncClient):
    agent = {"tenantId": tenant.slug, "kind": "claude_managed", "name": "a", "externalRef": "r"}
    made = (await api.post("/workspace/registry/agents", json=agent)).json()
    async with browse(None) as stranger:
        for key in (tenant.cell_key, made["apiKey"]):
            assert (await stranger.client.post("/sign-in", data={"secret": key})).status_code == 403
            stranger.client.cookies.set("ntro_console_3000", key)
            assert (await stranger.client.get("/")).status_code in {401, 403}
            stranger.client.cookies.clear()


async def test_a_code_signs_in_once(browse: Browse, code_of: Any):
    code = await code_of("auditor", name="Ann Auditor")
    async with browse(code) as ann, browse(None) as second:
        assert "Ann Auditor" in await ann.text("/")
        assert (await second.client.post("/sign-in", data={"secret": code})).status_code == 401


async def test_a_link_signs_in_once(browse: Browse, api: httpx2.AsyncClient):
    link = (await api.post("/workspace/sign-in-link")).json()
    address = link["url"].removeprefix("http://127.0.0.1:3000")
    async with browse(None) as first, browse(None) as second:
        assert (await first.client.get(address)).status_code == 200
        assert "operator" in await first.text("/")
        assert 'name="secret"' in await second.text(address, 401)
        assert 'name="secret"' in await second.text("/sign-in?token=nonsense", 401)


async def test_a_link_for_somebody_else_needs_the_right_to_speak_for_others(
    browse: Browse, api: httpx2.AsyncClient, connect: Any, tenant_key: Any, tenant: Any
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


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browse: Browse):
    async with browse(None) as browser:
        answer = await browser.client.post("/sign-in", data={"secret": ADMIN_KEY})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert ADMIN_KEY not in cookie
        assert answer.headers["cache-control"] == "no-store"


async def test_who_signs_out_is_out_and_so_is_a_copy_of_the_cookie(browse: Browse, operator: Browser):
    kept = dict(operator.client.cookies)
    assert (await operator.send("/sign-out")).status_code == 303
    assert "ended" not in await operator.text("/", 401)
    operator.client.cookies.update(kept)
    assert "Your session has ended" in await operator.text("/", 401)


async def test_a_session_ends_with_the_key_that_opened_it(browse: Browse, api: httpx2.AsyncClient):
    key = (await api.post("/workspace/keys", json={"name": "n", "kind": "workspace"})).json()
    async with browse(key["apiKey"]) as browser:
        await browser.text("/")
        await api.delete(f"/workspace/keys/{key['id']}")
        await browser.text("/", 401)


async def test_a_disabled_persons_session_ends(browse: Browse, code_of: Any, api: httpx2.AsyncClient):
    code = await code_of("operations")
    async with browse(code) as browser:
        await browser.text("/")
        person = (await api.get("/workspace/users")).json()[0]
        await api.patch(f"/workspace/users/{person['id']}", json={"disabled": True})
        await browser.text("/", 401)


# What other sites and lesser roles may not


async def test_a_form_of_another_page_is_refused(operator: Browser):
    keys = ("/settings/keys", "/settings/keys/operator/revoke")
    for address in (*keys, "/settings/people", "/workflows/x/pause", "/sign-out"):
        for form in ({}, {"csrf": "0" * 64}, {"csrf": "\u00e4"}):
            assert (await operator.client.post(address, data=form)).status_code == 403
        elsewhere = await operator.client.post(address, data={}, headers={"Origin": "https://elsewhere.example"})
        assert elsewhere.status_code == 403


async def test_another_site_signs_nobody_in(browse: Browse):
    async with browse(None) as browser:
        headers = {"Origin": "https://elsewhere.example"}
        answer = await browser.client.post("/sign-in", data={"secret": ADMIN_KEY}, headers=headers)
        assert answer.status_code == 403


async def test_keys_people_and_acts_are_for_administrators(browse: Browse, code_of: Any):
    for role in ("operations", "accountant", "reviewer", "auditor"):
        async with browse(await code_of(role)) as browser:
            overview = await browser.text("/")
            for address in GUARDED:
                assert f'href="{address}"' not in overview
                assert "Not allowed" in await browser.text(address, 403)
            assert (await browser.send("/settings/keys", name="k", kind="workspace")).status_code == 403
            assert (await browser.send("/settings/people", email="a@b.c", name="n", roles="admin")).status_code == 403


async def test_who_only_reads_has_nothing_to_press_and_is_refused(
    browse: Browse, code_of: Any, binding: dict[str, Any], api: httpx2.AsyncClient
):
    await api.patch(f"/workspace/registry/workflows/{binding['id']}", json={"schedule": "0 8 5 * *"})
    async with browse(await code_of("auditor")) as browser:
        page = await browser.text("/workflows")
        assert "Spv1 Nav" in page
        assert page.count("<button") == 1  # signing out
        for act in ("pause", "resume", "run-now"):
            assert (await browser.send(f"/workflows/{binding['id']}/{act}")).status_code == 403


async def test_an_administrator_of_one_tenant_makes_no_key_for_all(browse: Browse, code_of: Any, tenant: Any):
    async with browse(await code_of("admin", tenant=tenant.slug)) as browser:
        assert "every tenant" not in (await browser.text("/settings/keys")).split("</select>")[0]
        for kind in ("workspace", "admin"):
            answer = await browser.send("/settings/keys", name="k", kind=kind)
            assert answer.status_code == 403, kind


async def test_another_tenants_things_are_not_there(
    browse: Browse, code_of: Any, binding: dict[str, Any], tenant: Any, other_tenant: Any, api: httpx2.AsyncClient
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


# What pages show


async def test_an_empty_workspace_says_what_to_type(operator: Browser):
    for address, line in (
        ("/", "ntro tenant create"),
        ("/runs", "ntro workflow run"),
        ("/workflows", "ntro workflow create"),
        ("/runbooks", "ntro workflow create"),
        ("/tenants", "ntro tenant create"),
        ("/agents", "ntro agent create"),
    ):
        assert line in await operator.text(address), address


async def test_no_name_is_ever_markup(operator: Browser, api: httpx2.AsyncClient, tenant: Any, code_of: Any, cell: Any):
    path = f"/workspace/tenants/{tenant.slug}"
    entity = await api.post(f"{path}/entities", json={"name": CANARY, "slug": "e", "type": CANARY})
    await api.patch(path, json={"config": {CANARY: CANARY, "deep": {"x": [CANARY]}}})
    await api.post("/workspace/tenants", json={"name": CANARY, "slug": "bad"})
    body = {"tenantId": tenant.slug, "kind": "claude_managed", "name": CANARY, "externalRef": CANARY}
    assert (await api.post("/workspace/registry/agents", json=body)).status_code == 201
    await api.post("/workspace/keys", json={"name": CANARY, "tenantId": tenant.slug})
    await code_of("admin", name=CANARY)
    deploy = {"tenantSlug": tenant.slug, "version": "1.0.0", "workflowClass": "NWorkflow", "files": {"runbook.md": ""}}
    deploy["files"] = {
        "templates/workflow.py": "",
        "runbook.md": f"---\nname: '{CANARY}'\nsteps:\n- id: '{CANARY}'\n---\n",
    }
    assert (await api.post("/runbooks/n/deploy", json=deploy)).status_code == 201
    binding = {"runbookSlug": "n", "entityId": entity.json()["id"], "name": CANARY, "schedule": "0 8 * * *"}
    workflow = await api.post("/workspace/registry/workflows", json=binding)
    assert workflow.status_code == 201, workflow.text
    await api.post("/workspace/tasks", json={"tenantId": tenant.slug, "workflowId": CANARY, "context": {}})
    shown = ""
    for address in (*PAGES, f"/tenants/{tenant.slug}", "/tenants/bad", "/runbooks/n", "/settings/keys?show=sessions"):
        page = await operator.text(address)
        assert CANARY not in page, address
        shown += page
    assert shown.count("&lt;script&gt;") > 10
    for address in (
        "/workflows?done=paused&name=",
        "/settings/people?done=entered&who=",
        "/settings/keys?revoked=",
        "/",
    ):
        assert "<script>alert" not in (await operator.client.get(address + "<script>alert(1)")).text


async def test_secrets_of_a_config_are_not_shown(operator: Browser, api: httpx2.AsyncClient, tenant: Any):
    config = {"ai": {"provider": "ANTHROPIC", "apiKey": "very-secret"}, "tags": ["a", "b"], "on": True, "off": None}
    await api.patch(f"/workspace/tenants/{tenant.slug}", json={"config": config})
    page = await operator.text(f"/tenants/{tenant.slug}")
    assert "ai.provider" in page
    assert "sealed for the cell" in page
    assert "very-secret" not in page
    assert (await operator.text(f"/tenants/{tenant.id}")).count("<dt>") == page.count("<dt>")


async def test_runs_are_found_by_state_tenant_workflow_and_period(
    operator: Browser, api: httpx2.AsyncClient, binding: dict[str, Any], tenant: Any
):
    body = {"tenantId": tenant.slug, "workflowId": binding["id"], "context": {"period": "2026-03"}}
    task = (await api.post("/workspace/tasks", json=body)).json()["id"]
    row = f'id="run-{task}"'
    for query in (
        "",
        "?state=READY",
        f"?tenant={tenant.slug}",
        f"?workflow={binding['id']}",
        "?period=2026-03",
        "?state=x",
    ):
        assert row in await operator.text(f"/runs{query}"), query
        assert row in await operator.text(f"/fragments/runs{query}"), query
    for query in ("?state=FAILED", "?period=1999-01"):
        assert "No run fits" in await operator.text(f"/runs{query}"), query
    await operator.text("/runs?period=x", 422)
    await operator.text("/runs?cursor=x", 422)
    await operator.text(f"/runs?state={'x' * 30}", 422)
    await operator.text("/runs?tenant=none", 404)
    assert row in await operator.text(f"/tenants/{tenant.slug}")


async def test_runs_come_in_pages(
    operator: Browser, api: httpx2.AsyncClient, binding: dict[str, Any], tenant: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ntro_workspace.console.runs.PAGE_SIZE", 2)
    body = {"tenantId": tenant.slug, "workflowId": binding["id"]}
    made = [
        (await api.post("/workspace/tasks", json=body | {"context": {"period": f"2026-0{n}"}})).json()["id"]
        for n in (1, 2, 3)
    ]
    first = await operator.text("/runs")
    assert [task for task in made if task in first] == made[1:]
    older = re.search(r'href="(/runs\?[^"]*cursor=[^"]*)"', first)
    assert older is not None
    second = await operator.text(older[1].replace("&amp;", "&"))
    assert [task for task in made if task in second] == made[:1]
    assert "Newest" in second


async def test_the_overview_tells_who_is_waited_for_and_where_work_queues(
    operator: Browser,
    api: httpx2.AsyncClient,
    connect: Any,
    binding: dict[str, Any],
    tenant: Any,
    entity: dict[str, Any],
):
    report = {
        "task_id": str(uuid4()),
        "seq": 1,
        "workflow_id": binding["id"],
        "entity_id": entity["id"],
        "runbook": "nav-monthly",
        "period": "2026-03",
        "status": "BLOCKED",
        "awaiting": "interactive_review",
        "open_gates": 2,
        "steps": [{"name": "collect", "status": "COMPLETED"}, {"name": "review", "status": "BLOCKED"}],
        "at": "2026-04-01T08:00:00Z",
    }
    failed = report | {"task_id": str(uuid4()), "status": "FAILED", "awaiting": None}
    failed["failure"] = {"type": "StartingBalanceWrong", "step": "collect"}
    async with connect(tenant.cell_key) as cell:
        answer = await cell.post("/internal/status", json={"reports": [report, failed]})
        assert answer.status_code == 200, answer.text
    page = await operator.text("/")
    assert f"run-{report['task_id']}" in page
    assert "A review" in page
    assert "1 of 2" in page
    assert "just now" in page
    assert "StartingBalanceWrong" in await operator.text("/runs?state=FAILED")


async def test_a_runbook_shows_where_it_is_deployed_and_never_why_not(
    operator: Browser, api: httpx2.AsyncClient, cell: Any, bundle: Any
):
    await api.post("/runbooks/broken/deploy", json=bundle(cell.slug))
    good = await api.post("/runbooks/nav-monthly/deploy", json=bundle(cell.slug, version="2.0.0"))
    assert good.status_code == 201
    deployed = await operator.text("/runbooks/nav-monthly")
    assert "2.0.0" in deployed
    assert cell.slug in deployed
    await operator.text("/runbooks/broken", 404)
    assert "missing" not in deployed


# What forms do


async def test_a_key_is_shown_once_works_and_is_revoked(
    operator: Browser, connect: Any, tenant: Any, api: httpx2.AsyncClient
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


async def test_a_key_without_an_end_is_listed_until_it_is_revoked(operator: Browser):
    answer = await operator.send("/settings/keys", name="for good", kind="workspace", days="")
    assert answer.status_code == 201
    assert "for good" in await operator.text("/settings/keys")
    assert "for good" not in await operator.text("/settings/keys?show=ended")


SENSELESS: tuple[tuple[dict[str, str], int], ...] = (
    ({"name": "", "kind": "workspace"}, 422),
    ({"name": "k", "kind": "tenant"}, 422),
    ({"name": "k", "kind": "tenant", "tenant": "none"}, 404),
    ({"name": "k", "kind": "user"}, 422),
    ({"name": "k", "kind": "king"}, 422),
    ({"name": "k" * 201, "kind": "workspace"}, 422),
    ({"name": "k", "kind": "workspace", "days": "7"}, 422),
)


async def test_a_key_that_makes_no_sense_is_refused_with_a_page(operator: Browser):
    for form, status in SENSELESS:
        answer = await operator.send("/settings/keys", **form)
        assert answer.status_code == status, form
        assert answer.headers["content-type"].startswith("text/html")
        assert 'id="minted"' not in answer.text


async def test_a_session_does_not_revoke_itself(operator: Browser):
    page = await operator.text("/settings/keys?show=sessions")
    own = re.search(r'id="key-([0-9A-Za-z]+)"', page)
    assert own is not None
    assert (await operator.send(f"/settings/keys/{own[1]}/revoke")).status_code == 403


async def test_a_schedule_is_paused_resumed_and_run_now(
    operator: Browser, api: httpx2.AsyncClient, binding: dict[str, Any]
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
    operator: Browser, api: httpx2.AsyncClient, binding: dict[str, Any], monkeypatch: pytest.MonkeyPatch
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
    operator: Browser, browse: Browse, api: httpx2.AsyncClient
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


async def test_acts_are_told_with_names_and_in_pages(operator: Browser, tenant: Any, monkeypatch: pytest.MonkeyPatch):
    await operator.send("/settings/keys", name="ci", tenant=tenant.slug)
    page = await operator.text("/audit")
    assert "operator in the console" in page
    assert "created <strong>key</strong>" in page
    monkeypatch.setattr("ntro_workspace.console.audit.PAGE_SIZE", 1)
    first = await operator.text(f"/audit?tenant={tenant.slug}")
    older = re.search(r'href="(/audit\?[^"]*cursor=[^"]*)"', first)
    assert older is not None
    assert "Newest" in await operator.text(older[1].replace("&amp;", "&"))


async def test_a_tenants_pages_are_opened_signed_in(operator: Browser, tenant: Any):
    answer = await operator.send(f"/tenants/{tenant.slug}/open")
    assert "http://127.0.0.1:9/sign-in?token=" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_an_address_that_leads_nowhere_leads_back(operator: Browser):
    for address in ("/nonsense", "/settings/nonsense/deep", "/tenants/nonsense", "/runbooks/nonsense"):
        assert 'href="/"' in await operator.text(address, 404)
    assert (await operator.client.get("/fragments/session")).status_code == 204
    assert (await operator.client.get("/favicon.ico")).headers["content-type"].startswith("image/svg")
    assert (await operator.client.get("/v1/nonsense")).json()["code"] == "not_found"
