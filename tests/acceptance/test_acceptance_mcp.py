"""Through MCP alone an agent writes a runbook that is none of ours and runs it to its gate; a person signs it there."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from mcp.client import Client as McpClient
from mcp.client.stdio import StdioServerParameters

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
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


async def test_an_agent_writes_a_runbook_and_a_person_signs_its_gate(stack: Any, doors: Any, tmp_path: Path) -> None:
    slug = f"call-{uuid4().hex[:8]}"
    async with an_agent(stack) as agent:
        made = await call(agent, "ntro_runbook_scaffold", slug=slug, path=str(tmp_path), definition=SKILL)
        folder = made["folder"]
        assert (await call(agent, "ntro_runbook_validate", path=folder))["ok"]
        assert (await call(agent, "ntro_runbook_test", path=folder))["ok"]
        plan = await call(agent, "ntro_runbook_plan", path=folder, tenant_id=TENANT)
        assert (plan["knownVersion"], plan["following"]) == (None, [])
        await until(agent, "ntro_runbook_deploy", "deployed", path=folder, tenant_id=TENANT)
        entity = {"tenant_id": TENANT, "name": f"SPV {slug}", "slug": slug, "currency": "GBP"}
        await call(agent, "ntro_entity_create", **entity)
        await call(agent, "ntro_workflow_create", name=slug, runbook_slug=slug, entity_id=slug, tenant_id=TENANT)
        task = (await call(agent, "ntro_workflow_run", workflow_id=slug, tenant_id=TENANT, period="2026-03"))["task"]
        await hand_in(agent, task["id"])
        step = await next_step(agent, task["id"], "review")
        prepared = await call(agent, "ntro_task_approve", task_id=task["id"], reason="It adds up")
        assert (prepared["state"], prepared["gateId"]) == ("needs_person", step["id"])
        await sign(doors, task["id"], prepared)
        await until(agent, "ntro_run_watch", "completed", task_id=task["id"])


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


async def sign(doors: Any, task: str, prepared: dict[str, Any]) -> None:
    """What the page sends when a person signs what was prepared."""
    async with doors.client() as person:
        taken = await person.cell(TENANT).tasks.action(
            task, "approved", gate_id=prepared["gateId"], payload_hash=prepared["payloadHash"]
        )
    assert taken.ok
