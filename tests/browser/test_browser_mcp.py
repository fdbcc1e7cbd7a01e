"""Through MCP alone an agent writes a runbook that is none of ours and runs it to its gate; a person signs there."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from mcp.client import Client as McpClient
from mcp.client.stdio import StdioServerParameters
from playwright.sync_api import expect

T = TypeVar("T")
pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(900)]
TENANT = "demo"
SKILL = """---
slug: capital-call
name: Capital call
version: 0.1.0
steps:
  - {id: notice, label: Upload the notice, component: FILE_UPLOAD}
  - {id: compute, label: Compute the call, component: LOADING}
  - {id: sign, label: Sign the call, component: APPROVAL}
---
Calls capital from investors: the notice is uploaded, the call computed and signed.
"""


@asynccontextmanager
async def an_agent(stack: Any) -> AsyncIterator[McpClient]:
    """A coding agent whose server runs as its own process, on the connection that the stack made."""
    program = str(Path(sys.executable).with_name("ntro-mcp"))
    async with McpClient(StdioServerParameters(command=program, env=stack.environment)) as client:
        yield client


async def call(agent: McpClient, name: str, /, **arguments: Any) -> dict[str, Any]:
    answer = await agent.call_tool(name, arguments)
    assert not answer.is_error, (name, answer.content)
    found: dict[str, Any] = answer.structured_content
    return found


async def until(agent: McpClient, name: str, wanted: str, /, **arguments: Any) -> dict[str, Any]:
    """Calls a tool with bounded waits again until its state is the wanted one; ten minutes at most."""
    async with asyncio.timeout(600):
        while True:
            found = await call(agent, name, **arguments)
            if found["state"] == wanted:
                return found
            assert found["state"] != "failed", found
            await asyncio.sleep(0.2)


def test_an_agent_writes_a_runbook_and_a_person_signs_its_gate(
    desk: Any, office: Any, stack: Any, tmp_path: Path
) -> None:
    assert office.home == stack.home
    prepared = run(written_and_run_to_its_gate(stack, tmp_path))
    page = desk.person("Ruth Reviewer", "reviewer")
    page.goto(prepared["link"])
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("approved by Ruth Reviewer")
    run(watched_to_its_end(stack, prepared["taskId"]))


def run(work: Coroutine[Any, Any, T]) -> T:
    """What `work` comes to, in a thread of its own: the browser has an event loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


async def written_and_run_to_its_gate(stack: Any, folder: Path) -> dict[str, Any]:
    """What the agent prepared for a person to sign."""
    slug = f"call-{uuid4().hex[:8]}"
    async with an_agent(stack) as agent:
        made = await call(agent, "ntro_runbook_scaffold", slug=slug, path=str(folder), definition=SKILL)
        bundle = made["folder"]
        assert (await call(agent, "ntro_runbook_validate", path=bundle))["ok"]
        assert (await call(agent, "ntro_runbook_test", path=bundle))["ok"]
        plan = await call(agent, "ntro_runbook_plan", path=bundle, tenant_id=TENANT)
        assert (plan["knownVersion"], plan["following"]) == (None, [])
        await until(agent, "ntro_runbook_deploy", "deployed", path=bundle, tenant_id=TENANT)
        entity = {"tenant_id": TENANT, "name": f"SPV {slug}", "slug": slug, "currency": "GBP"}
        await call(agent, "ntro_entity_create", **entity)
        await call(agent, "ntro_workflow_create", name=slug, runbook_slug=slug, entity_id=slug, tenant_id=TENANT)
        task = (await call(agent, "ntro_workflow_run", workflow_id=slug, tenant_id=TENANT, period="2026-03"))["task"]
        await hand_in(agent, task["id"])
        step = await next_step(agent, task["id"], "review")
        prepared = await call(agent, "ntro_task_approve", task_id=task["id"], reason="It adds up")
    assert (prepared["state"], prepared["gateId"]) == ("needs_person", step["id"])
    return prepared


async def watched_to_its_end(stack: Any, task: str) -> None:
    async with an_agent(stack) as agent:
        await until(agent, "ntro_run_watch", "completed", task_id=task)


async def hand_in(agent: McpClient, task: str) -> None:
    """Answers the gate for the notice."""
    await next_step(agent, task, "submit_file")
    document = {"filename": "notice.csv", "content_base64": "YTtiCjE7Mgo="}
    await call(agent, "ntro_document_submit", task_id=task, **document)


async def next_step(agent: McpClient, task: str, wanted: str) -> dict[str, Any]:
    async with asyncio.timeout(300):
        while True:
            found = await call(agent, "ntro_task_next_step", task_id=task, wait_seconds=20)
            if found["action"] == wanted:
                return found
            assert found["action"] in {"wait", "submit_file"}, found
            await asyncio.sleep(0.2)
