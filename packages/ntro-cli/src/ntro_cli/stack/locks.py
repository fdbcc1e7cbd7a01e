"""Locks that end with their holder, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ntro_cli.stack.errors import StackError
from ntro_cli.stack.files import private_folder


class Busy(StackError):
    """Somebody else holds the lock."""


@contextmanager
def held(path: Path, *, seconds: float, busy: str) -> Iterator[None]:
    """Holds the lock of `path`, for which it waits at most `seconds`.

    Raises:
        Busy: it is held by another process; the message is `busy`.
    """
    private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + seconds
        while not _try(descriptor):
            if time.monotonic() >= end:
                raise Busy(busy, remedy="Wait until it has finished, then try again.")
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a process holds the lock of `path`."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor)
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
