"""All processes of a stack under one watch: the shared servers, and the cells as they come and go."""

import asyncio
from functools import partial
from importlib import import_module

import asyncpg

from ntro.workspace.commands import namespace_of
from ntro_cli.stack.cell import Cell, make_cell, migrate, shipped_migrations
from ntro_cli.stack.databases import applied_migrations, ensure_database
from ntro_cli.stack.errors import StartFailed
from ntro_cli.stack.once import Once
from ntro_cli.stack.promises import Promises
from ntro_cli.stack.report import Problem, Report, write_report
from ntro_cli.stack.servers import (
    external_temporal,
    postgres_server,
    postgres_service,
    temporal_server,
    temporal_service,
    workspace_service,
)
from ntro_cli.stack.service import Service
from ntro_cli.stack.settings_files import WORKSPACE_DATABASE, database_of


class Fleet:
    """Keeps every process running and says in the report how each is."""

    def __init__(self, promises: Promises) -> None:
        self._promises = promises
        self._paths = promises.paths
        self._changed = asyncio.Event()
        self._postgres = postgres_server(self._paths, promises.state.servers["postgres"])
        self._database = postgres_service(self._postgres, self.publish)
        self._temporal: Service | None = None
        if external_temporal() is None:
            server = temporal_server(self._paths, promises.state.servers["temporal"])
            self._temporal = temporal_service(server, self.publish)
        prepare = Once(self._prepare_workspace)
        self.workspace = workspace_service(self._paths, promises.state, prepare, self.publish)
        self._cells: dict[str, tuple[Cell, asyncio.Task[None]]] = {}
        self.failed: dict[str, Problem] = {}
        self.is_provisioned = False
        self._urges = 0
        self._settled: set[str] = set()

    async def keep_running(self) -> None:
        """Keeps the shared servers and the cells known so far running, and the report true. Never returns."""
        for slug in self._promises.state.cells:
            self.start_cell(slug)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_reporting())
            for service in self._shared():
                tasks.create_task(service.keep_running())

    def start_cell(self, slug: str) -> Cell:
        """The cell of an admitted tenant, kept running from now on."""
        if slug not in self._cells:
            prepare = Once(partial(self._prepare_cell, slug))
            port = self._promises.state.cells[slug].port
            cell = make_cell(
                self._paths,
                slug,
                port,
                prepare=prepare,
                prepare_queue=partial(self._prepare_queue, slug),
                on_change=self.publish,
            )
            self._cells[slug] = cell, asyncio.create_task(cell.keep_running())
        return self._cells[slug][0]

    async def stop_cell(self, slug: str) -> None:
        """Ends the processes of a cell."""
        cell, task = self._cells.pop(slug, (None, None))
        if cell is None or task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        for service in (cell.ops, cell.api):
            await asyncio.to_thread(service.daemon.stop)
        self.publish()

    def try_again(self) -> None:
        """Tries at once what is pausing."""
        for service in self._services():
            service.try_again()
        self.failed.clear()
        self.is_provisioned = False
        self._urges += 1
        self.publish()

    def publish(self) -> None:
        """Lets the report be written again."""
        self._changed.set()

    async def _keep_reporting(self) -> None:
        while True:
            self._changed.clear()
            await asyncio.to_thread(write_report, self._paths, self._report())
            await self._changed.wait()

    def _report(self) -> Report:
        return Report(
            services={service.name: service.report for service in self._services()},
            failed_tenants=dict(self.failed),
            is_provisioned=self.is_provisioned,
            urges=self._urges,
        )

    def _services(self) -> list[Service]:
        cells = [service for cell, _ in self._cells.values() for service in (cell.api, cell.ops)]
        return [*self._shared(), *cells]

    def _shared(self) -> list[Service]:
        return [self._database, *([self._temporal] if self._temporal else []), self.workspace]

    async def _prepare_workspace(self) -> None:
        await self._database.healthy.wait()
        await self._ensure_database(WORKSPACE_DATABASE, self._promises.secrets.workspace_password)
        await self._promises.write_workspace_settings()

    async def _prepare_cell(self, slug: str) -> None:
        await self._database.healthy.wait()
        database = database_of(self._promises.state.cells[slug].tenant_id)
        password = self._promises.cell_secrets(slug).database_password
        await self._ensure_database(database, password)
        await self._promises.write_cell_settings(slug)
        applied = await applied_migrations(self._promises.addresses.database(database, password, database))
        if applied and await asyncio.to_thread(shipped_migrations) <= applied:
            self._settled.add(slug)
        else:
            await asyncio.to_thread(migrate, self._paths, slug)

    async def _prepare_queue(self, slug: str) -> None:
        """Before each start of an ops worker. One that has worked before has its namespace, unless it fails now."""
        if self._temporal:
            await self._temporal.healthy.wait()
        if slug in self._settled:
            self._settled.remove(slug)
        else:
            await self._ensure_namespace(slug)

    async def _ensure_database(self, name: str, password: str) -> None:
        url = await asyncio.to_thread(lambda: self._postgres.admin_url)
        try:
            await ensure_database(url, name, password)
        except asyncpg.PostgresError as error:
            raise StartFailed(f"The database {name} cannot be made: {error}.", remedy="Run ntro doctor.") from error

    async def _ensure_namespace(self, slug: str) -> None:
        # A start of cells that are there already needs no Temporal client, which takes most of a second to load.
        namespaces = await asyncio.to_thread(import_module, "ntro_cli.stack.namespaces")
        await namespaces.ensure_namespace(self._promises.addresses.temporal, namespace_of(slug))
