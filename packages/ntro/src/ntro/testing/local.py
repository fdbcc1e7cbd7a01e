"""The engine in memory, with time skipped, for one process."""

import shutil
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from ntro.runbook.bundle import LoadedBundle, activities_of
from ntro.workflow._input import UnreadInputRunner
from ntro.workflow.converter import run_data_converter
from ntro.workflow.hosting import Recording, worker_options
from ntro.workflow.registry import slug_of

SERVER_BINARY = "temporal-test-server"


def server_binary() -> str | None:
    """The in-memory server beside this Python or on PATH; none lets the engine's SDK fetch its own."""
    beside = Path(sys.executable).with_name(SERVER_BINARY)
    return str(beside) if beside.is_file() else shutil.which(SERVER_BINARY)


@cache
def _quiet_engine() -> Runtime:
    """The engine's threads for this process. Its warnings would be written between a report's lines."""
    logging = LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    return Runtime(telemetry=TelemetryConfig(logging=logging))


@asynccontextmanager
async def time_skipping_server() -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own that skips time while a result is awaited."""
    environment = await WorkflowEnvironment.start_time_skipping(
        data_converter=run_data_converter, test_server_existing_path=server_binary(), runtime=_quiet_engine()
    )
    async with environment:
        yield environment


@asynccontextmanager
async def local_worker(
    classes: Sequence[type],
    *,
    task_queue: str,
    activities: Sequence[Callable[..., Any]] = (),
    record: Recording | None = None,
) -> AsyncIterator[Client]:
    """A server and a worker for `classes`; ends with the block."""
    async with time_skipping_server() as environment:
        worker = worker_for(
            environment.client, [bundle_of(cls) for cls in classes], task_queue, activities=activities, record=record
        )
        async with worker:
            yield environment.client


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
    return Worker(client, task_queue=task_queue, **options)


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
