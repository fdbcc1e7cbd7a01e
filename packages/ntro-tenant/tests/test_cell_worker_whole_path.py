"""The whole path in one cell: deploy, start, wait at a gate, decide, complete; and what survives a kill."""

import asyncio
import base64
import hashlib
import io
import json
import os
import signal
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from google.protobuf.duration_pb2 import Duration
from pytest_httpserver import HTTPServer
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode
from werkzeug import Request, Response

from ntro.workflow.decisions import DECIDE_UPDATE, Decision, DecisionReceipt
from ntro.workspace.commands import (
    CANCEL_TASK,
    DEPLOY_RUNBOOK,
    OPS_QUEUE,
    START_SCHEDULED_TASK,
    START_TASK,
    SYNC_REGISTRY,
    Deployment,
    DeploymentResult,
    EntityEntry,
    RegistrySnapshot,
    ScheduledStart,
    TaskCancel,
    TaskStart,
    WorkflowEntry,
)
from ntro.workspace.sealing import new_key_pair, seal
from ntro_server.migrations import apply_migrations, migrations_of_package
from ntro_server.postgres import open_pool
from ntro_server.settings import write_settings
from ntro_tenant.core.engine import connect, connect_ops
from ntro_tenant.core.recording.log import verify_chain
from ntro_tenant.ops.main import run_ops
from ntro_tenant.settings import CellSettings

TENANT = UUID("33333333-3333-4333-8333-333333333333")
ENTITY = EntityEntry(id=UUID(int=5), slug="spv-one", name="SPV One", config={"shares": "1000"})
SECRET = "sealed-canary-91c4"
WORKFLOW = """
from ntro.workflow import NtroWorkflow, runbook, ui_step

from .activities import greet


@runbook.defn
class SignOffWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, context: dict) -> dict:
        await self.review(context)
        if context.get("with_child"):
            await self.run_child_workflow(slug="helper", input=context | {"with_child": False})
        return {"version": "VERSION", "note": context["note"], "greeting": self.greeting, "shares": context["shares"]}

    @ui_step(name="review", title="Review")
    async def review(self, context: dict) -> None:
        self.greeting = await runbook.execute_activity(greet, context["entity_slug"], start_to_close_timeout=MINUTE)
        if context.get("gate", True):
            await self.wait_for_action(payload={"greeting": self.greeting}, reason="Please look")
"""
ACTIVITIES = """
from ntro.workflow import activity


@activity.defn(name="sign_off.greet")
async def greet(name: str) -> str:
    return f"Hello {name}"
"""
MIGRATION = "create table ledgers.sign_offs (id uuid primary key);"


@dataclass
class StandIn:
    """Workspace as the cell sees it: artifacts, the registry, the status door, which can be shut."""

    server: HTTPServer
    down_for: int = 0
    reports: list[dict[str, Any]] = field(default_factory=list)

    def serve(self, snapshot: RegistrySnapshot) -> None:
        self.server.expect_request("/v1/internal/registry").respond_with_data(snapshot.model_dump_json())
        self.server.expect_request("/v1/internal/status", method="POST").respond_with_handler(self._take)

    def add_artifact(self, archive: bytes) -> str:
        digest = hashlib.sha256(archive).hexdigest()
        self.server.expect_request(f"/v1/internal/artifacts/{digest}").respond_with_data(archive)
        return digest

    def _take(self, request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer cell-key"
        if self.down_for > 0:
            self.down_for -= 1
            return Response(status=503)
        reports = json.loads(request.data)["reports"]
        self.reports += reports
        return Response(json.dumps({"accepted": len(reports), "at": datetime.now(UTC).isoformat()}))


@dataclass
class RunningCell:
    """A cell whose ops worker runs in this process."""

    settings: CellSettings
    pool: asyncpg.Pool
    client: Client
    ops: Client
    workspace: StandIn
    public_key: str

    async def command(self, name: str, argument: Any, result_type: type | None = None) -> Any:
        return await self.ops.execute_workflow(
            name, argument, id=f"ops:{uuid4()}", task_queue=OPS_QUEUE, result_type=result_type
        )

    async def deploy(self, slug: str, version: str, archive: bytes, **options: Any) -> DeploymentResult:
        deployment = Deployment(
            deployment_id=uuid4(),
            slug=slug,
            version=version,
            sha256=self.workspace.add_artifact(archive),
            workflow_class="".join(part.capitalize() for part in slug.split("-")) + "Workflow",
            activity_modules=["activities"],
            **options,
        )
        return await self.command(DEPLOY_RUNBOOK, deployment, DeploymentResult)

    def start_of(self, slug: str = "sign-off", *, version: str | None = None, **context: Any) -> TaskStart:
        sealed = seal(json.dumps(context | {"note": SECRET}).encode(), public_key=self.public_key, tenant_id=TENANT)
        return TaskStart(
            task_id=uuid4(),
            workflow=WorkflowEntry(id=UUID(int=9), name="Sign off", runbook_slug=slug, runbook_version=version),
            entity=ENTITY,
            context={"period": "2026-03"},
            sealed_context=sealed,
            requested_by="ann",
        )

    async def task(self, task_id: UUID) -> asyncpg.Record:
        return await self.pool.fetchrow("select * from system.tasks where id = $1", task_id)

    async def until_status(self, task_id: UUID, *statuses: str) -> asyncpg.Record:
        async def reached() -> asyncpg.Record | None:
            task = await self.task(task_id)
            return task if task and task["status"] in statuses else None

        return await until(reached)

    async def approve(self, task_id: UUID) -> None:
        gate = await self.pool.fetchrow("select * from system.gates where task_id = $1 and status = 'open'", task_id)
        decision = Decision(
            gate_id=gate["id"],
            action="approved",
            decision_id=str(uuid4()),
            actor="ann",
            payload_hash=gate["payload_hash"],
        )
        handle = self.client.get_workflow_handle(str(task_id))
        receipt = await handle.execute_update(DECIDE_UPDATE, decision, result_type=DecisionReceipt)
        assert receipt.applied

    def worker_pid(self, key: str) -> int | None:
        path = self.settings.home / "run" / "ops.ready"
        found: int | None = json.loads(path.read_text())["workers"].get(key) if path.exists() else None
        return found


async def until(reached: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await reached()):  # noqa: ASYNC110 - it is another process that is waited for
            await asyncio.sleep(0.05)
        return found


def bundle(version: str, *, slug: str = "sign-off", workflow: str = WORKFLOW, **files: str) -> bytes:
    name = "".join(part.capitalize() for part in slug.split("-"))
    text = workflow.replace("VERSION", version).replace("SignOffWorkflow", f"{name}Workflow")
    text = text.replace("MINUTE", "timedelta(minutes=1)")
    content = {
        "runbook.md": f"---\nslug: {slug}\nname: Sign off\nversion: {version}\n---\nText",
        "templates/workflow.py": "from datetime import timedelta\n" + text,
        "templates/activities.py": ACTIVITIES.replace("sign_off", slug.replace("-", "_")),
        "requirements.txt": "# none but the platform's\nntro>=0.1\n",
    } | {name.replace("__", "/").replace("_sql", ".sql"): text for name, text in files.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, body in sorted(content.items()):
            archive.writestr(zipfile.ZipInfo(path), body)
    return buffer.getvalue()


@pytest.fixture
async def cell(
    temporal_address: str, database_url: str, tmp_path: Path, httpserver: HTTPServer
) -> AsyncIterator[RunningCell]:
    slug = f"t{uuid4().hex[:10]}"
    private_key, public_key = new_key_pair()
    settings = CellSettings(
        tenant_id=TENANT,
        tenant_slug=slug,
        home=tmp_path,
        port=4000,
        public_url="http://127.0.0.1:4000",
        database_url=database_url,
        workspace_url=httpserver.url_for("/v1"),
        workspace_public_key="",
        cell_key="cell-key",
        temporal_address=temporal_address,
        temporal_namespace=f"ntro-{slug}",
        payload_keys={"k1": base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")},
        active_payload_key="k1",
        sealing_private_key=private_key,
        session_secret="",
    )
    settings_file = tmp_path / "cell.json"
    write_settings(settings, settings_file)
    workspace = StandIn(httpserver)
    workspace.serve(
        RegistrySnapshot(revision=3, tenant_name="Tenant", tenant_config={"ai": {}}, entities=[ENTITY], workflows=[])
    )
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(await open_pool(database_url, application="test", max_size=4))
        async with pool.acquire() as connection:
            await apply_migrations(connection, "ntro_tenant", migrations_of_package("ntro_tenant.db.migrations"))
        await register_namespace(await Client.connect(temporal_address, namespace=settings.temporal_namespace))
        running = asyncio.create_task(run_ops(settings, settings_file))
        stack.push_async_callback(asyncio.gather, running, return_exceptions=True)
        stack.callback(running.cancel)
        client, ops = await connect(settings, pool), await connect_ops(settings)
        yield RunningCell(settings, pool, client, ops, workspace, public_key)


async def register_namespace(client: Client) -> None:
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=client.namespace, workflow_execution_retention_period=Duration(seconds=86400)
        )
    )

    async def usable() -> bool:
        try:
            await client.count_workflows()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True

    await until(usable)


async def test_a_task_is_deployed_started_decided_and_reported(cell: RunningCell):
    cell.workspace.down_for = 2
    result = await cell.deploy("sign-off", "1.0.0", bundle("1.0.0", migrations__001_sign_offs_sql=MIGRATION))
    assert (result.ok, result.error) == (True, None)
    assert len(result.warnings) == 1
    assert (await cell.deploy("helper", "1.0.0", bundle("1.0.0", slug="helper"))).ok
    assert await cell.pool.fetchval("select count(*) from ledgers.sign_offs") == 0
    start = cell.start_of(with_child=True)
    await cell.command(START_TASK, start)
    await cell.command(START_TASK, start)
    await cell.until_status(start.task_id, "BLOCKED")
    await cell.approve(start.task_id)

    async def child_waits() -> bool:
        return bool(
            await cell.pool.fetchval(
                "select count(*) from system.gates where status = 'open' and workflow_id like '%:%'"
            )
        )

    await until(child_waits)
    gate = await cell.pool.fetchrow("select id, workflow_id from system.gates where status = 'open'")
    await cell.client.get_workflow_handle(gate["workflow_id"]).signal("user_action", {"kind": "approve"})
    task = await cell.until_status(start.task_id, "COMPLETED", "FAILED")
    assert task["failure"] is None
    assert task["result"] == {"version": "1.0.0", "note": SECRET, "greeting": "Hello spv-one", "shares": "1000"}
    async with cell.pool.acquire() as connection:
        assert await verify_chain(connection) is None

    async def all_shipped() -> bool:
        return await cell.pool.fetchval("select count(*) from system.outbox") == 0

    await until(all_shipped)
    reports = cell.workspace.reports
    assert [report["seq"] for report in reports] == list(range(1, len(reports) + 1))
    assert [report["status"] for report in reports][-1] == "COMPLETED"
    assert SECRET not in json.dumps(reports)
    raw = (await cell.ops.get_workflow_handle(str(start.task_id)).fetch_history()).to_json()
    assert SECRET not in base64_decoded(raw)


def base64_decoded(history: str) -> str:
    found: list[str] = []

    def walk(value: Any) -> None:
        match value:
            case dict():
                for item in value.values():
                    walk(item)
            case list():
                for item in value:
                    walk(item)
            case str():
                found.append(value)
                try:
                    found.append(base64.b64decode(value, validate=True).decode(errors="replace"))
                except ValueError:
                    return

    walk(json.loads(history))
    return "\n".join(found)


async def test_a_run_survives_its_worker_and_stays_on_the_version_it_started_on(cell: RunningCell):
    assert (await cell.deploy("sign-off", "1.0.0", bundle("1.0.0"))).ok
    start = cell.start_of()
    await cell.command(START_TASK, start)
    await cell.until_status(start.task_id, "BLOCKED")
    assert (await cell.deploy("sign-off", "2.0.0", bundle("2.0.0"))).ok

    async def old_pid() -> int | None:
        return cell.worker_pid("sign-off 1.0.0")

    os.kill(await until(old_pid), signal.SIGKILL)
    await cell.approve(start.task_id)
    task = await cell.until_status(start.task_id, "COMPLETED", "FAILED")
    assert task["result"]["version"] == "1.0.0"
    later, pinned = cell.start_of(gate=False), cell.start_of(gate=False, version="1.0.0")
    for command in (later, pinned):
        await cell.command(START_TASK, command)
    assert (await cell.until_status(later.task_id, "COMPLETED", "FAILED"))["result"]["version"] == "2.0.0"
    assert (await cell.until_status(pinned.task_id, "COMPLETED", "FAILED"))["result"]["version"] == "1.0.0"


async def test_deploying_again_is_harmless_and_other_content_is_refused(cell: RunningCell):
    archive = bundle("1.0.0")
    assert (await cell.deploy("sign-off", "1.0.0", archive)).ok
    assert (await cell.deploy("sign-off", "1.0.0", archive)).ok
    other = await cell.deploy("sign-off", "1.0.0", bundle("1.0.0", extra="x"))
    assert not other.ok
    assert other.error is not None
    broken = await cell.deploy("sign-off", "1.1.0", bundle("1.1.0", workflow="import missing_module_xyz"))
    assert not broken.ok
    assert "missing_module_xyz" in (broken.error or "")
    assert await cell.pool.fetchval("select array_agg(version) from system.bundles where is_current") == ["1.0.0"]
    assert (await cell.deploy("sign-off", "1.1.0", bundle("1.1.0"))).ok
    for slug, version in (("../up", "1.0.0"), ("sign-off", "../../1")):
        assert not (await cell.deploy(slug, version, archive)).ok


async def test_tasks_that_cannot_run_or_are_ended_from_outside_are_closed_with_a_reason(cell: RunningCell):
    absent = cell.start_of("never-deployed")
    await cell.command(START_TASK, absent)
    assert (await cell.task(absent.task_id))["failure"]["type"] == "RunbookNotDeployed"
    assert (await cell.deploy("sign-off", "1.0.0", bundle("1.0.0"))).ok
    cancelled, terminated = cell.start_of(), cell.start_of()
    for command in (cancelled, terminated):
        await cell.command(START_TASK, command)
        await cell.until_status(command.task_id, "BLOCKED")
    await cell.command(CANCEL_TASK, TaskCancel(task_id=cancelled.task_id, requested_by="ann"))
    await cell.client.get_workflow_handle(str(terminated.task_id)).terminate()
    assert (await cell.until_status(cancelled.task_id, "FAILED"))["failure"]["type"] == "Cancelled"
    assert (await cell.until_status(terminated.task_id, "FAILED"))["failure"]["type"] == "Terminated"
    assert await cell.pool.fetchval("select count(*) from system.gates where status = 'open'") == 0
    bad = cell.start_of().model_copy(update={"sealed_context": "AQID"})
    with pytest.raises(WorkflowFailureError):
        await cell.command(START_TASK, bad)
    assert await cell.task(bad.task_id) is None


async def test_a_schedule_starts_one_task_for_each_scheduled_time(cell: RunningCell):
    assert (await cell.deploy("sign-off", "1.0.0", bundle("1.0.0"))).ok
    binding = WorkflowEntry(
        id=uuid4(),
        name="Monthly",
        runbook_slug="sign-off",
        entity_id=ENTITY.id,
        timezone="Pacific/Auckland",
        default_config={"note": "n", "gate": False},
    )
    snapshot = RegistrySnapshot(revision=4, tenant_name="T", entities=[ENTITY], workflows=[binding])
    assert await cell.command(SYNC_REGISTRY, snapshot, int) == 4
    stale = snapshot.model_copy(update={"revision": 2, "workflows": []})
    assert await cell.command(SYNC_REGISTRY, stale, int) == 4
    # Already the first of April in Auckland.
    command = ScheduledStart(workflow_id=binding.id, scheduled_at=datetime(2026, 3, 31, 20, tzinfo=UTC))
    ids = {await cell.command(START_SCHEDULED_TASK, command, str) for _ in range(2)}
    assert len(ids) == 1
    task = await cell.until_status(UUID(ids.pop()), "COMPLETED", "FAILED")
    assert (task["status"], task["period"], task["scheduled"]) == ("COMPLETED", "2026-03", True)


async def test_a_schedule_whose_tasks_may_not_overlap_waits_for_the_open_one(cell: RunningCell):
    assert (await cell.deploy("sign-off", "1.0.0", bundle("1.0.0"))).ok
    binding = WorkflowEntry(
        id=uuid4(), name="One at a time", runbook_slug="sign-off", entity_id=ENTITY.id, default_config={"note": "n"}
    )
    snapshot = RegistrySnapshot(revision=9, tenant_name="T", entities=[ENTITY], workflows=[binding])
    await cell.command(SYNC_REGISTRY, snapshot, int)
    times = [datetime(2026, month, 5, 8, tzinfo=UTC) for month in (3, 4)]
    starts = [ScheduledStart(workflow_id=binding.id, scheduled_at=moment, overlap="SKIP") for moment in times]
    first = await cell.command(START_SCHEDULED_TASK, starts[0], str)
    await cell.until_status(UUID(first), "BLOCKED")
    assert await cell.command(START_SCHEDULED_TASK, starts[0], str) == first
    assert await cell.command(START_SCHEDULED_TASK, starts[1], str) == first
    beside = starts[1].model_copy(update={"overlap": "ALLOW"})
    assert await cell.command(START_SCHEDULED_TASK, beside, str) != first
