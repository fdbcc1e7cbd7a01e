"""A tenant's cell as processes on this machine: its database, its namespace, its schema, its API and ops worker."""

import asyncio
import hashlib
import importlib.util
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.doors import is_healthy
from ntro_cli.stack.errors import StartFailed
from ntro_cli.stack.log_files import open_log
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.report import ServiceState
from ntro_cli.stack.service import Service, child_environment
from ntro_cli.stack.state import require_free

MIGRATE_SECONDS = 180
HEALTH_SECONDS = 120
STOP_SECONDS = 15.0
PARTS = ("ops", "api")  # the order they stop in


@dataclass(frozen=True, slots=True)
class Cell:
    """The processes of one tenant's cell."""

    slug: str
    ops: Service
    api: Service

    async def keep_running(self) -> None:
        """Keeps both processes running. Never returns."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.api.keep_running())
            tasks.create_task(self.ops.keep_running())

    async def wait_until_healthy(self) -> None:
        """Returns once both processes work.

        Raises:
            StartFailed: one of them does not become healthy by itself.
        """
        async with asyncio.timeout(HEALTH_SECONDS):
            while True:
                reports = [self.api.report, self.ops.report]
                if all(report.state is ServiceState.HEALTHY for report in reports):
                    return
                for report in reports:
                    if report.is_hopeless and report.problem is not None:
                        raise StartFailed(report.problem.message, remedy=report.problem.remedy)
                await asyncio.sleep(0.05)


def make_cell(
    paths: StackPaths,
    slug: str,
    port: int,
    *,
    prepare: Callable[[], Awaitable[None]],
    prepare_queue: Callable[[], Awaitable[None]],
    on_change: Callable[[], None],
) -> Cell:
    """The cell of a tenant.

    Before either process starts, `prepare` makes its settings and database; before the ops worker does,
    `prepare_queue` makes where it polls.
    """

    async def prepare_api() -> None:
        await prepare()
        await asyncio.to_thread(require_free, f"cell-{slug}-api", port)

    async def prepare_ops() -> None:
        await prepare()
        await prepare_queue()
        await asyncio.to_thread(paths.ops_ready(slug).unlink, missing_ok=True)

    api = Service(
        cell_daemon(paths, slug, "api"),
        command=lambda: cell_command(paths, slug, "api"),
        is_ready=lambda: is_healthy(port),
        prepare=prepare_api,
        on_change=on_change,
        address=f"http://127.0.0.1:{port}",
    )
    ops = Service(
        cell_daemon(paths, slug, "ops"),
        command=lambda: cell_command(paths, slug, "ops"),
        is_ready=paths.ops_ready(slug).is_file,
        prepare=prepare_ops,
        on_change=on_change,
    )
    return Cell(slug, ops, api)


def cell_command(paths: StackPaths, slug: str, part: str) -> list[str]:
    """The command line of a part of the cell; its secrets are in the settings file."""
    return [sys.executable, "-m", "ntro_tenant", part, "--settings", str(paths.cell_settings(slug))]


def cell_daemon(paths: StackPaths, slug: str, part: str) -> Daemon:
    """One process of the cell, running or not."""
    name = f"cell-{slug}-{part}"
    return Daemon(name, run_file=paths.run_file(name), log_file=paths.log(name), stop_seconds=STOP_SECONDS)


def shipped_migrations() -> set[str]:
    """The SHA-256 of every migration of the installed cell."""
    spec = importlib.util.find_spec("ntro_tenant")
    folders = [Path(found) for found in (spec.submodule_search_locations or [])] if spec else []
    scripts = [script for folder in folders for script in folder.glob("db/migrations/*.sql")]
    return {hashlib.sha256(script.read_bytes()).hexdigest() for script in scripts}


def migrate(paths: StackPaths, slug: str) -> None:
    """Brings the cell's database to the installed version's schema.

    Raises:
        StartFailed: it cannot; the log says why.
    """
    name = f"cell-{slug}-migrate"
    with open_log(paths.log(name)) as log:
        try:
            done = subprocess.run(  # noqa: S603  # our own interpreter and module
                cell_command(paths, slug, "migrate"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=child_environment(),
                check=False,
                timeout=MIGRATE_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise StartFailed(f"The migration of {slug} did not end.", remedy=f"Read: ntro logs {name}") from error
    if done.returncode != 0:
        raise StartFailed(f"The database of {slug} cannot be migrated.", remedy=f"Read: ntro logs {name}")
