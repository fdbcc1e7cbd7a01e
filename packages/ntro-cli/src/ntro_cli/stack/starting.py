"""Starts a stack, or makes sure that it runs, and waits until all of it is healthy."""

import sys
import time

from ntro_cli.stack import ports
from ntro_cli.stack.checks import check_machine
from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.doors import is_healthy
from ntro_cli.stack.errors import StackError, StartFailed
from ntro_cli.stack.keys import load_secrets
from ntro_cli.stack.locks import is_held
from ntro_cli.stack.log_files import last_lines
from ntro_cli.stack.ordered_stop import running_names
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.progress import Progress
from ntro_cli.stack.report import TRY_AGAIN, Report, read_report
from ntro_cli.stack.state import StackState, load_state, require_free, save_state

HEALTHY_SECONDS = 240.0
LOOK_SECONDS = 0.05
URGE_SECONDS = 5.0


class Refused(StackError):
    """What was asked for does not go with what runs."""


def supervisor_daemon(paths: StackPaths) -> Daemon:
    """The supervisor, running or not. Its stop ends the whole stack, which takes its time."""
    name = "supervisor"
    return Daemon(name, run_file=paths.run_file(name), log_file=paths.log(name), stop_seconds=120.0)


def start(paths: StackPaths, *, port_base: int | None, progress: Progress) -> None:
    """Starts the supervisor where none runs.

    Raises:
        StackError: the stack cannot be started; nothing was changed that works.
    """
    if is_held(paths.supervisor_lock):
        state = load_state(paths)
        if state is not None and port_base not in {None, state.port_base}:
            raise Refused("The stack runs at other ports.", remedy="Stop it first: ntro down")
        _urge(paths)
        return
    progress.say("checking this machine")
    check_machine(paths)
    state = _promised_ports(paths, port_base)
    load_secrets(paths)
    paths.status.unlink(missing_ok=True)
    running = running_names(paths)
    for name, port in state.servers.items():
        if name not in running:
            require_free(name, port)
    command = [sys.executable, "-m", "ntro_cli.stack", "--home", str(paths.home)]
    progress.say(f"starting the stack of {paths.home}")
    supervisor_daemon(paths).spawn(command)


def wait_until_healthy(paths: StackPaths, progress: Progress) -> Report:
    """Waits until everything runs and every tenant has its cell; the last report.

    Raises:
        StackError: something cannot become healthy by itself, or does not in four minutes.
    """
    end = time.monotonic() + HEALTHY_SECONDS
    supervisor = supervisor_daemon(paths)
    while True:
        report = read_report(paths)
        if report is not None:
            progress.show(report)
            _raise_what_is_hopeless(report)
            if report.is_healthy and _answers(paths, report):
                return report
        if supervisor.identity() is None and not is_held(paths.supervisor_lock):
            said = " ".join(last_lines(paths.log("supervisor"), 1))
            raise StartFailed(f"The supervisor has ended: {said}", remedy="Read: ntro logs supervisor")
        if time.monotonic() > end:
            raise StartFailed(
                f"The stack is not healthy after {HEALTHY_SECONDS:.0f} seconds.", remedy="See: ntro status; ntro doctor"
            )
        time.sleep(LOOK_SECONDS)


def _urge(paths: StackPaths) -> None:
    """Lets a running supervisor try at once what it is pausing with, and waits until it has heard."""
    before = read_report(paths)
    supervisor = supervisor_daemon(paths).identity()
    if before is None or before.is_healthy or supervisor is None or not supervisor.signal(TRY_AGAIN):
        return
    end = time.monotonic() + URGE_SECONDS
    while (report := read_report(paths)) is None or report.urges <= before.urges:
        if time.monotonic() > end:
            return
        time.sleep(LOOK_SECONDS)


def _promised_ports(paths: StackPaths, port_base: int | None) -> StackState:
    found = load_state(paths)
    if found is None:
        state = StackState(port_base=port_base or ports.DEFAULT_BASE).with_servers()
    elif port_base not in {None, found.port_base}:
        if running_names(paths):
            raise Refused("Processes of the stack run at other ports.", remedy="Stop them first: ntro down")
        state = found.moved_to(port_base or ports.DEFAULT_BASE)
    else:
        state = found
    save_state(paths, state)
    return state


def _raise_what_is_hopeless(report: Report) -> None:
    if report.fatal is not None:
        raise StartFailed(report.fatal.message, remedy=report.fatal.remedy)
    for service in report.services.values():
        if service.is_hopeless and service.problem is not None:
            raise StartFailed(service.problem.message, remedy=service.problem.remedy)
    for slug, problem in report.failed_tenants.items():
        raise StartFailed(f"The cell of {slug} failed: {problem.message}", remedy=problem.remedy)


def _answers(paths: StackPaths, report: Report) -> bool:
    """Whether it is true this very moment: a report is a blink old."""
    alive = set(running_names(paths))
    addresses = (service.address for service in report.services.values())
    web = [int(address.rpartition(":")[2]) for address in addresses if address and address.startswith("http:")]
    return set(report.services) <= alive and all(is_healthy(port) for port in web)
