"""What the processes of the stack say, for `ntro logs`."""

import time
from collections.abc import Iterator
from pathlib import Path

from ntro_cli.stack.errors import StackError
from ntro_cli.stack.log_files import last_lines
from ntro_cli.stack.paths import StackPaths

FOLLOW_SECONDS = 0.2


class UnknownProcess(StackError):
    """There is no log of that name."""


def logs_of(paths: StackPaths, process: str | None) -> list[Path]:
    """The log of `process`, or all of them by name.

    Raises:
        UnknownProcess: there is none.
    """
    found = sorted(paths.logs.glob("*.log"))
    if process is None:
        return found
    chosen = [path for path in found if path.stem == process]
    if not chosen:
        names = ", ".join(path.stem for path in found) or "none; the stack has not been started"
        raise UnknownProcess(f"There is no log of {process}.", remedy=f"There are: {names}")
    return chosen


def tail(logs: list[Path], count: int) -> Iterator[str]:
    """The last `count` lines of each log, headed by its name where there are several."""
    for path in logs:
        yield from _named(path, last_lines(path, count), many=len(logs) > 1)


def follow(logs: list[Path]) -> Iterator[str]:
    """Lines as they are written, from now on. Never ends."""
    places = {path: path.stat().st_size for path in logs}
    while True:
        for path in logs:
            lines, places[path] = _new_lines(path, places[path])
            yield from _named(path, lines, many=len(logs) > 1)
        time.sleep(FOLLOW_SECONDS)


def _new_lines(path: Path, place: int) -> tuple[list[str], int]:
    """The whole lines after `place`, and where they end; a file that was turned over is read from its beginning."""
    with path.open("rb") as file:
        start = place if path.stat().st_size >= place else 0
        file.seek(start)
        whole, newline, _ = file.read().rpartition(b"\n")
    return whole.decode("utf-8", "replace").splitlines(), start + len(whole) + len(newline)


def _named(path: Path, lines: list[str], *, many: bool) -> Iterator[str]:
    for line in lines:
        yield f"{path.stem}  {line}" if many else line
