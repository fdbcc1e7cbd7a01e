"""Resources and prompts: what a client can read, as JSON, with errors that say what is wrong."""

import json
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS


async def read(agent: Any, uri: str) -> Any:
    found = await agent.client.read_resource(uri)
    return json.loads(found.contents[0].text)


async def test_every_resource_of_the_workspace_can_be_read(world: Any) -> None:
    task = await world.task()
    async with world.agent() as agent:
        platform = await agent.call(
            "ntro_integration_create", name="res", provider="GCP_BIGQUERY", region="eu", config={}
        )
        lists = {
            name: await read(agent, f"ntro://{name}")
            for name in ("integrations", "tenants", "entities", "workflows", "schedule", "runbooks")
        }
        assert (await read(agent, "ntro://whoami"))["orgId"]
        assert (await read(agent, f"ntro://integrations/{platform['id']}"))["provider"] == "GCP_BIGQUERY"
        tenant = await read(agent, f"ntro://tenants/{world.tenant}")
        assert (await read(agent, f"ntro://workflows/{world.workflow_id}"))["name"] == world.workflow
        assert (await read(agent, f"ntro://tasks/{task}"))["id"] == task
        runbook = await read(agent, "ntro://runbooks/document-ingest")
        skill = await agent.client.read_resource("ntro://skills/nav-monthly")
    assert all(isinstance(rows, list) for rows in lists.values())
    assert world.entity in [row["slug"] for row in tenant["entities"]]
    assert "templates/workflow.py" in [file["path"] for file in runbook["files"]]
    assert skill.contents[0].text.startswith("---")


@pytest.mark.parametrize("uri", ["ntro://tenants/nobody", "ntro://skills/nothing", "ntro://nowhere"])
async def test_what_is_not_there_is_an_error_of_the_protocol(world: Any, uri: str) -> None:
    async with world.agent() as agent:
        with pytest.raises(MCPError) as caught:
            await agent.client.read_resource(uri)
    assert caught.value.error.code == INVALID_PARAMS


async def test_another_error_is_told_with_its_code(world: Any) -> None:
    async with world.agent(key="ntro_admin_wrong") as agent:
        with pytest.raises(MCPError) as caught:
            await agent.client.read_resource("ntro://tenants")
    assert "unauthenticated" in caught.value.error.message


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("author_runbook", {"slug": "capital-call", "purpose": "Calls capital.", "tenant_slug": "acme"}),
        ("onboard_spv", {"tenant_slug": "acme", "spv_name": "Acme SPV 9"}),
        ("run_nav", {"tenant_slug": "acme", "entity_slug": "spv1", "period": "2026-03"}),
        ("platform_status", {}),
    ],
)
async def test_a_prompt_names_what_it_was_given_and_tools_that_there_are(
    world: Any, name: str, given: dict[str, str]
) -> None:
    async with world.agent() as agent:
        found = await agent.client.get_prompt(name, given)
        tools = {tool.name for tool in (await agent.client.list_tools()).tools}
    text = found.messages[0].content.text
    assert all(value in text for value in given.values())
    named = {word.strip(".,;:()") for word in text.split() if word.startswith("ntro_")}
    assert named <= tools
