"""The server as a process: every tool over stdio and over HTTP, and who is let in over HTTP."""

import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from mcp.client import Client as McpClient
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

PROGRAM = str(Path(sys.executable).with_name("ntro-mcp"))
ROOT = Path(__file__).parents[3]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}
NEEDS_A_PLATFORM = {"ntro_integration_schemas"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment without any setting of ours, and with a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NTRO_")}
    return kept | {"NTRO_HOME": str(tmp_path_factory.mktemp("home"))}


@pytest.fixture(scope="module")
def http_server(world: Any, environment: dict[str, str]) -> Iterator[str]:
    """The address of a server that was started to be reached over HTTP, with all its tools."""
    words = ["--ntro-host", world.workspace, "--authoring", "--allow-origin", "https://tools.example.com"]
    # The key of the server's own connection must never help a caller.
    with started(words, environment | {"NTRO_API_KEY": world.admin_key}) as address:
        yield address


@contextmanager
def started(words: list[str], environment: dict[str, str]) -> Iterator[str]:
    """A server over HTTP, as a process."""
    port = free_port()
    words = [PROGRAM, "--transport", "http", "--port", str(port), *words]
    with subprocess.Popen(words, env=environment) as process:
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


@asynccontextmanager
async def over_stdio(world: Any, environment: dict[str, str], key: str) -> AsyncIterator[McpClient]:
    own = environment | {"NTRO_HOST": world.workspace, "NTRO_API_KEY": key, "NTRO_TASK_ID": ""}
    async with McpClient(StdioServerParameters(command=PROGRAM, args=["--transport", "stdio"], env=own)) as client:
        yield client


@asynccontextmanager
async def over_http(address: str, key: str, **headers: str) -> AsyncIterator[McpClient]:
    named = {name.replace("_", "-"): value for name, value in headers.items()} | {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=named, timeout=60) as http,
        McpClient(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
    ):
        yield client


async def test_every_tool_answers_over_stdio(
    world: Any, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ntro_workspace.runbooks.api.DEPLOY_WAIT_SECONDS", 0.5)
    async with over_stdio(world, environment, world.admin_key) as client:
        await call_everything(client, world, tmp_path)


async def test_every_tool_answers_over_http(
    world: Any, http_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ntro_workspace.runbooks.api.DEPLOY_WAIT_SECONDS", 0.5)
    async with over_http(http_server, world.admin_key) as client:
        await call_everything(client, world, tmp_path)


async def test_each_caller_over_http_works_with_its_own_key(world: Any, http_server: str, agent_key: str) -> None:
    async with over_http(http_server, world.admin_key) as operator, over_http(http_server, agent_key) as agent:
        asked = [operator.call_tool("ntro_whoami", {}), agent.call_tool("ntro_whoami", {})] * 5
        found = [answer.structured_content["kind"] for answer in await asyncio.gather(*asked)]
    assert found == ["admin", "agent"] * 5


async def test_the_task_of_a_session_over_http_is_in_a_header(
    world: Any, http_server: str, registered_agent: dict[str, Any]
) -> None:
    task = await world.task()
    await world.invoke(registered_agent, task)
    async with over_http(http_server, registered_agent["apiKey"], Ntro_Task=task) as agent:
        answer = await agent.call_tool("ntro_tasks_get_period", {})
    assert answer.structured_content == {"taskId": task, "period": "2026-03"}


async def test_a_revoked_key_is_refused_at_its_next_request(world: Any, http_server: str) -> None:
    made = world.make("/workspace/keys", {"name": uuid4().hex, "kind": "tenant", "tenantId": world.tenant})
    key = {"Authorization": f"Bearer {made['apiKey']}", **ACCEPT}
    assert httpx2.post(f"{http_server}/mcp", json=INITIALIZE, headers=key).status_code == 200
    with world.http as http:
        assert http.delete(f"/workspace/keys/{made['id']}").status_code < 300
    assert httpx2.post(f"{http_server}/mcp", json=INITIALIZE, headers=key).status_code == 401


def test_without_a_valid_key_nobody_is_let_in_and_is_told_where_keys_come_from(world: Any, http_server: str) -> None:
    for headers in ({}, {"Authorization": "Bearer ntro_admin_wrong"}, {"Authorization": "Basic eDp5"}):
        refused = httpx2.post(f"{http_server}/mcp", json=INITIALIZE, headers=ACCEPT | headers)
        assert refused.status_code == 401
        place = refused.headers["www-authenticate"].split('resource_metadata="')[1].rstrip('"')
        told = httpx2.get(place).json()
        assert told["resource"] == f"{http_server}/mcp"
        assert told["authorization_servers"] == [world.workspace.removesuffix("/v1")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example.com"}, 421),
        ({"Origin": "https://tools.example.com"}, 200),
    ],
)
def test_a_page_calls_only_from_an_origin_that_is_allowed(
    world: Any, http_server: str, headers: dict[str, str], status: int
) -> None:
    key = {"Authorization": f"Bearer {world.admin_key}", **ACCEPT}
    answer = httpx2.post(f"{http_server}/mcp", json=INITIALIZE, headers=key | headers)
    assert answer.status_code == status


def test_a_body_above_the_limit_is_refused(world: Any, http_server: str) -> None:
    key = {"Authorization": f"Bearer {world.admin_key}", **ACCEPT}
    body = json.dumps(INITIALIZE | {"padding": "x" * (16 * 1024 * 1024)})
    sent = httpx2.post(f"{http_server}/mcp", content=body, headers=key | {"Content-Type": "application/json"})
    assert sent.status_code == 413


def test_a_workspace_that_is_away_is_not_taken_for_a_wrong_key(environment: dict[str, str]) -> None:
    with started(["--ntro-host", f"http://127.0.0.1:{free_port()}/v1"], environment) as address:
        key = {"Authorization": "Bearer ntro_admin_any", **ACCEPT}
        answer = httpx2.post(f"{address}/mcp", json=INITIALIZE, headers=key)
    assert (answer.status_code, answer.json()["error"]) == (503, "connection_refused")


async def test_a_server_for_others_offers_and_reads_nothing_of_its_own_machine(
    world: Any, environment: dict[str, str]
) -> None:
    task = await world.task()
    calls = {
        "ntro_task_file_ingest": {"task_id": task, "path": "/etc/hostname"},
        "ntro_runbook_plan": {"path": str(ROOT / "runbooks" / "nav-monthly"), "tenant_id": world.tenant},
        "ntro_runbook_scaffold": {"slug": "x-y", "path": "/tmp"},
    }
    with started(["--ntro-host", world.workspace], environment) as address:
        async with over_http(address, world.admin_key) as client:
            offered = {tool.name for tool in (await client.list_tools()).tools}
            refused = [await client.call_tool(name, given) for name, given in calls.items()]
    assert offered.isdisjoint({"ntro_runbook_test", "ntro_runbook_validate"})
    assert [answer.meta["ntro/error"]["code"] for answer in refused] == ["local_only"] * 3


async def call_everything(client: McpClient, world: Any, folder: Path) -> None:
    """Calls each tool once, in an order in which it must succeed, and reads all lists."""
    offered = {tool.name for tool in (await client.list_tools()).tools}
    called = set()
    async for name, arguments in calls(client, world, folder):
        answer = await client.call_tool(name, arguments)
        assert not answer.is_error, (name, answer.content)
        assert answer.structured_content is not None
        called.add(name)
    assert called == offered - NEEDS_A_PLATFORM
    assert (await client.list_resources()).resources
    assert (await client.list_resource_templates()).resource_templates
    assert (await client.list_prompts()).prompts


async def calls(client: McpClient, world: Any, folder: Path) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    async for call in workspace_calls(client, world):
        yield call
    async for call in task_calls(world):
        yield call
    for call in authoring_calls(world, folder):
        yield call


async def workspace_calls(client: McpClient, world: Any) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    slug = f"x{uuid4().hex[:10]}"
    tenant = {"tenant_id": world.tenant}
    platform = await made(
        client, "ntro_integration_create", name=slug, provider="SNOWFLAKE", region="eu", config={"account": "a"}
    )
    agent = await made(client, "ntro_agent_create", name=slug, kind="claude_managed", external_ref="a", **tenant)
    bound = {"name": slug, "runbook_slug": "nav-monthly", "entity_id": world.entity, **tenant}
    workflow = await made(client, "ntro_workflow_create", **bound)
    yield "ntro_whoami", {}
    yield "ntro_integration_create", {"name": f"{slug}b", "provider": "SNOWFLAKE", "region": "eu", "config": {}}
    yield "ntro_integration_test", {"id": platform["id"]}
    yield "ntro_tenant_create", {"name": slug, "slug": slug}
    yield "ntro_tenant_list", {}
    yield "ntro_entity_create", {"name": slug, "slug": slug, **tenant}
    yield "ntro_entity_list", tenant
    yield "ntro_agent_create", {"name": f"{slug}b", "kind": "claude_managed", "external_ref": "a", **tenant}
    yield "ntro_agent_list", tenant
    yield "ntro_agent_get", {"agent_id": agent["id"]}
    yield "ntro_agent_create_version", {"agent_id": agent["id"]}
    yield "ntro_agent_delete", {"agent_id": agent["id"]}
    yield "ntro_runbook_get", {"slug": "nav-monthly"}
    yield "ntro_runbook_list", {}
    yield "ntro_runbook_feedback", {"slug": "nav-monthly", "feedback": "Shorter."}
    yield "ntro_runbook_feedback_list", {"slug": "nav-monthly"}
    yield "ntro_corrections_list", tenant
    yield "ntro_workflow_create", bound | {"name": f"{slug}b"}
    yield "ntro_workflow_list", {}
    yield "ntro_workflow_update", {"workflow_id": workflow["id"], "description": "x"}
    yield "ntro_workflow_deploy", {"workflow_id": workflow["id"], "workflow_version_id": "current"}
    yield "ntro_workflow_run", {"workflow_id": workflow["id"], **tenant}


async def task_calls(world: Any) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    review, upload = await world.task(status="BLOCKED"), await world.task(status="BLOCKED")
    await world.gate(review)
    await world.file_gate(upload, "bank")
    content = {"filename": "a.csv", "content_base64": base64.b64encode(b"a;b").decode()}
    asked = {"task_id": review, "step_id": "a", "wait_seconds": 0}
    yield "ntro_task_get", {"task_id": review}
    yield "ntro_task_next_step", {"task_id": review}
    yield "ntro_tasks_get_period", {"task_id": review}
    yield "ntro_task_approve", {"task_id": review}
    yield "ntro_task_reject", {"task_id": review}
    yield "ntro_steps_define", {"task_id": review, "steps": [{"id": "a", "title": "A"}]}
    yield "ntro_steps_progress", {"task_id": review, "step_id": "a"}
    yield "ntro_steps_request_file", asked | {"source": "tb", "schema": "tb"}
    yield "ntro_steps_request_approval", asked | {"payload": {}}
    yield "ntro_run_watch", {"task_id": review}
    yield "ntro_tasks_list_events", {"task_id": review}
    yield "ntro_document_submit", {"task_id": upload, "source": "bank", **content}
    yield "ntro_task_file_ingest", {"task_id": upload, **content}
    yield "ntro_task_data_ingest", {"task_id": upload, "data": {"amount": "1.10"}}
    yield "ntro_tasks_list_files", {"task_id": upload}


def authoring_calls(world: Any, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    tenant = {"tenant_id": world.tenant}
    runbook = str(ROOT / "runbooks" / "document-ingest")
    yield "ntro_runbook_scaffold", {"slug": "from-nothing", "path": str(folder)}
    yield "ntro_runbook_validate", {"path": runbook}
    yield "ntro_runbook_test", {"path": runbook, "scenarios": ["happy"]}
    yield "ntro_runbook_plan", {"path": runbook, **tenant}
    yield "ntro_runbook_deploy", {"path": runbook, **tenant}


async def made(client: McpClient, name: str, /, **arguments: Any) -> dict[str, Any]:
    answer = await client.call_tool(name, arguments)
    assert not answer.is_error, answer.content
    found: dict[str, Any] = answer.structured_content
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[Any]) -> None:
    pause = threading.Event()
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "the server did not start"
        pause.wait(0.05)
    raise AssertionError("the server did not start in time")
