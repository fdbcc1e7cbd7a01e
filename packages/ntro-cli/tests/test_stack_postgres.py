"""PostgreSQL starts for everybody, root included, survives being killed, and is adopted when it still runs."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from ntro_cli.stack import cluster
from ntro_cli.stack.binaries import PostgresBinaries, find_postgres
from ntro_cli.stack.errors import BinaryMissing, StateBroken
from ntro_cli.stack.identity import ProcessIdentity, wait_until_gone
from ntro_cli.stack.launcher import NOBODY
from ntro_cli.stack.postgres import PostgresServer
from ntro_cli.stack.privileges import Mode, reachable_by_all, user_namespaces_work

ROOT = os.geteuid() == 0
MODES = [Mode.USERNS, Mode.NOBODY] if ROOT else [Mode.PLAIN]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ntro-pg-") as name:
        Path(name).chmod(0o711)  # as below /var/lib: others may pass through
        yield Path(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def server(folder: Path, mode: Mode | None = None) -> PostgresServer:
    return PostgresServer(folder / "postgres", free_port(), mode=mode, shared=folder / "shared")


def skip_unless_possible(mode: Mode) -> None:
    if mode is Mode.USERNS and not user_namespaces_work():
        pytest.skip("this machine refuses user namespaces")


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def state_on_disk(data: Path) -> str:
    said = subprocess.run(
        [find_postgres().program("pg_controldata"), data], capture_output=True, text=True, check=True
    ).stdout
    return next(line.split(":")[1].strip() for line in said.splitlines() if line.startswith("Database cluster state"))


@pytest.mark.parametrize("mode", MODES)
async def test_it_keeps_what_was_committed_across_a_kill_and_stops_cleanly(folder: Path, mode: Mode) -> None:
    skip_unless_possible(mode)
    postgres = server(folder, mode)
    postgres.start()
    try:
        await ask(postgres.admin_url, "create table kept (n int)")
        await ask(postgres.admin_url, "insert into kept values (7)")
        running = postgres.find()
        assert running is not None
        running.signal(signal.SIGKILL)
        assert wait_until_gone(running, 10)
        postgres.start()
        assert await ask(postgres.admin_url, "select n from kept") == 7
    finally:
        postgres.stop()
    assert postgres.find() is None
    assert state_on_disk(postgres.data) == "shut down"
    postgres.remove()
    assert not postgres.data.exists()


@pytest.mark.skipif(not ROOT, reason="only root needs the programs' copy")
def test_for_root_without_user_namespaces_hidden_programs_are_copied_and_no_folder_is_opened(
    folder: Path,
) -> None:
    found = find_postgres()
    assert found.package is not None
    hidden = folder / "hidden"
    hidden.mkdir(mode=0o700)
    package = hidden / found.package.name
    shutil.copytree(found.folder.parent, package / found.folder.parent.name)
    libraries = found.package.with_name(f"{found.package.name}.libs")
    shutil.copytree(libraries, hidden / libraries.name)
    binaries = PostgresBinaries(package / found.folder.relative_to(found.package), found.version, package)
    copy = cluster.reachable_copy(binaries, folder / "shared")
    again = cluster.reachable_copy(binaries, folder / "shared")
    assert copy == again
    cluster.create(
        folder / "data", copy, Mode.NOBODY, admin="admin", password=secrets.token_hex(), shared=folder / "shared"
    )
    assert cluster.major_of(folder / "data") == found.major
    assert hidden.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not ROOT, reason="everybody else tests this in every other test")
def test_a_normal_user_needs_nothing_special(folder: Path) -> None:
    if not reachable_by_all(find_postgres().folder):
        pytest.skip("the programs lie where only root may read")
    code = (
        "import os, sys; from pathlib import Path; from ntro_cli.stack.postgres import PostgresServer\n"
        f"os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "s = PostgresServer(Path(sys.argv[1]), int(sys.argv[2]), detached=True)\n"
        "s.start(); print(s.is_ready()); s.stop()"
    )
    os.chown(folder, NOBODY, NOBODY)
    command = [sys.executable, "-c", code, folder / "postgres", str(free_port())]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "True"
    assert (folder / "postgres" / "data").stat().st_uid == NOBODY


async def test_a_server_that_still_runs_is_adopted_by_the_next_one(folder: Path) -> None:
    first = server(folder)
    first.start()
    (folder / "postgres" / "server.json").unlink()
    second = PostgresServer(folder / "postgres", first.port, shared=folder / "shared")
    try:
        second.start()
        assert second.find() == ProcessIdentity.of(int((first.data / "postmaster.pid").read_text().split()[0]))
        assert await ask(second.admin_url, "select 1") == 1
    finally:
        second.stop()
    assert first.find() is None


def test_a_lock_whose_pid_is_another_process_by_now_does_not_stop_it(folder: Path) -> None:
    postgres = server(folder)
    postgres.start()
    running = postgres.find()
    assert running is not None
    running.signal(signal.SIGKILL)
    assert wait_until_gone(running, 10)
    lock = postgres.data / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(running.pid), str(os.getpid()), 1))
    try:
        deadline = time.monotonic() + 10
        while cluster._works_in(postgres.data):  # the killed server's own processes notice a moment later
            assert time.monotonic() < deadline
        postgres.start()
        assert postgres.is_ready()
    finally:
        postgres.stop()


def test_it_ends_with_the_process_that_started_it_unless_it_is_detached(folder: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from ntro_cli.stack.postgres import PostgresServer\n"
        "s = PostgresServer(Path(sys.argv[1]), int(sys.argv[2])); s.start(); print(s.find().pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    port = str(free_port())
    said = subprocess.run(
        [sys.executable, "-c", code, folder / "postgres", port], capture_output=True, text=True, check=False
    )
    identity = ProcessIdentity.of(int(said.stdout))
    assert identity is None or wait_until_gone(identity, 10)


def test_data_of_another_major_version_is_named_and_left_alone(folder: Path) -> None:
    postgres = server(folder)
    postgres.prepare()
    (postgres.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(BinaryMissing) as refusal:
        postgres.start()
    assert "NTRO_PG_BIN" in refusal.value.remedy
    assert (postgres.data / "PG_VERSION").read_text() == "9\n"


@pytest.mark.parametrize("lost", ["password", "data/PG_VERSION"])
def test_a_lost_file_is_named_and_nothing_is_made_anew(folder: Path, lost: str) -> None:
    postgres = server(folder)
    postgres.prepare()
    (folder / "postgres" / lost).unlink()
    with pytest.raises(StateBroken) as refusal:
        postgres.start()
    assert lost.rsplit("/", 1)[-1] in refusal.value.message
    assert not (folder / "postgres" / lost).exists()
