"""Shows what the stack is doing: a live line a process on a terminal, plain lines to standard error otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from ntro_cli.output import Output
from ntro_cli.stack.report import Report, ServiceReport, ServiceState

_MARKS = {ServiceState.STARTING: "…", ServiceState.HEALTHY: "✓", ServiceState.BLOCKED: "✗"}


class Progress(Protocol):
    """Told of each new report, and of steps that are no process."""

    def show(self, report: Report) -> None:
        """Shows how far the processes are."""

    def say(self, line: str) -> None:
        """Shows a step."""


class Lines:
    """A line for each change."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._shown: dict[str, str] = {}

    def show(self, report: Report) -> None:
        """Says what has changed."""
        for name, service in report.services.items():
            line = _line(name, service)
            if self._shown.get(name) != line:
                self._shown[name] = line
                self._out.say(line)

    def say(self, line: str) -> None:
        """Says the step, once."""
        if self._shown.get("") != line:
            self._shown[""] = line
            self._out.say(line)


class Live:
    """One line that changes: what is healthy, what is awaited."""

    def __init__(self, out: Output, update: "Updater") -> None:
        self._out = out
        self._update = update
        self._done: set[str] = set()

    def show(self, report: Report) -> None:
        """Says what has become healthy, and shows what is awaited."""
        for name, service in report.services.items():
            if service.state is ServiceState.HEALTHY and name not in self._done:
                self._done.add(name)
                self._out.say(_line(name, service))
        awaited = [name for name, service in report.services.items() if service.state is not ServiceState.HEALTHY]
        self._update(f"waiting for {', '.join(awaited) or 'the tenants'}")

    def say(self, line: str) -> None:
        """Shows the step."""
        self._update(line)


class Updater(Protocol):
    """Replaces the live line."""

    def __call__(self, status: str) -> None:
        """Shows `status`."""


@contextmanager
def progress(out: Output) -> Iterator[Progress]:
    """What fits where standard error goes."""
    if not out.stderr.isatty():
        yield Lines(out)
        return
    from rich.console import Console  # noqa: PLC0415  # loaded only where a person looks

    with Console(file=out.stderr, no_color=not out.has_color).status("starting") as status:
        yield Live(out, status.update)


def _line(name: str, service: ServiceReport) -> str:
    where = f" at {service.address}" if service.address and service.state is ServiceState.HEALTHY else ""
    why = f": {service.problem.message}" if service.problem else ""
    return f"{_MARKS[service.state]} {name} {service.state}{where}{why}"
