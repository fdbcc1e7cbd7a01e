"""One runbook worker: a child process that is started again when it dies, until it is no longer wanted."""

import asyncio
import json
import os
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import structlog

from ntro_tenant.ops.bundles import Bundle
from ntro_tenant.ops.cell import run_queue, tenant_api_url
from ntro_tenant.settings import CellSettings

READY_SECONDS = 90
STOP_SECONDS = 20
_BACKOFF_FIRST = 0.5
_BACKOFF_MAX = 5.0
_STEADY_SECONDS = 20
_SILENT_STARTS = 5  # that many in a row, and it is the bundle that ends its worker, not an accident of the machine
_log = structlog.get_logger(__name__)


class WorkerStartError(RuntimeError):
    """A runbook worker did not come to poll; the message holds its own words, which speak of code."""


class RunbookProcess:
    """Keeps a worker of one version running. The child ends by itself when this process is gone: its input closes."""

    def __init__(self, bundle: Bundle, python: Path, settings_file: Path, settings: CellSettings) -> None:
        self.bundle = bundle
        self._command = (
            *(str(python), "-P", "-m", "ntro_tenant", "runbook", "--settings", str(settings_file)),
            *("--slug", bundle.slug, "--version", bundle.version),
        )
        self._environment = os.environ | worker_environment(settings, bundle.slug)
        self._home = settings.home
        self._process: Process | None = None
        self._ready = asyncio.Event()
        self._first_error: str | None = None
        self._silent_starts = 0
        self._started_once = asyncio.Event()
        self._keeper = asyncio.create_task(self._keep(), name=f"runbook {bundle.slug} {bundle.version}")

    @property
    def pid(self) -> int | None:
        """The process id of the child that runs now."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def wait_ready(self) -> None:
        """Returns when the worker polls.

        Raises:
            WorkerStartError: its first start failed, five ended without a word, or it does not poll within 90 s.
        """
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._started_once.wait()
                if self._first_error is not None:
                    raise WorkerStartError(self._first_error)
                await self._ready.wait()
        except TimeoutError:
            raise WorkerStartError(f"The worker did not start within {READY_SECONDS} s.") from None

    async def stop(self) -> None:
        """Ends the child, gracefully within 20 s, and keeps it ended."""
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)

    async def _keep(self) -> None:
        pause = _BACKOFF_FIRST
        while True:
            began = time.monotonic()
            try:
                code = await self._run_once()
            finally:
                self._ready.clear()
            if not self._started_once.is_set():
                self._note_failed_start()
            if time.monotonic() - began > _STEADY_SECONDS:
                pause = _BACKOFF_FIRST
            _log.warning("runbook worker ended", slug=self.bundle.slug, version=self.bundle.version, exit_code=code)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _BACKOFF_MAX)

    async def _run_once(self) -> int:
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env=self._environment, cwd=self._home
        )
        try:
            await self._follow(process)
            return await process.wait()
        finally:
            await _end(process)

    async def _follow(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            report = _report(line)
            if report.get("ready") is True:
                self._ready.set()
                self._started_once.set()
                _log.info("runbook worker polls", slug=self.bundle.slug, version=self.bundle.version, pid=process.pid)
            elif error := report.get("error"):
                self._first_error = None if self._started_once.is_set() else str(error)
                _log.error("runbook worker failed", slug=self.bundle.slug, version=self.bundle.version, error=error)

    def _note_failed_start(self) -> None:
        self._silent_starts += 1
        if self._first_error is None and self._silent_starts < _SILENT_STARTS:
            return  # Somebody killed it, or the machine did: it is started again.
        self._first_error = self._first_error or "The worker ended before it polled; the cell's log has the reason."
        self._started_once.set()


def worker_environment(settings: CellSettings, slug: str) -> dict[str, str]:
    """What the published runbooks read from a worker's environment. None of it is secret."""
    return {
        "TEMPORAL_HOST": settings.temporal_address,
        "TEMPORAL_NAMESPACE": settings.temporal_namespace,
        "NTRO_WORKSPACE_API_URL": settings.workspace_url,
        "NTRO_TENANT_API_URL": tenant_api_url(settings),
        "NTRO_TENANT_ID": str(settings.tenant_id),
        "NTRO_TENANT_SLUG": settings.tenant_slug,
        "NTRO_TASK_QUEUE": run_queue(slug),
    }


def _report(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
