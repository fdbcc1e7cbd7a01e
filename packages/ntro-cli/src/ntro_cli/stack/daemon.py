"""A program of the stack as a process of its own, found again by whoever comes after the one that started it."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ntro_cli.stack.errors import BinaryMissing, StartFailed
from ntro_cli.stack.files import private_folder, write_json
from ntro_cli.stack.identity import ProcessIdentity, wait_until_gone
from ntro_cli.stack.log_files import open_log

KILL_SECONDS = 5.0


class RunRecord(BaseModel):
    """Content of a run file: which process was started. Another process that got its pid since does not match."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    started: str


class Daemon:
    """One long-running program, in its own session, its output in a log, its identity in a run file.

    It is asked to stop by `stop_signal` and is killed after `stop_seconds`.
    """

    def __init__(
        self,
        name: str,
        *,
        run_file: Path,
        log_file: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        stop_seconds: float = 10.0,
    ) -> None:
        self.name = name
        self._run_file = run_file
        self._log_file = log_file
        self._stop_signal = stop_signal
        self._stop_seconds = stop_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def identity(self) -> ProcessIdentity | None:
        """The live process; none when it does not run, or when a pid on record belongs to another process by now."""
        if self._process is not None:
            self._process.poll()
        try:
            record = RunRecord.model_validate_json(self._run_file.read_bytes())
        except (OSError, ValidationError):
            return None
        found = ProcessIdentity(record.pid, record.started)
        return found if found.is_alive() else None

    def adopt(self, identity: ProcessIdentity) -> None:
        """Takes a process that others started as this program's."""
        write_json(self._run_file, RunRecord(pid=identity.pid, started=identity.started).model_dump())

    def spawn(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> ProcessIdentity:
        """Starts `command` detached from this process.

        Raises:
            BinaryMissing: the program cannot be executed.
            StartFailed: it ended at once.
        """
        private_folder(self._run_file.parent)
        self._bury()
        with open_log(self._log_file) as log:
            try:
                self._process = subprocess.Popen(  # noqa: S603  # programs that this package resolved, no shell
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=None if environment is None else dict(environment),
                    start_new_session=True,
                )
            except OSError as error:
                raise BinaryMissing(
                    f"{command[0]} cannot be started: {error.strerror}.", remedy="Install ntro-cli with its stack."
                ) from error
        identity = ProcessIdentity.of(self._process.pid)
        if identity is None:
            self._process.wait()
            raise StartFailed(f"{self.name} ended at once.", remedy=f"Read {self._log_file}.")
        self.adopt(identity)
        return identity

    def stop(self) -> bool:
        """Ends the process, by force where it does not listen; whether there was one."""
        identity = self.identity()
        if identity is None:
            self._forget()
            return False
        identity.signal(self._stop_signal)
        if not wait_until_gone(identity, self._stop_seconds):
            self._kill(identity)
        self._forget()
        return True

    def _kill(self, identity: ProcessIdentity) -> None:
        if identity.is_alive():
            with suppress(ProcessLookupError):
                os.killpg(identity.pid, signal.SIGKILL)
        if not wait_until_gone(identity, KILL_SECONDS):
            raise StartFailed(
                f"{self.name} (process {identity.pid}) cannot be stopped.", remedy="Restart this machine."
            )

    def _forget(self) -> None:
        self._bury()
        self._run_file.unlink(missing_ok=True)

    def _bury(self) -> None:
        if self._process is not None:
            self._process.wait(KILL_SECONDS)  # it is dead; its last threads may need a moment
            self._process = None
