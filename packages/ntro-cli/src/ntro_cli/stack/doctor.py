"""Looks at everything a stack stands on and says of each finding whether it is well and what to do."""

import asyncio
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import asyncpg

from ntro_cli.stack import cluster, ports
from ntro_cli.stack.binaries import find_postgres, find_temporal, program_version
from ntro_cli.stack.checks import check_programs, check_room
from ntro_cli.stack.errors import StackError
from ntro_cli.stack.keys import load_secrets
from ntro_cli.stack.ordered_stop import running_names
from ntro_cli.stack.overview import overview
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.promises import Promises
from ntro_cli.stack.redaction import exposed_files
from ntro_cli.stack.report import ServiceState
from ntro_cli.stack.servers import external_temporal, postgres_server
from ntro_cli.stack.state import StackState, load_state

OLDEST_PYTHON = (3, 11)
RELEASED = 1_767_225_600  # 2026-01-01: a clock before this is wrong, and would date books wrongly
CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Without a remedy all is well."""

    check: str
    message: str
    remedy: str | None = None

    @property
    def is_well(self) -> bool:
        return self.remedy is None


def examine(paths: StackPaths) -> list[Finding]:
    """Every finding. Changes nothing."""
    findings = [_python(), _clock(paths), *_guarded("disk", lambda: _room(paths))]
    findings += _guarded("programs", lambda: _programs(paths))
    findings += list(_permissions(paths))
    findings += _guarded("state", lambda: _state(paths))
    if all(finding.is_well for finding in findings) and running_names(paths):
        findings += _processes(paths)
        findings += _guarded("postgres", lambda: _database(paths))
        findings += _guarded("temporal", lambda: _temporal(paths))
    return findings


def _guarded(check: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except StackError as error:
        return [Finding(check, error.message, error.remedy)]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding("python", f"Python {version} is too old.", "Use Python 3.11 or newer.")
    return Finding("python", f"{version} in {sys.executable}")


def _clock(paths: StackPaths) -> Finding:
    newest = max((file.stat().st_mtime for file in (paths.state, paths.status) if file.exists()), default=RELEASED)
    if time.time() + 60 < max(newest, RELEASED):
        return Finding("clock", "The clock is behind what has been written already.", "Set the clock of this machine.")
    return Finding("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def _room(paths: StackPaths) -> list[Finding]:
    check_room(paths)
    return [Finding("disk", f"enough room at {paths.home}")]


def _programs(paths: StackPaths) -> list[Finding]:
    check_programs(paths)
    data = paths.postgres / "data"
    found = find_postgres(cluster.major_of(data) if data.exists() else None)
    findings = [Finding("postgres", f"{found.version} in {found.folder}")]
    if external_temporal() is None:
        program = find_temporal()
        findings.append(Finding("temporal", f"{program_version(program) or 'unknown version'} at {program}"))
    return findings


def _permissions(paths: StackPaths) -> Iterator[Finding]:
    exposed = exposed_files(paths)
    for path in exposed:
        yield Finding("permissions", f"Others can read {path}.", f"chmod go-rwx {path}")
    if not exposed:
        yield Finding("permissions", f"{paths.home} is yours alone")


def _state(paths: StackPaths) -> list[Finding]:
    state = load_state(paths)
    if state is None:
        return [Finding("state", f"{paths.home} has no stack yet; ntro up makes one")]
    load_secrets(paths)
    return [Finding("state", f"{len(state.cells)} cells"), *_ports(paths, state)]


def _ports(paths: StackPaths, state: StackState) -> Iterator[Finding]:
    running = running_names(paths)
    promised = {**state.servers, **{f"cell-{slug}-api": cell.port for slug, cell in state.cells.items()}}
    for name, port in sorted(promised.items()):
        if name not in running and not ports.is_free(port):
            yield Finding("ports", f"Port {port} of {name} is taken by another program.", f"See: lsof -i :{port}")
        else:
            yield Finding("ports", f"{name} {port}")


def _processes(paths: StackPaths) -> list[Finding]:
    well = {"healthy", ServiceState.HEALTHY.value}
    return [
        Finding(
            "processes", f"{view.process} {view.health}", None if view.health in well else view.problem or "ntro up"
        )
        for view in overview(paths)
    ]


def _database(paths: StackPaths) -> list[Finding]:
    state = load_state(paths)
    assert state is not None
    url = postgres_server(paths, state.servers["postgres"]).admin_url

    async def ask() -> int:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
        try:
            return int(await connection.fetchval("select count(*) from pg_database where datname like 'ntro%'"))
        finally:
            await connection.close()

    try:
        return [Finding("postgres", f"takes connections, {asyncio.run(ask())} databases")]
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        return [Finding("postgres", f"It takes no connection: {error}.", "Read: ntro logs postgres")]


def _temporal(paths: StackPaths) -> list[Finding]:
    address = Promises(paths).addresses.temporal

    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS):
            return [Finding("temporal", f"takes connections at {address}")]
    except (OSError, ValueError) as error:
        return [Finding("temporal", f"{address} takes no connection: {error}.", "Read: ntro logs temporal")]
