"""Accidents of the machine: a worker killed while it starts, a connection that the database ends."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from ntro_server.postgres import open_pool
from ntro_tenant.ops import runbook_process
from ntro_tenant.ops.bundles import Bundle
from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.runbook_process import RunbookProcess, WorkerStartError
from ntro_tenant.ops.shipper import ListenerLostError, StatusShipper
from ntro_tenant.settings import CellSettings

BUNDLE = Bundle("idle", "1.0.0", "ab" * 32, "IdleWorkflow", ())
LISTENERS = (
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike $1"
)


@pytest.fixture
def settings(tmp_path: Path, cell_database_url: str) -> CellSettings:
    return CellSettings(
        tenant_id=uuid4(),
        tenant_slug="acme",
        home=tmp_path,
        port=4000,
        public_url="http://127.0.0.1:4000",
        database_url=cell_database_url,
        workspace_url="http://127.0.0.1:9/v1",
        workspace_public_key="",
        cell_key="cell-key",
        temporal_address="127.0.0.1:9",
        temporal_namespace="ntro-acme",
        payload_keys={"k1": base64.urlsafe_b64encode(os.urandom(32)).decode()},
        active_payload_key="k1",
        sealing_private_key="",
        session_secret="",
    )


@pytest.fixture
async def pool(cell_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(cell_database_url, application="test") as opened:
        yield opened


def worker(folder: Path, *, dies: int) -> Path:
    """A program that ends without a word the first `dies` times, then polls until its input closes."""
    path = folder / "python"
    path.write_text(f"""#!/bin/sh
echo start >> "{folder}/starts"
if [ "$(wc -l < "{folder}/starts")" -le {dies} ]; then kill -9 $$; fi
echo '{{"ready": true}}'
cat > /dev/null
""")
    path.chmod(0o700)
    return path


async def test_a_worker_that_is_killed_while_it_starts_is_started_again(
    tmp_path: Path, settings: CellSettings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(runbook_process, "_BACKOFF_FIRST", 0.01)
    process = RunbookProcess(BUNDLE, worker(tmp_path, dies=2), tmp_path / "settings.json", settings)
    try:
        await process.wait_ready()
        assert process.pid is not None
    finally:
        await process.stop()
    assert (tmp_path / "starts").read_text().count("start") == 3


async def test_a_worker_that_always_dies_while_it_starts_is_refused(
    tmp_path: Path, settings: CellSettings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(runbook_process, "_BACKOFF_FIRST", 0.01)
    process = RunbookProcess(BUNDLE, worker(tmp_path, dies=1000), tmp_path / "settings.json", settings)
    try:
        with pytest.raises(WorkerStartError):
            await process.wait_ready()
    finally:
        await process.stop()


async def test_the_shipper_says_so_when_nobody_tells_it_of_reports_any_more(settings: CellSettings, pool: asyncpg.Pool):
    async with httpx2.AsyncClient() as http, asyncio.timeout(30):
        shipping = asyncio.create_task(StatusShipper(Cell(settings, pool, None, http)).run())
        while not any(await pool.fetch(LISTENERS, "listen%")):  # noqa: ASYNC110 - the database tells only when asked
            await asyncio.sleep(0.05)
        with pytest.raises(ListenerLostError):
            await shipping
