"""The runbook worker's process: `python -m ntro_tenant runbook --settings FILE --slug S --version V`.

Its standard output belongs to its parent: one JSON line, `{"ready": true}` when it polls, or `{"error": "..."}`
when the runbook cannot be loaded. It ends when its standard input closes, so it never outlives its parent.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TextIO

import asyncpg
import structlog

from ntro.runbook.bundle import BundleError
from ntro_server.logs import configure_logging
from ntro_server.postgres import open_pool
from ntro_server.settings import load_settings
from ntro_tenant.ops.loops import until_done
from ntro_tenant.settings import CellSettings
from ntro_tenant.worker.hosting import UnknownVersionError, open_worker

EXIT_UNLOADABLE = 3
_LAST_RESORT_SECONDS = 15.0
_LOOK_SECONDS = 0.02
_POOL_MAX = 8
_log = structlog.get_logger(__name__)


def main(argv: Sequence[str]) -> int:
    """Runs the worker until its standard input closes; answers the process's exit code.

    Raises:
        SettingsError: the settings file cannot be used.
    """
    parser = argparse.ArgumentParser(prog="ntro_tenant runbook", description="The worker of one runbook version.")
    parser.add_argument("--settings", type=Path, required=True, help="the cell's settings file")
    parser.add_argument("--slug", required=True, help="the runbook")
    parser.add_argument("--version", required=True, help="its version")
    given = parser.parse_args(argv)
    settings = load_settings(CellSettings, given.settings)
    # What a runbook prints must not reach the parent, which reads reports there.
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    configure_logging(f"runbook-{given.slug}-{given.version}", settings.log_level)
    try:
        asyncio.run(_serve(settings, given.slug, given.version, reports))
    except (BundleError, UnknownVersionError) as error:
        print(json.dumps({"error": str(error)}), file=reports, flush=True)
        return EXIT_UNLOADABLE
    return 0


async def _serve(settings: CellSettings, slug: str, version: str, reports: TextIO) -> None:
    serving = asyncio.create_task(_poll(settings, slug, version, reports))
    _stop_when_orphaned(serving.cancel)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        _log.info("runbook worker stopped")


async def _poll(settings: CellSettings, slug: str, version: str, reports: TextIO) -> None:
    async with AsyncExitStack() as stack:
        pool = await _reach_database(settings, slug)
        stack.push_async_callback(pool.close)
        worker, bundle = await stack.enter_async_context(open_worker(settings, pool, slug=slug, version=version))
        async with asyncio.TaskGroup() as group:
            # Cancelled, it takes no more work, lets activities end for a while, and returns.
            polling = group.create_task(worker.run())
            while not worker.is_running and not polling.done():  # noqa: ASYNC110 - the worker tells only when asked
                await asyncio.sleep(_LOOK_SECONDS)
            if worker.is_running:
                print(json.dumps({"ready": True, "build_id": bundle.build_id}), file=reports, flush=True)


async def _reach_database(settings: CellSettings, slug: str) -> asyncpg.Pool:
    opened: list[asyncpg.Pool] = []

    async def open_database() -> None:
        url = settings.database_url.get_secret_value()
        opened.append(await open_pool(url, application=f"ntro-runbook-{slug}", max_size=_POOL_MAX))

    await until_done("reach PostgreSQL", open_database)
    return opened[0]


def _stop_when_orphaned(stop: Callable[[], object]) -> None:
    """Calls `stop` when standard input closes, which it does when the parent is gone, however it went."""
    loop = asyncio.get_running_loop()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(stop)
        # A runbook's activity that never returns must not keep the process.
        threading.Timer(_LAST_RESORT_SECONDS, os._exit, args=(1,)).start()

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
