"""What is offered is what is written down: names, hints and schemas; every tool is in the guide."""

import json
from pathlib import Path
from typing import Any

import pytest

from ntro_mcp.caller import ConfiguredCaller
from ntro_mcp.reference import reference
from ntro_mcp.server import create_server

ROOT = Path(__file__).parents[3]
PUBLISHED = {
    "ntro_whoami": set(),
    "ntro_integration_create": {"name", "provider", "region", "config", "ownership"},
    "ntro_integration_test": {"id"},
    "ntro_tenant_create": {"name", "slug", "data_platform_config_id"},
    "ntro_entity_create": {"tenant_id", "name", "slug", "type", "jurisdiction", "currency", "schema"},
    "ntro_workflow_create": {"name", "description", "tenant_id", "schedule", "timezone"},
    "ntro_workflow_deploy": {"workflow_id", "workflow_version_id", "tenant_id", "entity_id"},
    "ntro_workflow_run": {"tenant_id", "workflow_id", "entity_id", "period", "priority", "dry_run"},
}
"""Tools of the published server and the arguments that its users write."""

NAMED_ELSEWHERE = [
    "ntro_agent_create",
    "ntro_agent_list",
    "ntro_agent_get",
    "ntro_agent_delete",
    "ntro_agent_create_version",
    "ntro_workflow_update",
    "ntro_task_get",
    "ntro_task_next_step",
    "ntro_task_approve",
    "ntro_task_reject",
    "ntro_task_file_ingest",
    "ntro_task_data_ingest",
    "ntro_document_submit",
    "ntro_runbook_get",
    "ntro_steps_define",
    "ntro_steps_progress",
    "ntro_steps_request_file",
    "ntro_steps_request_approval",
    "ntro_tasks_get_period",
    "ntro_tasks_list_events",
    "ntro_tasks_list_files",
]
RESOURCES = [
    "whoami",
    "integrations",
    "integrations/{id}",
    "integrations/{id}/schemas",
    "tenants",
    "tenants/{slug}",
    "entities",
    "workflows",
    "workflows/{id}",
    "tasks/{id}",
    "schedule",
]
PROMPTS = {
    "onboard_spv": ["tenant_slug", "spv_name", "jurisdiction", "currency"],
    "run_nav": ["tenant_slug", "entity_slug", "period"],
    "platform_status": [],
}


@pytest.fixture
async def tools() -> dict[str, Any]:
    listed = await create_server(ConfiguredCaller(), authoring=True).list_tools()
    return {tool.name: tool for tool in listed}


async def test_what_is_offered_is_what_the_committed_reference_says() -> None:
    # A difference is a change of the contract: python -m ntro_mcp.reference > docs/reference/mcp.json
    assert json.loads((ROOT / "docs" / "reference" / "mcp.json").read_text()) == await reference()


def test_published_tools_take_the_arguments_that_their_users_write(tools: dict[str, Any]) -> None:
    for name, arguments in PUBLISHED.items():
        assert arguments <= set(tools[name].input_schema["properties"]), name


def test_tools_that_the_product_speaks_of_are_there(tools: dict[str, Any]) -> None:
    assert set(NAMED_ELSEWHERE) <= set(tools)


def test_every_tool_says_all_hints_its_title_its_arguments_and_its_answer(tools: dict[str, Any]) -> None:
    for tool in tools.values():
        hints = tool.annotations.model_dump(exclude={"title"})
        assert None not in hints.values(), tool.name
        assert tool.title
        assert tool.description
        assert tool.output_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        described = [given.get("description") for given in tool.input_schema["properties"].values()]
        assert all(described), tool.name


def test_what_only_reads_is_marked_so_and_what_signs_or_removes_is_marked_destructive(tools: dict[str, Any]) -> None:
    destructive = {name for name, tool in tools.items() if tool.annotations.destructive_hint}
    assert {"ntro_agent_delete", "ntro_task_approve", "ntro_task_reject", "ntro_runbook_deploy"} <= destructive
    for name, tool in tools.items():
        if name.endswith(("_get", "_list", "_watch", "_plan", "_validate", "_next_step", "_whoami")):
            assert tool.annotations.read_only_hint, name


async def test_resources_and_prompts_of_the_published_server_are_there() -> None:
    found = await reference()
    uris = {item["uri"] for item in found["resources"]} | {item["uriTemplate"] for item in found["resourceTemplates"]}
    prompts = {item["name"]: [given["name"] for given in item.get("arguments", [])] for item in found["prompts"]}
    assert {f"ntro://{path}" for path in RESOURCES} <= uris
    assert prompts.items() >= PROMPTS.items()


async def test_every_tool_resource_and_prompt_is_in_the_guide(tools: dict[str, Any]) -> None:
    guide = (ROOT / "docs" / "guide" / "mcp.md").read_text()
    found = await reference()
    names = [*tools, *(item["name"] for item in found["prompts"]), *(item["uri"] for item in found["resources"])]
    names += [item["uriTemplate"] for item in found["resourceTemplates"]]
    assert [name for name in names if f"`{name}`" not in guide] == []
