"""The ops process as it is started in production: it tells when it polls and leaves no child behind."""

import asyncio
import base64
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from ntro_server.migrations import apply_migrations, migrations_of_package
from ntro_server.postgres import register_json
from ntro_server.settings import write_settings
from ntro_tenant.ops.bundles import Bundle, bundle_folder, make_current, store_bundle
from ntro_tenant.settings import CellSettings

SHA256 = "ab" * 32
WORKFLOW = """
from ntro.workflow import NtroWorkflow, runbook


@runbook.defn
class IdleWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, context: dict) -> dict:
        return context
"""


@pytest.fixture
async def settings_file(temporal_address: str, database_url: str, tmp_path: Path) -> Path:
    """The settings of a cell that has one runbook; its Workspace is down."""
    slug = f"t{uuid4().hex[:10]}"
    settings = CellSettings(
        tenant_id=UUID(int=3),
        tenant_slug=slug,
        home=tmp_path,
        port=4000,
        public_url="http://127.0.0.1:4000",
        database_url=database_url,
        workspace_url="http://127.0.0.1:9/v1",
        workspace_public_key="",
        cell_key="cell-key",
        temporal_address=temporal_address,
        temporal_namespace=f"ntro-{slug}",
        payload_keys={"k1": base64.urlsafe_b64encode(os.urandom(32)).decode()},
        active_payload_key="k1",
        sealing_private_key="",
        session_secret="",
    )
    write_settings(settings, tmp_path / "cell.json")
    client = await Client.connect(temporal_address)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=settings.temporal_namespace, workflow_execution_retention_period=Duration(seconds=86400)
        )
    )
    folder = bundle_folder(tmp_path, "idle", "1.0.0")
    (folder / "templates").mkdir(parents=True)
    (folder / ".sha256").write_text(SHA256)
    (folder / "templates" / "workflow.py").write_text(WORKFLOW)
    connection = await asyncpg.connect(database_url)
    try:
        await register_json(connection)
        await apply_migrations(connection, "ntro_tenant", migrations_of_package("ntro_tenant.db.migrations"))
        await store_bundle(connection, Bundle("idle", "1.0.0", SHA256, "IdleWorkflow", ()))
        await make_current(connection, "idle", "1.0.0")
    finally:
        await connection.close()
    return tmp_path / "cell.json"


@pytest.fixture
async def ops(settings_file: Path) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ntro_tenant", "ops", "--settings", str(settings_file)
    )
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


async def until(reached: Callable[[], Any], seconds: float = 90) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := reached()):  # noqa: ASYNC110 - it is another process that is waited for
            await asyncio.sleep(0.05)
        return found


def heartbeat(settings_file: Path) -> dict[str, Any]:
    path = settings_file.parent / "run" / "ops.ready"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def child_of(settings_file: Path) -> int | None:
    found: int | None = heartbeat(settings_file).get("workers", {}).get("idle 1.0.0")
    return found


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has waited for yet has ended, too."""
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


async def test_a_killed_ops_process_leaves_no_worker_behind(ops: Process, settings_file: Path):
    child = await until(lambda: child_of(settings_file))
    assert heartbeat(settings_file)["pid"] == ops.pid
    ops.send_signal(signal.SIGKILL)
    await until(lambda: is_gone(child))


async def test_an_ops_process_that_is_asked_to_end_takes_its_workers_along(ops: Process, settings_file: Path):
    child = await until(lambda: child_of(settings_file))
    ops.send_signal(signal.SIGTERM)
    async with asyncio.timeout(60):
        assert await ops.wait() == 0
    assert is_gone(child)
    assert heartbeat(settings_file) == {}
