"""How each process of the stack is, for `ntro status`."""

import time
from dataclasses import dataclass

from ntro_cli.stack.identity import ProcessIdentity
from ntro_cli.stack.locks import is_held
from ntro_cli.stack.ordered_stop import running_processes
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.report import Report, read_report
from ntro_cli.stack.starting import supervisor_daemon

STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ProcessView:
    """One process as a person sees it."""

    process: str
    health: str
    pid: int | None = None
    address: str | None = None
    uptime_seconds: int | None = None
    memory_mib: int | None = None
    restarts: int = 0
    problem: str | None = None


def overview(paths: StackPaths) -> list[ProcessView]:
    """Every process that runs or should run; empty where nothing does."""
    supervised = is_held(paths.supervisor_lock)
    report = (read_report(paths) if supervised else None) or Report()
    running = running_processes(paths)
    views = [_view(paths, name, running.get(name), report) for name in {**report.services, **running}]
    supervisor = supervisor_daemon(paths).identity()
    if supervised or views:
        health = "healthy" if supervised else STOPPED
        problem = None if supervised else "Nothing restarts what dies. Remedy: ntro up"
        views.insert(0, _measured(paths, ProcessView("supervisor", health, problem=problem), supervisor))
    return views


def _view(paths: StackPaths, name: str, identity: ProcessIdentity | None, report: Report) -> ProcessView:
    service = report.services.get(name)
    if service is None:
        return _measured(paths, ProcessView(name, "running" if identity else STOPPED), identity)
    health = service.state.value if identity else STOPPED
    problem = f"{service.problem.message} Remedy: {service.problem.remedy}" if service.problem else None
    view = ProcessView(name, health, address=service.address, restarts=service.restarts, problem=problem)
    return _measured(paths, view, identity)


def _measured(paths: StackPaths, view: ProcessView, identity: ProcessIdentity | None) -> ProcessView:
    if identity is None:
        return view
    memory = identity.memory_bytes()
    return ProcessView(
        view.process,
        view.health,
        pid=identity.pid,
        address=view.address,
        uptime_seconds=int(time.time() - paths.run_file(view.process).stat().st_mtime),
        memory_mib=None if memory is None else memory // 1024**2,
        restarts=view.restarts,
        problem=view.problem,
    )
