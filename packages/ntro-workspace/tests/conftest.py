"""A running Workspace in this process, a tenant with a namespace, and a tiny cell that answers commands."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from pydantic import SecretStr
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro.workspace.commands import OPS_QUEUE, namespace_of
from ntro.workspace.sealing import new_key_pair
from ntro_workspace.app import routed_app, running, served
from ntro_workspace.settings import WorkspaceSettings

WAIT_SECONDS = 30
ADMIN_KEY = "ntro_admin_operators_own_choice_of_text"
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@workflow.defn(name="DeployRunbook", sandboxed=False)
class DeployInTheCell:
    """Takes every bundle but those of the slug `broken`."""

    @workflow.run
    async def run(self, deployment: dict[str, Any]) -> dict[str, Any]:
        broken = deployment["slug"] == "broken"
        return {
            "ok": not broken,
            "task_queue": f"runbook:{deployment['slug']}",
            "build_id": f"{deployment['version']}-{deployment['sha256'][:12]}",
            "error": "ModuleNotFoundError: No module named 'missing'" if broken else None,
        }


@workflow.defn(name="ProbePlatform", sandboxed=False)
class ProbeInTheCell:
    """Says what it was asked."""

    @workflow.run
    async def run(self, probe: dict[str, Any]) -> dict[str, Any]:
        schemas = {"ledgers": ["expenses", "journals"], "ingest": []} if probe["wants_schemas"] else {}
        refused = probe["provider"] == "MICROSOFT_FABRIC"
        return {"ok": not refused, "message": json.dumps(probe), "latency_ms": 12, "schemas": schemas}


@workflow.defn(dynamic=True, sandboxed=False)
class AnyOtherCommand:
    """Answers with its input."""

    @workflow.run
    async def run(self, arguments: Sequence[RawValue]) -> dict[str, Any]:
        found: dict[str, Any] = workflow.payload_converter().from_payload(arguments[0].payload)
        return found


@dataclass
class ActiveTenant:
    """A tenant whose cell is said to be active."""

    id: str
    slug: str
    private_key: str
    cell_key: str
    temporal: Client


@pytest.fixture
def database_url(workspace_database_url: str) -> str:
    return workspace_database_url


@pytest.fixture
def workspace_settings(database_url: str, temporal_address: str) -> WorkspaceSettings:
    signing = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return WorkspaceSettings(
        port=3000,
        public_url="http://127.0.0.1:3000",
        database_url=SecretStr(database_url),
        temporal_address=temporal_address,
        pepper=SecretStr("ab" * 32),
        signing_key=SecretStr(signing),
        admin_key=SecretStr(ADMIN_KEY),
        operator_speaks_for_users=True,
    )


@pytest.fixture(scope="session")
def routes() -> FastAPI:
    """The application without its parts; making its routes takes longer than most tests."""
    return routed_app()


@pytest.fixture
async def workspace_app(routes: FastAPI, workspace_settings: WorkspaceSettings) -> AsyncIterator[FastAPI]:
    async with running(workspace_settings) as parts:
        routes.state.parts = parts
        yield routes


@pytest.fixture
def connect(workspace_app: FastAPI):
    """A client with a key, or with none."""

    @asynccontextmanager
    async def client(key: str | None = ADMIN_KEY) -> AsyncIterator[httpx2.AsyncClient]:
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        transport = httpx2.ASGITransport(app=served(workspace_app), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test/v1", headers=headers) as found:
            yield found

    return client


@pytest.fixture
async def api(connect: Any) -> AsyncIterator[httpx2.AsyncClient]:
    async with connect() as client:
        yield client


@pytest.fixture
async def tenant(api: httpx2.AsyncClient, temporal_address: str) -> ActiveTenant:
    return await make_tenant(api, temporal_address, f"t{uuid4().hex[:12]}")


@pytest.fixture
async def other_tenant(api: httpx2.AsyncClient, temporal_address: str) -> ActiveTenant:
    return await make_tenant(api, temporal_address, f"o{uuid4().hex[:12]}")


@pytest.fixture
def make_bound_tenant(api: httpx2.AsyncClient, temporal_address: str):
    """Makes an active tenant on a data platform."""

    async def make(platform_id: str) -> ActiveTenant:
        return await make_tenant(api, temporal_address, f"p{uuid4().hex[:12]}", platform_id)

    return make


@pytest.fixture
def run_cell():
    """Something that polls a tenant's ops queue."""

    def worker(tenant: ActiveTenant) -> Worker:
        return Worker(
            tenant.temporal,
            task_queue=OPS_QUEUE,
            workflows=[DeployInTheCell, ProbeInTheCell, AnyOtherCommand],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )

    return worker


@pytest.fixture
async def cell(tenant: ActiveTenant, run_cell: Callable[[ActiveTenant], Worker]) -> AsyncIterator[ActiveTenant]:
    """The tenant with something that polls its ops queue."""
    async with run_cell(tenant):
        yield tenant


@pytest.fixture
def eventually():
    """Asks again until there is an answer, 30 seconds at most."""

    async def ask(question: Callable[[], Awaitable[Any]]) -> Any:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                with suppress(RPCError):
                    if found := await question():
                        return found
                await asyncio.sleep(0.05)

    return ask


@pytest.fixture
async def entity(api: httpx2.AsyncClient, tenant: ActiveTenant) -> dict[str, Any]:
    answer = await api.post(
        f"/workspace/tenants/{tenant.slug}/entities",
        json={"name": "SPV One Limited", "slug": "spv1", "currency": "GBP"},
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def binding(api: httpx2.AsyncClient, cell: ActiveTenant, entity: dict[str, Any]) -> dict[str, Any]:
    """A workflow of a deployed runbook."""
    deployed = await api.post("/runbooks/nav-monthly/deploy", json=deploy_body(cell.slug))
    assert deployed.status_code == 201, deployed.text
    answer = await api.post(
        "/workspace/registry/workflows",
        json={"runbookSlug": "nav-monthly", "entityId": entity["id"], "name": "Spv1 Nav"},
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def bundle():
    """Makes the body of a deployment."""
    return deploy_body


def deploy_body(tenant: str, **changes: Any) -> dict[str, Any]:
    return {
        "tenantSlug": tenant,
        "version": "0.1.0",
        "workflowClass": "NavMonthlyWorkflow",
        "files": {"templates/workflow.py": "class NavMonthlyWorkflow: ...\n", "templates/activities.py": "\n"},
        "activityModules": ["activities"],
    } | changes


async def make_tenant(
    api: httpx2.AsyncClient, temporal_address: str, slug: str, platform_id: str | None = None
) -> ActiveTenant:
    body = {"name": f"Fund {slug}", "slug": slug} | ({"dataPlatformConfigId": platform_id} if platform_id else {})
    created = await api.post("/workspace/tenants", json=body)
    assert created.status_code == 201, created.text
    tenant_id = created.json()["id"]
    client = await Client.connect(
        temporal_address, namespace=namespace_of(slug), data_converter=pydantic_data_converter
    )
    await register_namespace(client)
    private, public = new_key_pair()
    minted = await api.post(f"/internal/provisioning/{tenant_id}/cell-key")
    body = {
        "status": "ACTIVE",
        "url": "http://127.0.0.1:9/v1",
        "uiUrl": "http://127.0.0.1:9",
        "sealingPublicKey": public,
    }
    active = await api.put(f"/internal/provisioning/{tenant_id}", json=body)
    assert active.json()["status"] == "ACTIVE", active.text
    return ActiveTenant(tenant_id, slug, private, minted.json()["apiKey"], client)


async def register_namespace(client: Client) -> None:
    """Registers the client's namespace and waits, for some seconds at most, until it can be used."""
    request = RegisterNamespaceRequest(namespace=client.namespace)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(request)
    for _ in range(100):
        try:
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
            await client.count_workflows()
        except RPCError:
            continue
        return
    pytest.fail("the namespace did not become usable")


@pytest.fixture
def tenant_key(api: httpx2.AsyncClient):
    """Mints a key of a tenant."""

    async def mint(tenant: ActiveTenant | UUID, **changes: Any) -> str:
        reference = tenant.slug if isinstance(tenant, ActiveTenant) else str(tenant)
        answer = await api.post("/workspace/keys", json={"name": "people", "tenantId": reference} | changes)
        assert answer.status_code == 201, answer.text
        key: str = answer.json()["apiKey"]
        return key

    return mint


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
        found = _CSRF.search((await self.client.get("/runs")).text)
        assert found is not None
        return await self.client.post(address, data={"csrf": found[1]} | form)


@pytest.fixture
def browse(workspace_app: FastAPI) -> Callable[..., Any]:
    """Opens a browser: signed in by a code or key, or not at all."""

    @asynccontextmanager
    async def opened(secret: str | None = ADMIN_KEY) -> AsyncIterator[Browser]:
        transport = httpx2.ASGITransport(app=workspace_app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:3000", headers={"Accept": "text/html"}
        ) as client:
            if secret is not None:
                answer = await client.post("/sign-in", data={"secret": secret})
                assert answer.status_code == 200, answer.text
            yield Browser(client)

    return opened


@pytest.fixture
async def operator(browse: Callable[..., Any]) -> AsyncIterator[Browser]:
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
