"""The runbook workers of a cell: one child process for each version in use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import structlog

from ntro_tenant.ops.artifacts import BundleRefusedError
from ntro_tenant.ops.bundles import Bundle, BundleHome, bundles_in_use
from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.environments import EnvironmentBuildError
from ntro_tenant.ops.runbook_process import RunbookProcess

_log = structlog.get_logger(__name__)


class ProcessManager:
    """Starts, watches and stops runbook workers; what is in use is read from the cell's database."""

    def __init__(self, cell: Cell, settings_file: Path) -> None:
        self._cell = cell
        self._settings_file = settings_file
        self.home = BundleHome(cell.settings.home, cell.http)
        self._running: dict[tuple[str, str], RunbookProcess] = {}
        self._changing = asyncio.Lock()
        self._held: list[tuple[str, str]] = []
        self._unused: set[tuple[str, str]] = set()

    @property
    def pids(self) -> dict[str, int | None]:
        """Process ids by `<slug> <version>`."""
        return {" ".join(key): process.pid for key, process in self._running.items()}

    @asynccontextmanager
    async def holding(self, bundle: Bundle) -> AsyncIterator[None]:
        """Keeps the worker of `bundle` from being stopped as unused meanwhile."""
        self._held.append(bundle.key)
        try:
            yield
        finally:
            self._held.remove(bundle.key)

    async def ensure(self, bundle: Bundle) -> None:
        """Returns when a worker of `bundle` polls; it is started where it does not run.

        Raises:
            BundleRefusedError, EnvironmentBuildError, httpx2.HTTPError: as `BundleHome.prepare`.
            WorkerStartError: it does not come to poll; it is then not kept.
        """
        process = await self._start(bundle)
        try:
            await process.wait_ready()
        except BaseException:
            if self._running.get(bundle.key) is process:
                del self._running[bundle.key]
            await process.stop()
            raise

    async def reconcile(self) -> None:
        """Starts a worker for each version in use that has none and stops those that are no longer in use."""
        async with self._cell.pool.acquire() as connection:
            wanted = {bundle.key: bundle for bundle in await bundles_in_use(connection)}
        unused = {key for key in self._running if key not in wanted and key not in self._held}
        # A run that has just started is not in the database yet, so a worker must be found unused twice.
        for key in unused & self._unused:
            await self._running.pop(key).stop()
        self._unused = unused
        for bundle in wanted.values():
            await self.keep(bundle)

    async def keep(self, bundle: Bundle) -> None:
        """Starts a worker of `bundle` where none runs. What hinders that is logged; `reconcile` tries again."""
        try:
            await self._start(bundle)
        except (BundleRefusedError, EnvironmentBuildError, httpx2.HTTPError, OSError) as error:
            _log.warning("runbook worker not started", slug=bundle.slug, version=bundle.version, error=str(error))

    async def stop(self) -> None:
        """Stops every worker."""
        processes = list(self._running.values())
        self._running.clear()
        await asyncio.gather(*(process.stop() for process in processes))

    async def _start(self, bundle: Bundle) -> RunbookProcess:
        async with self._changing:
            running = self._running.get(bundle.key)
            if running is not None and running.bundle.sha256 == bundle.sha256:
                return running
            python = await self.home.prepare(bundle)
            if running is not None:
                await running.stop()
            process = RunbookProcess(bundle, python, self._settings_file, self._cell.settings)
            self._running[bundle.key] = process
            return process
