"""The engine in memory, with time skipped, for one process."""

import atexit
import gc
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import Worker

from ntro.runbook.bundle import LoadedBundle, activities_of
from ntro.testing.server import ServerProcess
from ntro.testing.time_skipping import TimeSkipping
from ntro.workflow._input import UnreadInputRunner
from ntro.workflow.converter import run_data_converter
from ntro.workflow.hosting import Recording, worker_options
from ntro.workflow.registry import slug_of

IN_MEMORY_BUILD = "in-memory"
"""The build of workers here. Without one the engine would read the code of every loaded module to make one up."""


@dataclass(frozen=True, slots=True)
class InMemoryServer:
    """A server that skips time while a result is awaited."""

    client: Client


@cache
def _quiet_engine() -> Runtime:
    """The engine's threads for this process. Its warnings would be written between a report's lines."""
    # What of the engine is collected only while the interpreter ends can abort the process.
    atexit.register(gc.collect)
    logging = LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    return Runtime(telemetry=TelemetryConfig(logging=logging))


@asynccontextmanager
async def time_skipping_server(process: ServerProcess | None = None) -> AsyncIterator[InMemoryServer]:
    """A server of its own, which ends with the block.

    Args:
        process: one that was started before.

    Raises:
        ServerError: there is no server here, or it does not start.
    """
    process = process or ServerProcess()
    try:
        address = await process.ready()
        yield InMemoryServer(
            await Client.connect(
                address, data_converter=run_data_converter, interceptors=[TimeSkipping()], runtime=_quiet_engine()
            )
        )
    finally:
        process.end()


@asynccontextmanager
async def local_worker(
    classes: Sequence[type],
    *,
    task_queue: str,
    activities: Sequence[Callable[..., Any]] = (),
    record: Recording | None = None,
) -> AsyncIterator[Client]:
    """A server and a worker for `classes`; ends with the block."""
    async with time_skipping_server() as server:
        worker = worker_for(
            server.client, [bundle_of(cls) for cls in classes], task_queue, activities=activities, record=record
        )
        async with worker:
            yield server.client


def worker_for(
    client: Client,
    bundles: Sequence[LoadedBundle],
    task_queue: str,
    *,
    activities: Sequence[Callable[..., Any]] = (),
    record: Recording | None = None,
) -> Worker:
    """A worker for `bundles`. Classes that were not loaded from a bundle run without the sandbox.

    The sandbox imports a class's module again by name; test modules and functions' own classes have no such name.
    """
    options = worker_options(bundles, record=record, activities=activities)
    if not all(bundle.sandboxed for bundle in bundles):
        options["workflow_runner"] = UnreadInputRunner()
    return Worker(client, task_queue=task_queue, build_id=IN_MEMORY_BUILD, **options)


def bundle_of(cls: type) -> LoadedBundle:
    """The bundle that `cls` was loaded from, else one made of its module and its sibling `activities`."""
    loaded = vars(cls).get("__ntro_bundle__")
    if isinstance(loaded, LoadedBundle):
        return loaded
    module = sys.modules[cls.__module__]
    found = activities_of(module)
    sibling = f"{module.__package__}.activities" if module.__package__ else "activities"
    if sibling in sys.modules:
        found |= activities_of(import_module(sibling))
    return LoadedBundle(slug=slug_of(cls), workflow_class=cls, activities=tuple(found.values()), sandboxed=False)
