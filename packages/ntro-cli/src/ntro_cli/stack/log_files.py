"""Logs of the stack's processes: private files, turned over by size when a process starts."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ntro_cli.stack.files import private_folder

MAX_BYTES = 5 * 1024 * 1024
MAX_LIVE_BYTES = 4 * MAX_BYTES
KEPT = 3


@contextmanager
def open_log(path: Path) -> Iterator[int]:
    """A descriptor that appends to `path`; a file above 5 MiB is set aside first, three of them are kept."""
    private_folder(path.parent)
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        _turn_over(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def shrink_live(path: Path) -> None:
    """Sets a log above 20 MiB aside while its process writes on: a copy is kept, the file itself begins anew.

    The process appends, so it goes on at the beginning; what it writes during the copy may be lost.
    """
    if path.stat().st_size > MAX_LIVE_BYTES:
        _make_place(path)
        shutil.copyfile(path, path.with_name(f"{path.name}.1"), follow_symlinks=False)
        path.with_name(f"{path.name}.1").chmod(0o600)
        os.truncate(path, 0)


def last_lines(path: Path, count: int) -> list[str]:
    """The last `count` lines of the log; none where there is no log."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 400 * max(count, 1)))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def _turn_over(path: Path) -> None:
    _make_place(path)
    path.replace(path.with_name(f"{path.name}.1"))


def _make_place(path: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.is_file():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
