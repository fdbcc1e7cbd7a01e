"""One process that is kept running: started or adopted, awaited, restarted with growing pauses when it dies."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence

from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.errors import StackError, StartFailed
from ntro_cli.stack.identity import ProcessIdentity
from ntro_cli.stack.report import Problem, ServiceReport, ServiceState

_log = logging.getLogger(__name__)
WATCH_SECONDS = 0.2
START_SECONDS = 90.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
STEADY_SECONDS = 30.0  # running this long makes an earlier death a thing of the past
# Variables of the person who starts the stack that are no business of a server: our own, and PostgreSQL's defaults.
_PRIVATE = ("NTRO_", "PG")


class Service:
    """A process of the stack under watch.

    `prepare` runs before each start; `command` is what is started; `is_ready` asks a live process, in a thread.
    `find` is the process that runs already, also when it was started by somebody else.
    """

    def __init__(
        self,
        daemon: Daemon,
        *,
        command: Callable[[], Sequence[str]],
        is_ready: Callable[[], bool],
        prepare: Callable[[], Awaitable[None]],
        on_change: Callable[[], None],
        address: str | None = None,
        find: Callable[[], ProcessIdentity | None] | None = None,
    ) -> None:
        self.daemon = daemon
        self.healthy = asyncio.Event()
        self._wake = asyncio.Event()
        self._command = command
        self._is_ready = is_ready
        self._prepare = prepare
        self._on_change = on_change
        self._address = address
        self._find = find or daemon.identity
        self._report = ServiceReport(state=ServiceState.STARTING, address=address)

    @property
    def name(self) -> str:
        return self.daemon.name

    @property
    def report(self) -> ServiceReport:
        """How it stands."""
        return self._report

    async def keep_running(self) -> None:
        """Starts the process or takes over the running one, and starts it again whenever it ends. Never returns."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            try:
                await self._run_once()
            except StackError as error:
                state = ServiceState.STARTING if isinstance(error, StartFailed) else ServiceState.BLOCKED
                self._say(state, problem=Problem.of(error), failures=self._report.failures + 1)
            except OSError as error:
                problem = Problem(message=f"{self.name}: {error}.", remedy="Run ntro doctor.")
                self._say(ServiceState.STARTING, problem=problem, failures=self._report.failures + 1)
            self.healthy.clear()
            if time.monotonic() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE
            pause = await self._rest(pause)

    def try_again(self) -> None:
        """Ends a pause and forgets failures: somebody has seen to what was wrong."""
        if not self.healthy.is_set():
            self._wake.set()
            self._say(ServiceState.STARTING, self._report.pid)

    async def _rest(self, pause: float) -> float:
        """Pauses, unless it is told to try again; the next pause."""
        self._wake.clear()
        try:
            async with asyncio.timeout(pause):
                await self._wake.wait()
        except TimeoutError:
            return min(pause * 2, LONGEST_PAUSE)
        return FIRST_PAUSE

    async def _run_once(self) -> None:
        identity = await asyncio.to_thread(self._find)
        if identity is None:
            await self._prepare()
            command = await asyncio.to_thread(self._command)
            identity = await asyncio.to_thread(self.daemon.spawn, command, environment=child_environment())
        self._say(ServiceState.STARTING, identity.pid, problem=self._report.problem, failures=self._report.failures)
        await self._await_health(identity)
        self._say(ServiceState.HEALTHY, identity.pid)
        self.healthy.set()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not identity.is_alive():
                break
        problem = Problem(message=f"{self.name} (process {identity.pid}) has ended.", remedy="It is started again.")
        self._say(ServiceState.STARTING, problem=problem, restarts=self._report.restarts + 1)

    async def _await_health(self, identity: ProcessIdentity) -> None:
        end = time.monotonic() + START_SECONDS
        while not await asyncio.to_thread(self._is_ready):
            if not identity.is_alive():
                raise StartFailed(f"{self.name} ended while it started.", remedy=f"Read: ntro logs {self.name}")
            if time.monotonic() > end:
                await asyncio.to_thread(self.daemon.stop)
                raise StartFailed(f"{self.name} did not become healthy.", remedy=f"Read: ntro logs {self.name}")
            await asyncio.sleep(0.05)

    def _say(
        self,
        state: ServiceState,
        pid: int | None = None,
        *,
        problem: Problem | None = None,
        restarts: int | None = None,
        failures: int = 0,
    ) -> None:
        self._report = ServiceReport(
            state=state,
            pid=pid,
            address=self._address,
            restarts=self._report.restarts if restarts is None else restarts,
            failures=failures,
            problem=problem,
        )
        _log.info("%s is %s, pid %s%s", self.name, state, pid, f": {problem.message}" if problem else "")
        self._on_change()


def child_environment() -> dict[str, str]:
    """The environment of a server: this one's, without what is meant for the command line or holds secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
