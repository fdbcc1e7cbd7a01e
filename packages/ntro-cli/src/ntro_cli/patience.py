"""Asking again while a server is away: what restarts a stack does not fail the command that uses it."""

import time
from collections.abc import Callable
from typing import TypeVar

from ntro.workspace.errors import NtroAPIError, NtroConnectionError

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 180
_UNAVAILABLE = 500
T = TypeVar("T")


def patiently(call: Callable[[], T]) -> T:
    """The answer of `call`, asked again while a server is away or restarting.

    Raises:
        NtroConnectionError, NtroAPIError: it is still away after three minutes, or said no.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return call()
        except NtroConnectionError:
            if time.monotonic() > deadline:
                raise
        except NtroAPIError as error:
            if error.status_code < _UNAVAILABLE or time.monotonic() > deadline:
                raise
        time.sleep(POLL_SECONDS)
