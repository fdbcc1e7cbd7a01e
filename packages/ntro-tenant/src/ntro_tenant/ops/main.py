"""The ops process of a cell: `python -m ntro_tenant ops --settings FILE`."""

import argparse
import asyncio
import json
import os
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ntro_server.logs import configure_logging
from ntro_server.postgres import open_pool
from ntro_server.settings import load_settings
from ntro_tenant.core.engine import connect
from ntro_tenant.ops.cell import Cell, workspace_http
from ntro_tenant.ops.loops import until_done
from ntro_tenant.ops.worker import OpsWorker
from ntro_tenant.settings import CellSettings

HEARTBEAT_SECONDS = 5.0
_log = structlog.get_logger(__name__)


def main(argv: Sequence[str]) -> int:
    """Runs the ops worker until SIGTERM or SIGINT; answers the process's exit code.

    Raises:
        SettingsError: the settings file cannot be used.
    """
    parser = argparse.ArgumentParser(prog="ntro_tenant ops", description="The ops worker of a tenant cell.")
    parser.add_argument("--settings", type=Path, required=True, help="the cell's settings file")
    settings_file: Path = parser.parse_args(argv).settings.absolute()
    settings = load_settings(CellSettings, settings_file)
    configure_logging(f"ops-{settings.tenant_slug}", settings.log_level)
    asyncio.run(_serve(settings, settings_file))
    return 0


async def _serve(settings: CellSettings, settings_file: Path) -> None:
    serving = asyncio.create_task(run_ops(settings, settings_file))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        _log.info("ops worker stopped")


async def run_ops(settings: CellSettings, settings_file: Path) -> None:
    """Runs the ops worker until cancelled; waits for PostgreSQL and Temporal where they are not there yet."""
    async with AsyncExitStack() as stack:
        cell = await _open_cell(settings, stack)
        worker = await stack.enter_async_context(OpsWorker(cell, settings_file))
        ready = settings.home / "run" / "ops.ready"
        stack.callback(ready.unlink, missing_ok=True)
        while True:
            if worker.polls:
                await asyncio.to_thread(_write_heartbeat, ready, worker.pids)
            await asyncio.sleep(HEARTBEAT_SECONDS if worker.polls else 0.1)


async def _open_cell(settings: CellSettings, stack: AsyncExitStack) -> Cell:
    opened: list[Cell] = []

    async def open_database() -> None:
        url = settings.database_url.get_secret_value()
        pool = await open_pool(url, application=f"ntro-ops-{settings.tenant_slug}")
        stack.push_async_callback(pool.close)

        async def reach_temporal() -> None:
            client = await connect(settings, pool)
            http = await stack.enter_async_context(workspace_http(settings))
            opened.append(Cell(settings, pool, client, http))

        await until_done(f"reach Temporal at {settings.temporal_address}", reach_temporal)

    await until_done("reach PostgreSQL", open_database)
    return opened[0]


def _write_heartbeat(path: Path, workers: dict[str, int | None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    state = {"pid": os.getpid(), "at": datetime.now(UTC).isoformat(), "workers": workers}
    partial.write_text(json.dumps(state), "utf-8")
    partial.replace(path)
