"""An embedded PostgreSQL server: made once, started, adopted when it still runs, stopped cleanly."""

import os
import secrets
import signal
import time
from pathlib import Path

from ntro_cli.stack import cluster
from ntro_cli.stack.binaries import PostgresBinaries, find_postgres
from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.errors import StartFailed, StateBroken
from ntro_cli.stack.files import private_folder, write_private
from ntro_cli.stack.identity import ProcessIdentity
from ntro_cli.stack.log_files import last_lines
from ntro_cli.stack.privileges import Mode, choose_mode, launch, mode_of

ADMIN = "ntro_admin"
START_SECONDS = 30.0
STOP_SECONDS = 30.0
# The server was killed and its backends have not noticed yet; they do within moments.
_LINGERING = "pre-existing shared memory block"
# No value of a row and no statement may reach the log: it is not part of any tenant's data plane.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresServer:
    """One cluster under `home` on 127.0.0.1:`port`, also for root, who may not run PostgreSQL.

    The administrator's password is generated and lies in `home`. Unless `detached`, the server ends with this process.
    As root without user namespaces the data lies below `shared`, owned by nobody; `home/data` points there.
    """

    def __init__(
        self,
        home: Path,
        port: int,
        *,
        detached: bool = False,
        mode: Mode | None = None,
        run_file: Path | None = None,
        log_file: Path | None = None,
        shared: Path = cluster.SHARED,
    ) -> None:
        self.home = home
        self.port = port
        self.data = home / "data"
        self._detached = detached
        self._mode = mode
        self._shared = shared
        self._log_file = log_file or home / "server.log"
        self.daemon = Daemon(
            "postgres",
            run_file=run_file or home / "server.json",
            log_file=self._log_file,
            stop_signal=signal.SIGINT,
            stop_seconds=STOP_SECONDS,
        )

    @property
    def admin_url(self) -> str:
        """The administrator's URL of the database `postgres`. Holds the password."""
        password = (self.home / "password").read_text(encoding="utf-8")
        return f"postgresql://{ADMIN}:{password}@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> None:
        """Makes the cluster where there is none.

        Raises:
            BinaryMissing: no PostgreSQL is here, or none of the version of the data.
            StateBroken: the data lacks its password or its version.
        """
        private_folder(self.home)
        if not self.data.exists():
            self._create()
        if not (self.home / "password").is_file():
            raise StateBroken(
                f"{self.home / 'password'} is missing.", remedy="Bring it back from a backup; the data needs it."
            )
        cluster.major_of(self.data)

    def command(self) -> list[str]:
        """The command line that serves the data; it holds no secret.

        Raises:
            BinaryMissing: there is no PostgreSQL of the data's version.
        """
        mode = mode_of(self.data)
        binaries = self._binaries(mode, cluster.major_of(self.data))
        settings = _SETTINGS | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        program = [binaries.program("postgres"), "-D", str(self.data.resolve()), *options]
        return launch(mode, program, parent=0 if self._detached else os.getpid())

    def find(self) -> ProcessIdentity | None:
        """The server of this data that runs, whoever started it; none when none does."""
        found = self.daemon.identity()
        if found is None and (found := cluster.postmaster(self.data)) is not None:
            self.daemon.adopt(found)
        return found

    def start(self) -> None:
        """Starts the server, or adopts it, and waits until it takes connections.

        Raises:
            StackError: it cannot be started; the message says why.
        """
        self.prepare()
        if self.find() is None:
            self.set_stale_lock_aside()
            self.daemon.spawn(self.command())
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.daemon.identity() is None or time.monotonic() > end:
                said = " ".join(last_lines(self._log_file, 3))
                if _LINGERING not in said or time.monotonic() > end:
                    raise StartFailed(f"PostgreSQL did not start: {said}", remedy=f"Read {self._log_file}.")
                time.sleep(0.1)
                self.daemon.spawn(self.command())
            time.sleep(0.01)

    def set_stale_lock_aside(self) -> None:
        """Lets a start succeed although the pid of a killed server now belongs to another process."""
        cluster.set_stale_lock_aside(self.data)

    def is_ready(self) -> bool:
        """Whether the server takes connections."""
        identity = self.daemon.identity()
        return identity is not None and cluster.says_ready(self.data, identity.pid)

    def stop(self) -> bool:
        """Stops the server cleanly: connections are ended, all is on the disk. Whether there was one."""
        return self.find() is not None and self.daemon.stop()

    def remove(self) -> None:
        """Deletes the data of a stopped server, for those who made it for a moment only."""
        cluster.remove(self.data)

    def _create(self) -> None:
        mode = self._mode or choose_mode()
        password = secrets.token_urlsafe(32)
        write_private(self.home / "password", password)
        cluster.create(self.data, self._binaries(mode, None), mode, admin=ADMIN, password=password, shared=self._shared)

    def _binaries(self, mode: Mode, major: int | None) -> PostgresBinaries:
        found = find_postgres(major)
        return cluster.reachable_copy(found, self._shared) if mode is Mode.NOBODY else found
