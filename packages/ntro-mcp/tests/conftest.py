"""A real Workspace and a real cell in this process, tasks in both, and agents that speak MCP to our server."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mcp.client import Client as McpClient
from mcp_types import CallToolResult
from pydantic import SecretStr, TypeAdapter
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client as TemporalClient

from ntro.workspace import Client
from ntro.workspace.commands import namespace_of
from ntro.workspace.sealing import new_key_pair
from ntro.workspace.wire import StatusBatch, TaskReport, TaskState
from ntro_mcp.caller import ConfiguredCaller
from ntro_mcp.server import create_server
from ntro_server.postgres import register_json
from ntro_tenant.__main__ import migrate
from ntro_tenant.api.app import create_app as create_cell
from ntro_tenant.settings import CellSettings
from ntro_workspace.app import create_app as create_workspace
from ntro_workspace.settings import WorkspaceSettings

ROOT = Path(__file__).parents[3]
ADMIN_KEY = "ntro_admin_chosen_for_these_tests"


@dataclass
class World:
    """One tenant with an entity and a workflow, known to both servers, and the addresses of these."""

    workspace: str
    cell: str
    cell_database: str
    tenant: str
    tenant_id: str
    entity: str
    entity_id: str
    workflow: str
    workflow_id: str
    admin_key: str = ADMIN_KEY
    cell_key: str = ""

    @property
    def http(self) -> httpx2.Client:
        """Workspace, asked with the operator's key."""
        return httpx2.Client(base_url=self.workspace, headers={"Authorization": f"Bearer {ADMIN_KEY}"}, timeout=30)

    def make(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Posts to Workspace and answers what was made."""
        with self.http as http:
            answer = http.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code < 300, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def task(self, *, status: str = "IN_PROGRESS") -> str:
        """A task of the month, known to the cell, as its recorder would have written it, and to Workspace."""
        task = await self.queued_task()
        await self.start(task, status=status)
        await asyncio.to_thread(self._report, task, status)
        return task

    async def queued_task(self) -> str:
        """A task whose start has not reached the cell."""
        body = {"tenantId": self.tenant, "workflowId": self.workflow, "context": {"period": "2026-03"}}
        made = await asyncio.to_thread(self.make, "/workspace/tasks", body)
        return str(made["id"])

    async def start(self, task: str, *, status: str = "IN_PROGRESS") -> None:
        """The cell's rows of a task."""
        await self.sql(
            """insert into system.tasks (id, title, status, entity_id, workflow_id, runbook_slug, period)
               values ($1, 'NAV 2026-03', $2, $3, $4, 'nav-monthly', '2026-03')""",
            UUID(task),
            status,
            UUID(self.entity_id),
            UUID(self.workflow_id),
        )
        await self.sql(
            """insert into system.runs (workflow_id, run_id, task_id, slug, status, steps, started_at)
               values ($1, $2, $3, 'nav-monthly', 'RUNNING', '[]', now())""",
            task,
            str(uuid4()),
            UUID(task),
        )

    def _report(self, task: str, status: str) -> None:
        report = TaskReport(
            task_id=UUID(task),
            seq=1,
            workflow_id=UUID(self.workflow_id),
            entity_id=UUID(self.entity_id),
            runbook="nav-monthly",
            status=TypeAdapter[TaskState](TaskState).validate_python(status),
            at=datetime.now(UTC),
        )
        body = StatusBatch(reports=[report]).model_dump_json()
        headers = {"Authorization": f"Bearer {self.cell_key}", "Content-Type": "application/json"}
        answer = httpx2.post(f"{self.workspace}/internal/status", content=body, headers=headers)
        assert answer.json()["accepted"] == 1, answer.text

    async def gate(self, task: str, **fields: Any) -> str:
        """An open gate of the task; a review where nothing else is said."""
        values = {
            "id": f"{task}/review/{uuid4().hex[:8]}",
            "step_id": "review",
            "kind": "interactive_review",
            "reason": "Sign off",
            "display_hint": {"component": "APPROVAL_FORM", "config": {}},
            "payload": {"nav": "1000000.01"},
            "payload_hash": "a" * 64,
            "args": {},
        } | fields
        marks = ", ".join(f"${number}" for number in range(3, 3 + len(values)))
        await self.sql(
            f"""insert into system.gates (task_id, workflow_id, opened_at, {", ".join(values)})
                values ($1, $2, now(), {marks})""",
            UUID(task),
            task,
            *values.values(),
        )
        return str(values["id"])

    async def file_gate(self, task: str, source: str) -> str:
        """A gate at which the task waits for a document."""
        args = {"source": source, "signal_task_id": task, "signal_name": "document_submitted"}
        return await self.gate(task, kind="submit_file", args=args, step_id="collect", payload_hash=None)

    async def invoke(self, agent: dict[str, Any], task: str) -> None:
        """A session of the agent on the task, as the runbook's worker enters it."""
        await self.sql(
            """insert into system.agent_sessions (agent_id, kind, external_ref, task_id, run_id, call_id, input,
                                                  input_sha256, session_id, state, deadline)
               values ($1, 'claude_managed', 'agent_01', $2, $2, '', '', $3, 's', 'running', now() + interval '1 hour')
            """,
            UUID(agent["id"]),
            task,
            "0" * 64,
        )

    async def sql(self, statement: str, *given: Any) -> list[Any]:
        connection = await asyncpg.connect(self.cell_database)
        try:
            await register_json(connection)
            return list(await connection.fetch(statement, *given))
        finally:
            await connection.close()

    def client(self) -> Client:
        """A person's client."""
        return Client(host=self.workspace, api_key=ADMIN_KEY)

    @asynccontextmanager
    async def agent(self, *, key: str = ADMIN_KEY) -> AsyncIterator["Agent"]:
        """An agent whose MCP server runs in this process."""
        async with agent_of(self.workspace, key) as agent:
            yield agent


@dataclass(frozen=True, slots=True)
class Agent:
    """An MCP client, and what its calls came to."""

    client: McpClient

    async def call(self, name: str, /, **arguments: Any) -> Any:
        """The structured answer of a call that must succeed."""
        answer = await self.raw(name, arguments)
        assert not answer.is_error, answer.content
        return answer.structured_content

    async def fail(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """The parts of the error of a call that must fail."""
        answer = await self.raw(name, arguments)
        assert answer.is_error, answer.structured_content
        assert answer.content[0].text
        parts: dict[str, Any] = (answer.meta or {})["ntro/error"]
        return parts

    async def raw(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        answer = await self.client.call_tool(name, arguments)
        assert isinstance(answer, CallToolResult)
        return answer


@asynccontextmanager
async def agent_of(workspace: str, key: str = "") -> AsyncIterator[Agent]:
    """An agent whose MCP server runs in this process, for any Workspace."""
    caller = ConfiguredCaller(host=workspace, api_key=key)
    try:
        async with McpClient(create_server(caller, authoring=True)) as client:
            yield Agent(client)
    finally:
        await caller.aclose()


@pytest.fixture
def connected():
    """Makes an agent for a Workspace at an address."""
    return agent_of


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, without any setting from outside."""
    for name in ("HOST", "API_KEY", "TENANT", "ENTITY", "DEFAULT_CONNECTION_NAME", "TASK_ID"):
        monkeypatch.delenv(f"NTRO_{name}", raising=False)
    monkeypatch.setenv("NTRO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def registered_agent(world: World) -> dict[str, Any]:
    """An agent of the tenant, with its key."""
    body = {"tenantId": world.tenant, "kind": "claude_managed", "name": uuid4().hex, "externalRef": "agent_01"}
    return world.make("/workspace/registry/agents", body)


@pytest.fixture
def agent_key(registered_agent: dict[str, Any]) -> str:
    """The key of an agent of the tenant."""
    return str(registered_agent["apiKey"])


@pytest.fixture(scope="session")
def world(postgres_url: str, temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    signing = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with database(postgres_url) as of_workspace, database(postgres_url) as of_cell:
        settings = WorkspaceSettings(
            port=3000,
            public_url="http://127.0.0.1:3000",
            database_url=SecretStr(of_workspace),
            temporal_address=temporal_address,
            pepper=SecretStr("ab" * 32),
            signing_key=SecretStr(signing),
            admin_key=SecretStr(ADMIN_KEY),
            templates_dir=ROOT / "runbooks",
        )
        with served(create_workspace(settings)) as workspace:
            found = registered(f"{workspace}/v1", of_cell)
            asyncio.run(register_namespace(temporal_address, found.tenant))
            cell = cell_settings(found, temporal_address, tmp_path_factory.mktemp("cell"))
            with served(create_cell(cell)) as address:
                activate(found, address, cell)
                asyncio.run(fill(found))
                yield found


def registered(workspace: str, cell_database: str) -> World:
    """A tenant and an entity in an empty Workspace."""
    world = World(workspace, "", cell_database, f"m{uuid4().hex[:12]}", "", "spv1", "", "spv1-nav", "")
    world.tenant_id = world.make("/workspace/tenants", {"name": "Acme", "slug": world.tenant})["id"]
    body = {"name": "SPV One", "slug": world.entity, "currency": "GBP"}
    world.entity_id = world.make(f"/workspace/tenants/{world.tenant}/entities", body)["id"]
    return world


def cell_settings(world: World, temporal_address: str, home: Path) -> CellSettings:
    with world.http as http:
        public_key = http.get("/internal/public-key").json()["publicKey"]
    cell_key = world.make(f"/internal/provisioning/{world.tenant_id}/cell-key", {})["apiKey"]
    world.cell_key = cell_key
    asyncio.run(migrate(world.cell_database))
    return CellSettings(
        tenant_id=UUID(world.tenant_id),
        tenant_slug=world.tenant,
        home=home,
        port=4000,
        public_url="http://127.0.0.1:4000/v1",
        database_url=SecretStr(world.cell_database),
        workspace_url=world.workspace,
        workspace_public_key=public_key,
        cell_key=SecretStr(cell_key),
        temporal_address=temporal_address,
        temporal_namespace=namespace_of(world.tenant),
        payload_keys={"k1": SecretStr("k" * 43)},
        active_payload_key="k1",
        sealing_private_key=SecretStr(new_key_pair()[0]),
        session_secret=SecretStr("a secret of sessions"),
    )


def activate(world: World, address: str, cell: CellSettings) -> None:
    """Says what the host of cells says once a cell is ready, and binds the workflow."""
    world.cell = f"{address}/v1"
    body = {"status": "ACTIVE", "url": world.cell, "uiUrl": address, "sealingPublicKey": new_key_pair()[1]}
    with world.http as http:
        answer = http.put(f"/internal/provisioning/{world.tenant_id}", json=body)
    assert answer.json()["status"] == "ACTIVE", answer.text
    binding = {"runbookSlug": "nav-monthly", "entityId": world.entity_id, "name": world.workflow}
    world.workflow_id = world.make("/workspace/registry/workflows", binding)["id"]
    assert cell.tenant_slug == world.tenant


async def fill(world: World) -> None:
    """What the cell learns from the registry."""
    tenant, entity, workflow = UUID(world.tenant_id), UUID(world.entity_id), UUID(world.workflow_id)
    await world.sql("insert into system.tenant (id, slug, name) values ($1, $2, 'Acme')", tenant, world.tenant)
    await world.sql("insert into system.entities (id, slug, name) values ($1, $2, 'SPV One')", entity, world.entity)
    await world.sql(
        "insert into system.workflows (id, name, runbook_slug, entity_id) values ($1, $2, 'nav-monthly', $3)",
        workflow,
        world.workflow,
        entity,
    )


async def register_namespace(temporal_address: str, tenant: str) -> None:
    client = await TemporalClient.connect(temporal_address)
    request = RegisterNamespaceRequest(namespace=namespace_of(tenant))
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(request)


@contextmanager
def database(postgres_url: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    asyncio.run(execute(postgres_url, f"create database {name}"))
    try:
        yield postgres_url.rsplit("/", 1)[0] + f"/{name}"
    finally:
        asyncio.run(execute(postgres_url, f"drop database {name} with (force)"))


async def execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of the application, which runs in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port_of(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(20)


def port_of(server: uvicorn.Server, thread: threading.Thread) -> int:
    pause = threading.Event()
    for _ in range(600):
        if server.started:
            port: int = server.servers[0].sockets[0].getsockname()[1]
            return port
        assert thread.is_alive(), "the server did not start"
        pause.wait(0.05)
    raise AssertionError("the server did not start in time")
