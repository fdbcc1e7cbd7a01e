"""Stops a stack in order and makes sure that nothing of it is left."""

from ntro_cli.stack.errors import StartFailed
from ntro_cli.stack.ordered_stop import running_names, stop_all
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.starting import supervisor_daemon


def stop(paths: StackPaths) -> list[str]:
    """Stops what runs: the supervisor, which ends its processes in order, then whatever it did not know.

    The answer names what ran, first what was stopped first. Safe to call when nothing does.

    Raises:
        StartFailed: a process cannot be ended.
    """
    running = [*reversed(running_names(paths))]
    if supervisor_daemon(paths).stop():
        running.insert(0, "supervisor")
    stop_all(paths)
    if left := running_names(paths):
        raise StartFailed(f"These still run: {', '.join(left)}.", remedy="Run ntro down again; see ntro logs")
    return running
