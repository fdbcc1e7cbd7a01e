"""`ntro demo` as it runs beside a test: its progress, and its result however often it has to be started again."""

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from tests.conftest import NTRO, ROOT, Stack
from tests.faults.victims import until

ATTEMPTS = 20
SAY_SECONDS = 180.0
CLOSE_SECONDS = 300.0
IS_UP = "Setting up"


class BackgroundDemo:
    """One close. When the command ends before the close has, it is started again, as a person would."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._lines: dict[str, None] = {}
        self._result: dict[str, Any] | None = None
        self._process: subprocess.Popen[str] | None = None
        self._is_up = False
        self.attempts = 0
        self.complaints: list[str] = []
        self._is_over = False
        self._thread = threading.Thread(target=self._drive, name="demo", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Ends it, also where the close has not ended: nothing may bring the stack up again after the test."""
        self._is_over = True
        while self._thread.is_alive():
            if self._process is not None:
                self._process.kill()
            self._thread.join(timeout=1)

    @property
    def progress(self) -> int:
        """How many different things it has said: what is said again after a start is no progress."""
        return len(self._lines)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be said."""
        return not self._thread.is_alive()

    @contextmanager
    def held(self) -> Iterator[None]:
        """The person looks away: no gate is answered meanwhile, so the close does not end.

        While the demo itself brings up the stack nobody is held: it has the lock that another `ntro up` waits for.
        """
        process = self._process
        if process is None or not self._is_up:
            yield
            return
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def reaches(self, progress: int) -> None:
        """Waits until it has said so many different things.

        Raises:
            AssertionError: it has ended before.
        """
        until(lambda: self.progress >= progress or self.has_ended, f"the demo has said {progress} things", SAY_SECONDS)
        assert not self.has_ended, "\n".join([*self._lines, *self.complaints])

    def result(self) -> dict[str, Any]:
        """The result of the close, once it has ended."""
        until(lambda: self.has_ended, "the demo has ended", CLOSE_SECONDS)
        assert self._result is not None, "\n".join([*self._lines, *self.complaints, self._stack.logs()])
        return self._result

    def _drive(self) -> None:
        while self._result is None and self.attempts < ATTEMPTS and not self._is_over:
            self.attempts += 1
            self._run_once()

    def _run_once(self) -> None:
        command = [NTRO, "demo", "-o", "json", "--port-base", str(self._stack.port_base)]
        with subprocess.Popen(
            command,
            env=self._stack.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as demo:
            self._process, self._is_up = demo, False
            assert demo.stdout is not None
            assert demo.stderr is not None
            for line in demo.stderr:
                self._lines[line.rstrip()] = None
                self._is_up |= line.startswith(IS_UP)
            said = demo.stdout.read()
        if demo.returncode == 0:
            self._result = json.loads(said)
        else:
            self.complaints.append(said)
