"""A cell's API on a database of its own, people to call it, and a way to put rows where the recorder puts them."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI
from pydantic import SecretStr

from ntro.workspace.sealing import new_key_pair
from ntro.workspace.tokens import Purpose, claims_for, sign
from ntro_server.postgres import register_json
from ntro_tenant.api.app import attach, routed_app
from ntro_tenant.core.cell import open_cell
from ntro_tenant.settings import CellSettings
from ntro_workspace.app import routed_app as workspace_routed_app
from ntro_workspace.app import running
from ntro_workspace.settings import WorkspaceSettings

NOWHERE = "127.0.0.1:9"


@dataclass(frozen=True)
class Keys:
    private: str
    public: str


@pytest.fixture(scope="session")
def signing_keys() -> Keys:
    key = Ed25519PrivateKey.generate()
    return Keys(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )


@pytest.fixture
def cell_database(cell_database_url: str) -> str:
    return cell_database_url


@asynccontextmanager
async def serving(app: FastAPI, lifespan: Literal["on", "off"] = "on") -> AsyncIterator[str]:
    """Serves an application on a free port; its address with `/v1`. `off` where its lifetime began elsewhere."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan=lifespan))
        task = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            server.should_exit = True
            await task


@pytest.fixture
def serve_app() -> Callable[..., Any]:
    return serving


@dataclass
class AgentsWorkspace:
    """A running Workspace with the tenant of the cell that is tested, as its operator sees it."""

    api: httpx2.AsyncClient
    url: str
    tenant: str = ""
    cell_key: str = ""

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = await self.api.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def begin(self) -> None:
        self.tenant = (await self.post("/workspace/tenants", {"name": "Acme", "slug": "acme"}))["id"]
        self.cell_key = (await self.post(f"/internal/provisioning/{self.tenant}/cell-key"))["apiKey"]
        await self.cell_is_at("http://cell.test/v1")

    async def cell_is_at(self, url: str) -> None:
        body = {"status": "ACTIVE", "url": url, "uiUrl": "http://cell.test", "sealingPublicKey": new_key_pair()[1]}
        answer = await self.api.put(f"/internal/provisioning/{self.tenant}", json=body)
        assert answer.is_success, answer.text

    async def agent(self, **more: Any) -> dict[str, Any]:
        name = f"agent-{uuid4().hex[:8]}"
        body = {"tenantId": self.tenant, "path": "anthropic://agents/agent_01", "name": name} | more
        made: dict[str, Any] = await self.post("/workspace/registry/agents", body)
        return made

    async def token(self, key: str, task: UUID | None = None) -> str:
        body = None if task is None else {"taskId": str(task)}
        given: str = (await self.post(f"/workspace/tenants/{self.tenant}/access-token", body, key=key))["token"]
        return given

    async def delete(self, path: str) -> None:
        assert (await self.api.delete(path)).is_success

    def beside(self, settings: CellSettings) -> CellSettings:
        """The settings of this tenant's cell."""
        own = {"tenant_id": UUID(self.tenant), "workspace_url": self.url, "cell_key": SecretStr(self.cell_key)}
        return settings.model_copy(update=own)


@pytest.fixture(scope="session")
def workspace_routes() -> FastAPI:
    return workspace_routed_app()


@pytest.fixture(scope="session")
def cell_routes() -> FastAPI:
    """The application without a cell; making its routes takes longer than most tests."""
    return routed_app()


@pytest.fixture
async def workspace(
    workspace_routes: FastAPI, workspace_database_url: str, signing_keys: Keys
) -> AsyncIterator[AgentsWorkspace]:
    """A real Workspace on a port of this machine, which signs tokens for the cell."""
    admin_key = "the operator's own choice of text"
    settings = WorkspaceSettings(
        port=3000,
        public_url="http://127.0.0.1:3000",
        database_url=SecretStr(workspace_database_url),
        temporal_address=NOWHERE,
        pepper=SecretStr("ab" * 32),
        signing_key=SecretStr(signing_keys.private),
        admin_key=SecretStr(admin_key),
    )
    headers = {"Authorization": f"Bearer {admin_key}"}
    async with running(settings) as parts:
        workspace_routes.state.parts = parts
        async with serving(workspace_routes, "off") as url, httpx2.AsyncClient(base_url=url, headers=headers) as api:
            found = AgentsWorkspace(api, url)
            await found.begin()
            yield found


@pytest.fixture
def settings(cell_database: str, signing_keys: Keys, tmp_path: Path) -> CellSettings:
    return CellSettings(
        tenant_id=uuid4(),
        tenant_slug="acme",
        home=tmp_path,
        port=4000,
        public_url="http://cell.test/v1",
        database_url=SecretStr(cell_database),
        workspace_url=f"http://{NOWHERE}/v1",
        workspace_public_key=signing_keys.public,
        cell_key=SecretStr("cell-key"),
        temporal_address=NOWHERE,
        temporal_namespace="ntro-acme",
        payload_keys={"k1": SecretStr(secrets.token_urlsafe(32))},
        active_payload_key="k1",
        sealing_private_key=SecretStr(new_key_pair()[0]),
        session_secret=SecretStr("a secret of sessions"),
    )


@pytest.fixture
async def app(cell_routes: FastAPI, settings: CellSettings) -> AsyncIterator[FastAPI]:
    async with open_cell(settings) as cell:
        attach(cell_routes, cell)
        yield cell_routes


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://cell.test") as client:
        yield client


@pytest.fixture
def token(settings: CellSettings, signing_keys: Keys) -> Callable[..., str]:
    def issue(*roles: str, purpose: Purpose = Purpose.ACCESS, tenant_id: UUID | None = None, age: int = 0) -> str:
        claims = claims_for(
            tenant_id or settings.tenant_id, subject="u-anna", name="Anna", roles=list(roles), purpose=purpose
        )
        aged = claims.model_copy(update={"expires_at": claims.expires_at - timedelta(minutes=age)})
        return sign(aged, signing_keys.private)

    return issue


@pytest.fixture
async def anna(app: FastAPI, token: Callable[..., str]) -> AsyncIterator[httpx2.AsyncClient]:
    """An accountant."""
    async with as_person(app, token("accountant")) as client:
        yield client


def as_person(app: FastAPI, bearer: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {bearer}"}
    return httpx2.AsyncClient(transport=transport, base_url="http://cell.test/v1", headers=headers)


@pytest.fixture
def person_with(app: FastAPI, token: Callable[..., str]) -> Callable[..., httpx2.AsyncClient]:
    def client(*roles: str) -> httpx2.AsyncClient:
        return as_person(app, token(*roles))

    return client


@pytest.fixture
def books_type() -> type["Books"]:
    return Books


@pytest.fixture
async def books(settings: CellSettings, app: FastAPI) -> AsyncIterator["Books"]:
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    await register_json(connection)
    try:
        written = Books(connection, settings.tenant_id)
        await written.begin()
        yield written
    finally:
        await connection.close()


@dataclass
class Books:
    """Writes what the recorder would have written."""

    connection: asyncpg.Connection
    tenant_id: UUID
    entity_id: UUID = field(default_factory=uuid4)
    workflow_id: UUID = field(default_factory=uuid4)
    moment: datetime = datetime(2026, 4, 1, 9, tzinfo=UTC)

    def tick(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    async def begin(self) -> None:
        await self.connection.execute(
            "insert into system.tenant (id, slug, name) values ($1, 'acme', 'Acme')", self.tenant_id
        )
        await self.connection.execute(
            "insert into system.entities (id, slug, name, currency) values ($1, 'spv-1', 'SPV One', 'GBP')",
            self.entity_id,
        )
        await self.connection.execute(
            "insert into system.workflows (id, name, runbook_slug, entity_id) values ($1, 'NAV', 'nav-monthly', $2)",
            self.workflow_id,
            self.entity_id,
        )

    async def task(self, *, status: str = "IN_PROGRESS", title: str = "NAV 2026-03", steps: Any = None) -> UUID:
        task_id = uuid4()
        await self.connection.execute(
            """
            insert into system.tasks (id, title, status, entity_id, workflow_id, runbook_slug, period, created_at)
            values ($1, $2, $3, $4, $5, 'nav-monthly', '2026-03', $6)
            """,
            task_id,
            title,
            status,
            self.entity_id,
            self.workflow_id,
            self.tick(),
        )
        await self.run(task_id, str(task_id), steps=steps)
        return task_id

    async def run(
        self, task_id: UUID, run_id: str, *, slug: str = "nav-monthly", status: str = "RUNNING", steps: Any = None
    ) -> str:
        await self.connection.execute(
            """
            insert into system.runs (workflow_id, run_id, task_id, parent_id, slug, status, steps, started_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            run_id,
            str(uuid4()),
            task_id,
            None if run_id == str(task_id) else str(task_id),
            slug,
            status,
            steps or [],
            self.tick(),
        )
        return run_id

    async def step(self, run_id: str, step_id: str, *, status: str, position: int = 1, snapshot: Any = None) -> None:
        await self.connection.execute(
            """
            insert into system.steps (workflow_id, step_id, position, title, status, visits, snapshot)
            values ($1, $2, $3, $2, $4, 1, $5)
            """,
            run_id,
            step_id,
            position,
            status,
            snapshot,
        )

    async def gate(self, task_id: UUID, run_id: str, **fields: Any) -> str:
        gate_id = fields.pop("id", f"{run_id}/review/{uuid4().hex[:8]}")
        values = {
            "step_id": "review",
            "kind": "interactive_review",
            "display_hint": {"component": "APPROVAL_FORM", "config": {}},
            "payload": {"total": "12.50"},
            "payload_hash": "a" * 64,
            "args": {},
            "opened_at": self.tick(),
        } | fields
        names = ", ".join(values)
        marks = ", ".join(f"${number}" for number in range(4, 4 + len(values)))
        await self.connection.execute(
            f"insert into system.gates (id, task_id, workflow_id, {names}) values ($1, $2, $3, {marks})",
            gate_id,
            task_id,
            run_id,
            *values.values(),
        )
        return gate_id

    async def file_gate(self, task_id: UUID, run_id: str, source: str, **fields: Any) -> str:
        args = {"source": source, "signal_task_id": run_id, "signal_name": "document_submitted"}
        return await self.gate(
            task_id, run_id, **({"kind": "submit_file", "args": args, "step_id": "collect"} | fields)
        )

    async def files_gate(self, task_id: UUID, *slots: tuple[str, str]) -> str:
        """`slots` are source and run."""
        expected = [
            {
                "source": source,
                "status": "pending",
                "args": {"source": source, "signal_task_id": run, "signal_name": "document_submitted"},
            }
            for source, run in slots
        ]
        hint = {"component": "MULTI_FILE_UPLOAD", "config": {"title": "Upload", "expected": expected}}
        return await self.gate(task_id, str(task_id), kind="submit_files", display_hint=hint, step_id="collect")

    async def close_gate(self, gate_id: str, *, actor: str | None = None) -> None:
        await self.connection.execute(
            "update system.gates set status = 'decided', closed_at = now(), decision = $2 where id = $1",
            gate_id,
            {"actor": actor, "action": "approved"},
        )

    async def signals(self) -> list[dict[str, Any]]:
        rows = await self.connection.fetch("select * from system.signal_outbox order by id")
        return [dict(row) for row in rows]

    async def event_types(self) -> list[str]:
        return [row["type"] for row in await self.connection.fetch("select type from system.events order by seq")]


def problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """The body of an error, checked to be the one envelope."""
    assert answer.status_code == status, answer.text
    body = json.loads(answer.text)
    assert body["statusCode"] == body["status"] == status
    assert isinstance(body["message"], str)
    assert "[" not in body["message"]
    assert body["requestId"]
    return body


@pytest.fixture
def check_problem() -> Callable[[httpx2.Response, int], dict[str, Any]]:
    return problem
