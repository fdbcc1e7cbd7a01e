"""Fixtures shared by all tests: a real PostgreSQL, a fresh database for a test, a real Temporal server."""

import asyncio
import importlib.util
import itertools
import os
import random
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from ntro import data
from ntro.capabilities import config
from ntro_cli.stack.namespaces import client_of
from ntro_cli.stack.temporal import TemporalServer
from ntro_server.migrations import apply_migrations, migrations_of_package


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Administrator URL of a running PostgreSQL: `NTRO_TEST_POSTGRES_URL`, or an embedded one for this session."""
    if given := os.environ.get("NTRO_TEST_POSTGRES_URL"):
        yield given
        return
    from ntro_cli.stack.postgres import PostgresServer

    with tempfile.TemporaryDirectory(prefix="ntro-pg-") as folder:
        server = PostgresServer(Path(folder), port=free_port())
        server.start()
        try:
            yield server.admin_url
        finally:
            server.stop()
            server.remove()


@pytest.fixture(scope="session")
def migrated_database(postgres_url: str) -> Iterator[Callable[[str, str], str]]:
    """Makes databases with the tables of a package, which last for all tests: making one takes longer than a test."""
    urls: list[str] = []

    def make(origin: str, package: str) -> str:
        urls.append(asyncio.run(create_database(postgres_url)))
        asyncio.run(migrate(urls[-1], origin, package))
        return urls[-1]

    yield make
    for url in urls:
        asyncio.run(drop_database(postgres_url, url))


@pytest.fixture(scope="session")
def migrated_cell_database(migrated_database: Callable[[str, str], str]) -> str:
    """A database with the cell's tables."""
    return migrated_database("ntro_tenant", "ntro_tenant.db.migrations")


@pytest.fixture
async def cell_database_url(migrated_cell_database: str) -> AsyncIterator[str]:
    """The database with the cell's tables, empty; what a test leaves is removed."""
    yield migrated_cell_database
    await empty_tables(migrated_cell_database, ["ingest", "ledgers", "system"])


@pytest.fixture
async def data_plane(cell_database_url: str) -> AsyncIterator[data.DataPlane]:
    """The database with the cell's tables, as the runbooks of the tenant `acme` reach it."""
    config.set(config.WorkerConfig(tenant_slug="acme", tenant_postgres_url=SecretStr(cell_database_url)))
    try:
        yield await data.get_data_plane("acme")
    finally:
        await data.close_data_planes()
        config.reset()


@pytest.fixture(scope="session")
def migrated_workspace_database(migrated_database: Callable[[str, str], str]) -> str:
    """A database with Workspace's tables."""
    return migrated_database("workspace", "ntro_workspace.db.migrations")


@pytest.fixture
async def workspace_database_url(migrated_workspace_database: str) -> AsyncIterator[str]:
    """The database with Workspace's tables, as when it is new; what a test leaves is removed, the trail included."""
    yield migrated_workspace_database
    await empty_tables(migrated_workspace_database, ["public"], but=["organisation", "applied_migrations"])


@pytest.fixture
async def database_url(postgres_url: str) -> AsyncIterator[str]:
    """URL of an empty database that exists for one test."""
    url = await create_database(postgres_url)
    yield url
    await drop_database(postgres_url, url)


async def create_database(admin_url: str) -> str:
    """The URL of a new, empty database."""
    name = f"test_{uuid4().hex}"
    async with connected(admin_url) as connection:
        await connection.execute(f"create database {name}")
    return f"{admin_url.rpartition('/')[0]}/{name}"


async def drop_database(admin_url: str, url: str) -> None:
    async with connected(admin_url) as connection:
        await connection.execute(f"drop database {url.rpartition('/')[2]} with (force)")


async def migrate(url: str, origin: str, package: str) -> None:
    async with connected(url) as connection:
        await apply_migrations(connection, origin, migrations_of_package(package))


async def empty_tables(url: str, schemas: Sequence[str], but: Sequence[str] = ()) -> None:
    """Removes what is in the tables of some schemas, also where the tables forbid it."""
    async with connected(url) as connection:
        await connection.execute("set session_replication_role = replica")
        tables = await connection.fetch(
            """select format('%I.%I', schemaname, tablename) as name from pg_tables
               where schemaname = any($1) and tablename <> all($2)""",
            schemas,
            but,
        )
        await connection.execute(";".join(f"delete from {table['name']}" for table in tables))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def port_bases(worker_id: str) -> Iterator[int]:
    """Bases for the ports of stacks: no two stacks of this test run want the same port.

    A stack's ports lie at fixed distances from its base, up to 4 300. Each test process has a range of its own, below
    the ports that systems give to outgoing connections, and steps through it by a number that fits in none of them.
    """
    process = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    return itertools.count(10_000 + process % 3 * 6_000 + random.SystemRandom().randrange(500), 30)


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    """Address of a real Temporal server: `NTRO_TEST_TEMPORAL_ADDRESS`, or an embedded one for this session."""
    if given := os.environ.get("NTRO_TEST_TEMPORAL_ADDRESS"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="ntro-temporal-") as folder:
        server = TemporalServer(Path(folder), free_port())
        server.start()
        try:
            asyncio.run(client_of(server.address))
            yield server.address
        finally:
            server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Writes a line to the terminal, also while output is captured: figures that are reported, not asserted.

    One of several test processes hands its lines over when it ends.
    """
    handed_over: dict[str, Any] | None = getattr(request.config, "workeroutput", None)
    if handed_over is not None:
        lines: list[str] = handed_over.setdefault("said", [])
        return lines.append
    terminal = request.config.pluginmanager.getplugin("terminalreporter")
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def write(line: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.ensure_newline()
            terminal.write_line(line)

    return write


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Prints what the tests of another process said."""
    terminal = node.config.pluginmanager.getplugin("terminalreporter")
    for line in getattr(node, "workeroutput", {}).get("said", ()):
        terminal.ensure_newline()
        terminal.write_line(line)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real input files named by `NTRO_REAL_DATA`; without it the test is skipped."""
    given = os.environ.get("NTRO_REAL_DATA")
    if not given:
        pytest.skip("NTRO_REAL_DATA names no folder of real input files")
    return Path(given)


@pytest.fixture(scope="session")
def agent_hosts() -> ModuleType:
    """The module of local servers that speak the protocols of platforms that host agents."""
    place = Path(__file__).parent / "packages/ntro/tests/agents/conftest.py"
    spec = importlib.util.spec_from_file_location("agent_hosts_of_the_sdk", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
