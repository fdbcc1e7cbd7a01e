"""Fixtures shared by all tests: a real PostgreSQL, a fresh database for a test, a real Temporal server."""

import asyncio
import itertools
import os
import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.client import Client

from ntro_server.migrations import apply_migrations, migrations_of_package

SERVER_SECONDS = 60


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
def session_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases that last for the session: migrating one takes longer than most tests."""
    names: list[str] = []

    def make() -> str:
        names.append(f"test_{uuid4().hex}")
        asyncio.run(run_sql(postgres_url, f"create database {names[-1]}"))
        return postgres_url.rsplit("/", 1)[0] + f"/{names[-1]}"

    yield make
    for name in names:
        asyncio.run(run_sql(postgres_url, f"drop database {name} with (force)"))


@pytest.fixture(scope="session")
def empty_tables() -> Callable[..., Awaitable[None]]:
    """Removes what a test left in the tables of some schemas, also where the tables forbid it."""

    async def empty(url: str, schemas: Sequence[str], but: Sequence[str] = ()) -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("set session_replication_role = replica")
            tables = await connection.fetch(
                """select format('%I.%I', schemaname, tablename) as name from pg_tables
                   where schemaname = any($1) and tablename <> all($2)""",
                schemas,
                but,
            )
            await connection.execute(";".join(f"delete from {table['name']}" for table in tables))
        finally:
            await connection.close()

    return empty


@pytest.fixture(scope="session")
def migrated_cell_database(session_database: Callable[[], str]) -> str:
    """A database with the cell's tables for all tests of the session."""
    url = session_database()
    asyncio.run(_migrate(url, "ntro_tenant", "ntro_tenant.db.migrations"))
    return url


@pytest.fixture
async def cell_database_url(
    migrated_cell_database: str, empty_tables: Callable[..., Awaitable[None]]
) -> AsyncIterator[str]:
    """The database with the cell's tables, empty; what a test leaves is removed."""
    yield migrated_cell_database
    await empty_tables(migrated_cell_database, ["ingest", "ledgers", "system"])


@pytest.fixture(scope="session")
def migrated_workspace_database(session_database: Callable[[], str]) -> str:
    """A database with Workspace's tables for all tests of the session."""
    url = session_database()
    asyncio.run(_migrate(url, "workspace", "ntro_workspace.db.migrations"))
    return url


@pytest.fixture
async def workspace_database_url(
    migrated_workspace_database: str, empty_tables: Callable[..., Awaitable[None]]
) -> AsyncIterator[str]:
    """The database with Workspace's tables, as when it is new; what a test leaves is removed, the trail included."""
    yield migrated_workspace_database
    await empty_tables(migrated_workspace_database, ["public"], but=["organisation", "applied_migrations"])


async def _migrate(url: str, origin: str, package: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await apply_migrations(connection, origin, migrations_of_package(package))
    finally:
        await connection.close()


async def run_sql(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture
async def database_url(postgres_url: str) -> AsyncIterator[str]:
    """URL of an empty database that exists for one test."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(postgres_url)
    try:
        await admin.execute(f"create database {name}")
        yield postgres_url.rsplit("/", 1)[0] + f"/{name}"
        await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()


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
    """Address of a real Temporal server: `NTRO_TEST_TEMPORAL_ADDRESS`, or one in memory for this session."""
    if given := os.environ.get("NTRO_TEST_TEMPORAL_ADDRESS"):
        yield given
        return
    port = free_port()
    binary = Path(sys.executable).with_name("temporal")
    command = [
        binary,
        "server",
        "start-dev",
        "--headless",
        "--ip",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    command += ["--dynamic-config-value", "history.transferProcessorMaxPollRPS=2000"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            asyncio.run(_until_serving(f"127.0.0.1:{port}"))
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_serving(address: str) -> None:
    """Returns once the server answers calls: it listens before it can."""
    async with asyncio.timeout(SERVER_SECONDS):
        while True:
            try:
                await Client.connect(address)
            except RuntimeError:
                await asyncio.sleep(0.1)
            else:
                return


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
