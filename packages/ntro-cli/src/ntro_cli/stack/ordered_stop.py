"""Ends every process of a stack in order, whoever started it: cells, Workspace, Temporal, PostgreSQL."""

import re
from collections.abc import Iterator

from ntro_cli.stack.cell import PARTS, cell_daemon
from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.identity import ProcessIdentity
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.postgres import PostgresServer
from ntro_cli.stack.servers import postgres_server, temporal_server, workspace_daemon

_CELL = re.compile(rf"^cell-(.+)-({'|'.join(PARTS)})$")


def stop_all(paths: StackPaths) -> list[str]:
    """Stops what runs and answers the names, in the order in which they were stopped.

    Raises:
        StartFailed: a process cannot be ended.
    """
    stopped = [daemon.name for daemon in _in_order(paths) if daemon.stop()]
    if _postgres(paths).stop():
        stopped.append("postgres")
    paths.status.unlink(missing_ok=True)
    return stopped


def running_processes(paths: StackPaths) -> dict[str, ProcessIdentity]:
    """The processes that run, by name, the last to be stopped first."""
    found = {"postgres": _postgres(paths).find()}
    found |= {daemon.name: daemon.identity() for daemon in reversed([*_in_order(paths)])}
    return {name: identity for name, identity in found.items() if identity is not None}


def running_names(paths: StackPaths) -> list[str]:
    """The names of the processes that run."""
    return [*running_processes(paths)]


def _in_order(paths: StackPaths) -> Iterator[Daemon]:
    names = sorted(file.stem for file in paths.runs.glob("cell-*.json"))
    found = [match for name in names if (match := _CELL.match(name))]
    for part in PARTS:
        yield from (cell_daemon(paths, match[1], part) for match in found if match[2] == part)
    yield workspace_daemon(paths)
    yield temporal_server(paths, 0).daemon


def _postgres(paths: StackPaths) -> PostgresServer:
    return postgres_server(paths, 0)
