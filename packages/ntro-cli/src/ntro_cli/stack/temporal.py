"""An embedded Temporal server: one process, one SQLite file, on loopback without a web page."""

import os
import socket
import time
from pathlib import Path

from ntro_cli.stack.binaries import find_temporal
from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.errors import StartFailed
from ntro_cli.stack.files import private_folder
from ntro_cli.stack.identity import ProcessIdentity
from ntro_cli.stack.log_files import last_lines
from ntro_cli.stack.privileges import Mode, launch

START_SECONDS = 30.0
CONNECT_SECONDS = 0.5
# WAL halves the cost of a workflow; NORMAL loses nothing when a process is killed.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
# At its default of 20 polls a second every hop between a workflow and an activity costs 45 ms.
_DYNAMIC = ("history.transferProcessorMaxPollRPS=2000",)


class TemporalServer:
    """A server with its database under `home` on 127.0.0.1:`port`. Unless `detached`, it ends with this process."""

    def __init__(
        self,
        home: Path,
        port: int,
        *,
        detached: bool = False,
        run_file: Path | None = None,
        log_file: Path | None = None,
    ) -> None:
        self.home = home
        self.port = port
        self._detached = detached
        self._log_file = log_file or home / "server.log"
        self.daemon = Daemon("temporal", run_file=run_file or home / "server.json", log_file=self._log_file)

    @property
    def address(self) -> str:
        """Host and port of its gRPC service."""
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Makes the folder of the database."""
        private_folder(self.home)

    def command(self) -> list[str]:
        """The command line of the server.

        Raises:
            BinaryMissing: there is no Temporal server here.
        """
        command = [str(find_temporal()), "server", "start-dev", "--headless", "--ip", "127.0.0.1"]
        command += ["--port", str(self.port), "--db-filename", str(self.home / "temporal.db"), "--log-level", "warn"]
        command += [part for pragma in _PRAGMAS for part in ("--sqlite-pragma", pragma)]
        command += [part for value in _DYNAMIC for part in ("--dynamic-config-value", value)]
        return command if self._detached else launch(Mode.PLAIN, command, parent=os.getpid())

    def find(self) -> ProcessIdentity | None:
        """The running server; none when it does not run."""
        return self.daemon.identity()

    def start(self) -> None:
        """Starts the server where it does not run and waits until it takes connections.

        Raises:
            StackError: it cannot be started; the message says why.
        """
        self.prepare()
        if self.find() is None:
            self.daemon.spawn(self.command())
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.find() is None or time.monotonic() > end:
                said = " ".join(last_lines(self._log_file, 3))
                raise StartFailed(f"Temporal did not start: {said}", remedy=f"Read {self._log_file}.")
            time.sleep(0.01)

    def is_ready(self) -> bool:
        """Whether the server takes connections."""
        return self.find() is not None and takes_connections(self.port)

    def stop(self) -> bool:
        """Stops the server; whether there was one."""
        return self.daemon.stop()


def takes_connections(port: int) -> bool:
    """Whether somebody listens on 127.0.0.1:`port`."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=CONNECT_SECONDS):
            return True
    except OSError:
        return False
