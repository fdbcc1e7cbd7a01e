"""A Temporal worker for one version of a runbook, with the recorder, the codec and the platform's configuration."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from ntro import events
from ntro.capabilities import config, sealed
from ntro.capabilities.secret import Secret
from ntro.runbook.bundle import LoadedBundle, load_bundle
from ntro.workflow.hosting import worker_options
from ntro.workspace.commands import OPS_QUEUE
from ntro.workspace.sealing import unseal
from ntro_tenant.core.engine import connect
from ntro_tenant.core.recording.emitter import RecordingEmitter
from ntro_tenant.core.recording.recorder import Recorder
from ntro_tenant.core.worker_key import worker_key
from ntro_tenant.ops.bundles import Bundle, bundle_folder, find_bundle
from ntro_tenant.ops.cell import deployment_name, run_queue, tenant_api_url
from ntro_tenant.ops.loops import until_done
from ntro_tenant.settings import CellSettings

GRACE = timedelta(seconds=8)
# How long a turn of a run waits for the worker that knows the run, before any other of its version takes it.
STICKY = timedelta(seconds=5)
_log = structlog.get_logger(__name__)


class UnknownVersionError(LookupError):
    """The cell has no such version of the runbook."""


@asynccontextmanager
async def open_worker(
    settings: CellSettings, pool: asyncpg.Pool, *, slug: str, version: str
) -> AsyncIterator[tuple[Worker, Bundle]]:
    """A worker that does not poll yet, and its bundle; waits for Temporal where it is not there yet.

    Raises:
        UnknownVersionError: the cell has no such version.
        BundleError: its code does not load.
    """
    async with pool.acquire() as connection:
        bundle = await find_bundle(connection, slug, version)
    if bundle is None:
        raise UnknownVersionError(f"This cell has no version {version} of the runbook {slug}.")
    config.set(worker_config(settings, slug))
    sealed.register_opener(opener(settings))
    events.register_emitter(RecordingEmitter(pool))
    loaded = load_bundle(
        bundle_folder(settings.home, slug, version),
        slug=slug,
        workflow_class=bundle.workflow_class,
        activity_modules=bundle.activity_modules,
    )
    connected: list[Client] = []

    async def reach_temporal() -> None:
        connected.append(await connect(settings, pool))

    await until_done(f"reach Temporal at {settings.temporal_address}", reach_temporal)
    yield build_worker(connected[0], pool, bundle, loaded), bundle


def build_worker(client: Client, pool: asyncpg.Pool, bundle: Bundle, loaded: LoadedBundle) -> Worker:
    """The worker of `bundle` on its queue, pinned to its build."""
    recorder = Recorder(pool, version=bundle.version)
    return Worker(
        client,
        task_queue=run_queue(bundle.slug),
        deployment_config=WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name(bundle.slug), bundle.build_id),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.PINNED,
        ),
        graceful_shutdown_timeout=GRACE,
        sticky_queue_schedule_to_start_timeout=STICKY,
        **worker_options([loaded], record=recorder.apply),
    )


def opener(settings: CellSettings) -> sealed.Opener:
    """Opens what Workspace sealed for this cell."""
    private_key = settings.sealing_private_key.get_secret_value()
    return lambda text: unseal(text, private_key=private_key, tenant_id=settings.tenant_id).decode()


def worker_config(settings: CellSettings, slug: str) -> config.WorkerConfig:
    """What runbooks of this cell read from `ntro.capabilities.config`; credentials come from the environment."""
    return config.get().model_copy(
        update={
            "temporal_host": settings.temporal_address,
            "temporal_namespace": settings.temporal_namespace,
            "workspace_api_url": settings.workspace_url,
            "workspace_api_key": Secret(settings.cell_key.get_secret_value()),
            "tenant_api_url": tenant_api_url(settings),
            "internal_reasoning_key": Secret(worker_key(settings)),
            "tenant_ui_base": settings.public_url.rstrip("/").removesuffix("/v1"),
            "artifacts_dir": str(settings.home / "artifacts"),
            "tenant_id": str(settings.tenant_id),
            "tenant_slug": settings.tenant_slug,
            "tenant_postgres_url": Secret(settings.database_url.get_secret_value()),
            "task_queue": run_queue(slug),
            "ops_task_queue": OPS_QUEUE,
        }
    )
