"""Deploying a version of a runbook: fetch, unpack, migrate, build its environment, start and choose its worker.

Each part may be repeated: what is there already is kept.
"""

import dataclasses
import re

import asyncpg
import structlog

from ntro.workspace.commands import Deployment, DeploymentResult
from ntro_server.migrations import MigrationError, migrations_of_folder
from ntro_tenant.ops.artifacts import BundleRefusedError
from ntro_tenant.ops.bundle_scripts import run_bundle_scripts
from ntro_tenant.ops.bundles import Bundle, find_bundle, front_matter, make_current, remove_bundle, store_bundle
from ntro_tenant.ops.cell import Cell, build_id, run_queue
from ntro_tenant.ops.environments import EnvironmentBuildError, read_requirements
from ntro_tenant.ops.processes import ProcessManager
from ntro_tenant.ops.runbook_process import WorkerStartError
from ntro_tenant.ops.versions import set_current_version

MAX_ERROR = 1000
# They become parts of paths and of names in Temporal.
_SLUG = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}\Z")
_VERSION = re.compile(r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}\Z")
_SHA256 = re.compile(r"^[0-9a-f]{64}\Z")
_log = structlog.get_logger(__name__)
_REFUSALS = (BundleRefusedError, EnvironmentBuildError, MigrationError, WorkerStartError)


class DeployService:
    """Carries out deployments; the same deployment again ends the same."""

    def __init__(self, cell: Cell, processes: ProcessManager) -> None:
        self._cell = cell
        self._processes = processes

    async def deploy(self, deployment: Deployment) -> DeploymentResult:
        """Deploys; what is wrong with the bundle is in the answer's `error`, what passes by itself is raised."""
        bundle = Bundle(
            deployment.slug,
            deployment.version,
            deployment.sha256,
            deployment.workflow_class,
            tuple(deployment.activity_modules),
        )
        if not (_SLUG.match(bundle.slug) and _VERSION.match(bundle.version) and _SHA256.match(bundle.sha256)):
            return _result(deployment, error="The slug, version or hash of the bundle is malformed.")
        async with self._cell.pool.acquire() as connection:
            known = await find_bundle(connection, bundle.slug, bundle.version)
        if known is not None and known.sha256 != bundle.sha256:
            return _result(
                deployment,
                error=f"Version {bundle.version} of {bundle.slug} exists with other content; raise the version.",
            )
        async with self._processes.holding(bundle):
            try:
                warnings = await self._install(bundle, new=known is None)
            except _REFUSALS as error:
                return _result(deployment, error=_words_of_code(bundle, error))
            if deployment.make_current:
                await set_current_version(self._cell.client, bundle)
                async with self._cell.pool.acquire() as connection, connection.transaction():
                    await make_current(connection, bundle.slug, bundle.version)
        _log.info("runbook deployed", slug=bundle.slug, version=bundle.version, build_id=bundle.build_id)
        return _result(deployment, warnings=warnings)

    async def _install(self, bundle: Bundle, *, new: bool) -> list[str]:
        folder = await self._processes.home.unpacked(bundle)
        requirements = read_requirements(folder)
        head = front_matter(folder)
        schema = head.get("config_schema")
        described = dataclasses.replace(
            bundle,
            name=str(head.get("name") or bundle.slug),
            config_schema=schema if isinstance(schema, dict) else {},
        )
        async with self._cell.pool.acquire() as connection:
            await run_bundle_scripts(connection, bundle.slug, migrations_of_folder(folder / "migrations"))
            # The worker reads what to load from this row, so the row comes first.
            await store_bundle(connection, described)
        try:
            await self._processes.ensure(described)
        except _REFUSALS:
            if new:
                await self._forget(bundle)
            raise
        return [f"{name}: provided by the platform" for name in requirements.from_platform]

    async def _forget(self, bundle: Bundle) -> None:
        async with self._cell.pool.acquire() as connection:
            await remove_bundle(connection, bundle.slug, bundle.version)


def _result(deployment: Deployment, *, error: str | None = None, warnings: list[str] | None = None) -> DeploymentResult:
    return DeploymentResult(
        ok=error is None,
        task_queue=run_queue(deployment.slug),
        build_id=build_id(deployment.version, deployment.sha256),
        error=error,
        warnings=warnings or [],
    )


def _words_of_code(bundle: Bundle, error: Exception) -> str:
    _log.warning("deployment refused", slug=bundle.slug, version=bundle.version, error=str(error))
    if isinstance(error, MigrationError) and isinstance(error.__cause__, asyncpg.PostgresError):
        # The database's own words may quote rows; they stay in the cell's log.
        return f"A migration of the bundle failed with {type(error.__cause__).__name__}; the cell's log has the reason."
    return str(error)[:MAX_ERROR]
