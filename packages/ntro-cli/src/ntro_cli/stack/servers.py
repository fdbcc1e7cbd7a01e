"""The servers that all tenants of a stack share, as services: PostgreSQL, Temporal, Workspace."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.doors import is_healthy
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.postgres import PostgresServer
from ntro_cli.stack.service import Service
from ntro_cli.stack.state import StackState, require_free
from ntro_cli.stack.temporal import TemporalServer


def external_temporal() -> str | None:
    """The address of a Temporal server of the user's own, `NTRO_TEMPORAL_ADDRESS`; none when ours is to run."""
    return os.environ.get("NTRO_TEMPORAL_ADDRESS") or None


def postgres_server(paths: StackPaths, port: int) -> PostgresServer:
    """The stack's PostgreSQL, which outlives whoever starts it."""
    return PostgresServer(
        paths.postgres, port, detached=True, run_file=paths.run_file("postgres"), log_file=paths.log("postgres")
    )


def temporal_server(paths: StackPaths, port: int) -> TemporalServer:
    """The stack's Temporal server, which outlives whoever starts it."""
    return TemporalServer(
        paths.temporal, port, detached=True, run_file=paths.run_file("temporal"), log_file=paths.log("temporal")
    )


def workspace_daemon(paths: StackPaths) -> Daemon:
    """The process of Workspace, running or not."""
    return Daemon("workspace", run_file=paths.run_file("workspace"), log_file=paths.log("workspace"))


def postgres_service(server: PostgresServer, on_change: Callable[[], None]) -> Service:
    """PostgreSQL under watch."""

    def prepare() -> None:
        server.prepare()
        server.set_stale_lock_aside()
        require_free("postgres", server.port)

    return Service(
        server.daemon,
        command=server.command,
        is_ready=server.is_ready,
        prepare=lambda: asyncio.to_thread(prepare),
        on_change=on_change,
        address=f"127.0.0.1:{server.port}",
        find=server.find,
    )


def temporal_service(server: TemporalServer, on_change: Callable[[], None]) -> Service:
    """Temporal under watch."""

    def prepare() -> None:
        server.prepare()
        require_free("temporal", server.port)

    return Service(
        server.daemon,
        command=server.command,
        is_ready=server.is_ready,
        prepare=lambda: asyncio.to_thread(prepare),
        on_change=on_change,
        address=server.address,
    )


def workspace_service(
    paths: StackPaths, state: StackState, prepare: Callable[[], Awaitable[None]], on_change: Callable[[], None]
) -> Service:
    """Workspace under watch. `prepare` makes its database and settings."""
    port = state.servers["workspace"]
    settings = str(paths.workspace_settings)

    async def prepare_start() -> None:
        await prepare()
        await asyncio.to_thread(require_free, "workspace", port)

    return Service(
        workspace_daemon(paths),
        command=lambda: [sys.executable, "-m", "ntro_workspace", "serve", "--settings", settings],
        is_ready=lambda: is_healthy(port),
        prepare=prepare_start,
        on_change=on_change,
        address=f"http://127.0.0.1:{port}",
    )
