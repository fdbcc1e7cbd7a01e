"""A process of the stack is started again when it dies, taken over when it runs, and named when it cannot work."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ntro_cli.stack.daemon import Daemon
from ntro_cli.stack.errors import PortTaken
from ntro_cli.stack.identity import ProcessIdentity
from ntro_cli.stack.report import HOPELESS_FAILURES, ServiceState
from ntro_cli.stack.service import Service, child_environment

SLEEPER = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]
DEAF = [
    sys.executable,
    "-I",
    "-S",
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
]


def daemon(folder: Path, **options: float) -> Daemon:
    return Daemon("child", run_file=folder / "run" / "child.json", log_file=folder / "child.log", **options)  # type: ignore[arg-type]  # one option, a number


def service(
    child: Daemon,
    command: list[str] = SLEEPER,
    *,
    is_ready: Callable[[], bool] = lambda: True,
    prepare: Callable[[], None] = lambda: None,
) -> Service:
    async def prepared() -> None:
        prepare()

    return Service(child, command=lambda: command, is_ready=is_ready, prepare=prepared, on_change=lambda: None)


@asynccontextmanager
async def kept_running(watched: Service) -> AsyncIterator[None]:
    task = asyncio.create_task(watched.keep_running())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await asyncio.to_thread(watched.daemon.stop)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


def pid_of(watched: Service) -> int:
    identity = watched.daemon.identity()
    assert identity is not None
    return identity.pid


async def test_a_killed_process_is_started_again_and_its_death_is_counted(tmp_path: Path) -> None:
    watched = service(daemon(tmp_path))
    async with kept_running(watched):
        await watched.healthy.wait()
        first = watched.daemon.identity()
        assert first is not None
        first.signal(signal.SIGKILL)
        await until(lambda: watched.report.restarts == 1 and watched.report.state is ServiceState.HEALTHY)
        assert pid_of(watched) != first.pid
        assert watched.report.failures == 0


async def test_a_process_outlives_its_watch_and_the_next_one_takes_it_over(tmp_path: Path) -> None:
    child = daemon(tmp_path)
    first = child.spawn(SLEEPER)
    watched = service(daemon(tmp_path))
    async with kept_running(watched):
        await watched.healthy.wait()
        assert watched.report.pid == first.pid
    await until(lambda: child.identity() is None)
    child.stop()  # buries what this process started


async def test_a_start_that_only_a_person_can_mend_blocks_until_it_is_tried_again(tmp_path: Path) -> None:
    taken = True

    def prepare() -> None:
        if taken:
            raise PortTaken("Port 1 is taken.", remedy="Free it.")

    watched = service(daemon(tmp_path), prepare=prepare)
    async with kept_running(watched):
        await until(lambda: watched.report.state is ServiceState.BLOCKED)
        assert watched.report.is_hopeless
        assert watched.report.problem is not None
        assert watched.report.problem.remedy == "Free it."
        taken = False
        watched.try_again()
        assert not watched.report.is_hopeless
        await watched.healthy.wait()
        assert watched.report.problem is None


async def test_a_process_that_ends_at_each_start_is_hopeless_after_some_tries(tmp_path: Path) -> None:
    watched = service(daemon(tmp_path), [sys.executable, "-I", "-S", "-c", ""], is_ready=lambda: False)
    async with kept_running(watched):
        async with asyncio.timeout(60):
            while watched.report.failures < HOPELESS_FAILURES:
                watched._wake.set()
                await asyncio.sleep(0.01)
        assert watched.report.is_hopeless


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = daemon(tmp_path, stop_seconds=0.05)
    identity = child.spawn(DEAF)
    while "deaf" not in (tmp_path / "child.log").read_text():
        assert identity.is_alive()
    assert child.stop()
    assert not identity.is_alive()
    assert not child.stop()


def test_a_recycled_pid_is_never_taken_for_ours(tmp_path: Path) -> None:
    child = daemon(tmp_path)
    stranger = daemon(tmp_path / "stranger")
    other = stranger.spawn(SLEEPER)
    try:
        child.adopt(ProcessIdentity(other.pid, f"{other.started}0"))
        assert child.identity() is None
        assert not child.stop()
        assert other.is_alive()
    finally:
        stranger.stop()


@pytest.mark.parametrize("content", ["", "{", '{"pid": "x"}', '{"pid": 1}', "null"])
def test_a_damaged_run_file_means_that_nothing_is_known(tmp_path: Path, content: str) -> None:
    child = daemon(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "child.json").write_text(content)
    assert child.identity() is None
    assert not child.stop()


def test_servers_do_not_inherit_what_is_meant_for_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTRO_API_KEY", "secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    assert "secret" not in child_environment().values()
