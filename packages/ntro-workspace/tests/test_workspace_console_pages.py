"""What each page of the console shows, and what none ever does."""

import re
from typing import Any
from uuid import uuid4

import httpx2
import pytest

CANARY = '<script>alert("x")</script>'
PAGES = (
    *("/", "/runs", "/workflows", "/runbooks", "/tenants", "/agents", "/settings/keys", "/settings/people", "/audit"),
    *("/fragments/overview", "/fragments/runs"),
)


async def test_an_empty_workspace_says_what_to_type(operator: Any):
    for address, line in (
        ("/", "ntro tenant create"),
        ("/runs", "ntro workflow run"),
        ("/workflows", "ntro workflow create"),
        ("/runbooks", "ntro workflow create"),
        ("/tenants", "ntro tenant create"),
        ("/agents", "ntro agent create"),
    ):
        assert line in await operator.text(address), address


async def test_no_name_is_ever_markup(operator: Any, api: httpx2.AsyncClient, tenant: Any, code_of: Any, cell: Any):
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


async def test_secrets_of_a_config_are_not_shown(operator: Any, api: httpx2.AsyncClient, tenant: Any):
    config = {"ai": {"provider": "ANTHROPIC", "apiKey": "very-secret"}, "tags": ["a", "b"], "on": True, "off": None}
    await api.patch(f"/workspace/tenants/{tenant.slug}", json={"config": config})
    page = await operator.text(f"/tenants/{tenant.slug}")
    assert "ai.provider" in page
    assert "sealed for the cell" in page
    assert "very-secret" not in page
    assert (await operator.text(f"/tenants/{tenant.id}")).count("<dt>") == page.count("<dt>")


async def test_runs_are_found_by_state_tenant_workflow_and_period(
    operator: Any, api: httpx2.AsyncClient, binding: dict[str, Any], tenant: Any
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
    operator: Any, api: httpx2.AsyncClient, binding: dict[str, Any], tenant: Any, monkeypatch: pytest.MonkeyPatch
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
    operator: Any,
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
    operator: Any, api: httpx2.AsyncClient, cell: Any, bundle: Any
):
    await api.post("/runbooks/broken/deploy", json=bundle(cell.slug))
    good = await api.post("/runbooks/nav-monthly/deploy", json=bundle(cell.slug, version="2.0.0"))
    assert good.status_code == 201
    deployed = await operator.text("/runbooks/nav-monthly")
    assert "2.0.0" in deployed
    assert cell.slug in deployed
    await operator.text("/runbooks/broken", 404)
    assert "missing" not in deployed
