"""Tools of Workspace, against a real one: platforms, tenants, entities, agents, workflows, runs."""

from typing import Any
from uuid import uuid4

from pytest_httpserver import HTTPServer


def fresh() -> str:
    return f"x{uuid4().hex[:10]}"


async def test_the_caller_is_named_with_what_its_key_may_do(world: Any, agent_key: str) -> None:
    async with world.agent() as agent:
        assert "read" in (await agent.call("ntro_whoami"))["scopes"]
    async with world.agent(key=agent_key) as agent:
        found = await agent.call("ntro_whoami")
    assert (found["kind"], found["tenantId"]) == ("agent", world.tenant_id)


async def test_a_wrong_key_is_told_with_its_code_and_a_hint(world: Any) -> None:
    async with world.agent(key="ntro_admin_wrong") as agent:
        refused = await agent.fail("ntro_whoami")
    assert (refused["code"], refused["status"], bool(refused["hint"])) == ("unauthenticated", 401, True)


async def test_a_data_platform_is_registered_without_echoing_its_secret(world: Any) -> None:
    async with world.agent() as agent:
        config = {"workspaceUrl": "http://127.0.0.1:9", "catalog": "main", "clientSecret": "s3cret"}
        made = await agent.call(
            "ntro_integration_create", name=fresh(), provider="DATABRICKS", region="uksouth", config=config
        )
        tried = await agent.call("ntro_integration_test", id=made["id"])
    assert "s3cret" not in str(made)
    assert isinstance(tried["success"], bool)


async def test_a_tenant_needs_no_data_platform_and_takes_it_from_the_config_it_names(world: Any) -> None:
    async with world.agent() as agent:
        managed = await agent.call("ntro_tenant_create", name="Managed", slug=fresh())
        config = {"account": "acme"}
        platform = await agent.call(
            "ntro_integration_create", name=fresh(), provider="SNOWFLAKE", region="eu", config=config
        )
        named = await agent.call(
            "ntro_tenant_create", name="Named", slug=fresh(), data_platform_config_id=platform["id"]
        )
    assert (managed["dataPlatform"], named["dataPlatform"]) == ("managed-postgres", "snowflake")


async def test_lists_come_in_pages_that_together_are_the_whole(world: Any) -> None:
    async with world.agent() as agent:
        for number in range(3):
            slug = fresh()
            await agent.call("ntro_entity_create", tenant_id=world.tenant, name=f"SPV {slug}", slug=slug, type="SPV")
            assert number < 3
        whole = await agent.call("ntro_entity_list", tenant_id=world.tenant, limit=200)
        found, cursor = [], None
        while True:
            page = await agent.call("ntro_entity_list", tenant_id=world.tenant, limit=2, cursor=cursor)
            assert len(page["items"]) <= 2
            found += page["items"]
            if (cursor := page["nextCursor"]) is None:
                break
        stale = await agent.fail("ntro_entity_list", tenant_id=world.tenant, cursor="bm90aGluZw==")
    assert found == whole["items"]
    assert stale["code"] == "usage"


async def test_an_agent_is_registered_listed_versioned_and_removed(world: Any) -> None:
    async with world.agent() as agent:
        made = await agent.call(
            "ntro_agent_create",
            name=fresh(),
            path="anthropic://agents/agent_01Sx",
            tenant_id=world.tenant,
        )
        version = await agent.call("ntro_agent_create_version", agent_id=made["id"], changelog="first")
        listed = await agent.call("ntro_agent_list", tenant_id=world.tenant, limit=200)
        shown = await agent.call("ntro_agent_get", agent_id=made["id"])
        gone = await agent.call("ntro_agent_delete", agent_id=made["id"])
        missing = await agent.fail("ntro_agent_get", agent_id=made["id"])
    assert (made["kind"], made["externalRef"], bool(made["apiKey"])) == ("claude_managed", "agent_01Sx", True)
    assert "apiKey" not in shown
    assert made["id"] in [row["id"] for row in listed["items"]]
    assert (version["version"], shown["versions"][-1]["changelog"]) == (1, "first")
    assert (gone["deletedId"], missing["code"]) == (made["id"], "not_found")


async def test_a_workflow_is_bound_changed_and_moved_between_versions(world: Any) -> None:
    async with world.agent() as agent:
        made = await agent.call(
            "ntro_workflow_create",
            name=fresh(),
            runbook_slug="nav-monthly",
            entity_id=world.entity,
            tenant_id=world.tenant,
            schedule="0 8 5 * *",
        )
        quiet = await agent.call("ntro_workflow_update", workflow_id=made["id"], schedule="", description="by hand")
        nothing = await agent.fail("ntro_workflow_update", workflow_id=made["id"])
        unknown = await agent.fail("ntro_workflow_deploy", workflow_id=made["id"], workflow_version_id="9.9.9")
        follows = await agent.call(
            "ntro_workflow_deploy",
            workflow_id=made["id"],
            workflow_version_id="current",
            tenant_id=world.tenant,
            entity_id=world.entity,
        )
        foreign = await agent.fail(
            "ntro_workflow_deploy", workflow_id=made["id"], workflow_version_id="current", entity_id="spv9"
        )
    assert (made["entityId"], made["timezone"], bool(made["nextRuns"])) == (world.entity_id, "Europe/London", True)
    assert (quiet["schedule"], quiet["description"]) == (None, "by hand")
    assert (nothing["code"], unknown["code"], foreign["code"]) == ("usage", "not_found", "usage")
    assert follows["runbookVersion"] is None


async def test_a_run_is_started_and_a_bounded_wait_leaves_a_handle(world: Any) -> None:
    async with world.agent() as agent:
        started = await agent.call(
            "ntro_workflow_run",
            workflow_id=world.workflow,
            tenant_id=world.tenant,
            period="2026-04",
            dry_run=True,
            wait_seconds=1,
        )
        nowhere = await agent.fail("ntro_workflow_run", workflow_id=world.workflow)
    assert (started["state"], started["task"]["period"]) == ("pending", "2026-04")
    assert started["pollAfterMs"] > 0
    assert started["link"].endswith(started["task"]["id"])
    assert nowhere["code"] == "usage"


async def test_a_runbook_is_shown_with_its_code_where_that_is_asked_for(world: Any) -> None:
    async with world.agent() as agent:
        head = await agent.call("ntro_runbook_get", slug="nav-monthly")
        whole = await agent.call("ntro_runbook_get", slug="nav-monthly", include_files=True)
        listed = await agent.call("ntro_runbook_list", search="nav")
        remark = await agent.call("ntro_runbook_feedback", slug="nav-monthly", feedback="Say which bank.")
    assert (head["files"], bool(head["runbook"]["steps"])) == ([], True)
    assert "templates/workflow.py" in [file["path"] for file in whole["files"]]
    assert "nav-monthly" in [row["slug"] for row in listed["items"]]
    assert remark["feedback"] == "Say which bank."


async def test_nothing_of_a_gate_is_in_what_workspace_tools_and_resources_say(world: Any) -> None:
    task = await world.task(status="BLOCKED")
    await world.gate(task, payload={"nav": "canary-77.19"}, reason="canary-77.19")
    async with world.agent() as agent:
        read = await agent.client.read_resource(f"ntro://tasks/{task}")
        schedule = await agent.client.read_resource("ntro://schedule")
        cell = await agent.call("ntro_task_next_step", task_id=task)
    assert "canary-77.19" not in f"{read}{schedule}"
    assert "canary-77.19" in str(cell)


async def test_an_agents_key_reaches_its_own_tenant_only(world: Any, agent_key: str) -> None:
    async with world.agent() as agent:
        other = await agent.call("ntro_tenant_create", name="Other", slug=fresh())
    async with world.agent(key=agent_key) as agent:
        listed = await agent.call("ntro_tenant_list")
        refused = await agent.fail("ntro_entity_create", tenant_id=other["id"], name="X", slug=fresh())
    assert [row["id"] for row in listed["items"]] == [world.tenant_id]
    assert refused["status"] in {403, 404}


async def test_an_unknown_argument_is_refused_and_not_dropped(world: Any) -> None:
    async with world.agent() as agent:
        refused = await agent.fail("ntro_tenant_create", name="X", slug="y", data_platfrom="snowflake")
    assert refused["code"] == "invalid"


async def test_schemas_of_a_data_platform_come_in_pages(httpserver: HTTPServer, connected: Any) -> None:
    rows = [{"name": f"s{number}", "tables": ["t"]} for number in range(3)]
    httpserver.expect_request("/v1/workspace/data/p/schemas").respond_with_json(rows)
    async with connected(httpserver.url_for("/v1")) as agent:
        first = await agent.call("ntro_integration_schemas", id="p", limit=2)
        rest = await agent.call("ntro_integration_schemas", id="p", limit=2, cursor=first["nextCursor"])
    assert [row["name"] for row in first["items"] + rest["items"]] == ["s0", "s1", "s2"]
    assert rest["nextCursor"] is None


async def test_an_answer_that_is_none_of_the_contract_is_told_as_such(httpserver: HTTPServer, connected: Any) -> None:
    httpserver.expect_request("/v1/me").respond_with_data("<html>", content_type="text/html")
    async with connected(httpserver.url_for("/v1")) as agent:
        refused = await agent.fail("ntro_whoami")
    assert refused["code"] == "unexpected_answer"
