"""The whole stack as a user starts it: from an empty folder, again, after kills, and down to nothing."""

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ntro_cli.stack.daemon import RunRecord
from ntro_cli.stack.doors import is_healthy
from ntro_cli.stack.identity import ProcessIdentity, wait_until_gone
from ntro_cli.stack.ordered_stop import running_names
from ntro_cli.stack.paths import StackPaths

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
SERVERS = ["postgres", "temporal", "workspace", "cell-demo-api", "cell-demo-ops"]
LOOPBACK, LISTENING = "0100007F", "0A"  # as /proc/net/tcp writes them


class Stack:
    """`ntro` on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.paths = StackPaths(home)

    def ntro(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"NTRO_HOME": str(self.paths.home)}
        command = [sys.executable, "-c", "from ntro_cli.main import main; main()", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=400)

    def up(self, *arguments: str) -> dict[str, object]:
        done = self.ntro("up", "--demo", "-o", "json", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found

    def identity(self, process: str) -> ProcessIdentity:
        record = RunRecord.model_validate_json(self.paths.run_file(process).read_bytes())
        return ProcessIdentity(record.pid, record.started)

    def kill(self, *processes: str) -> None:
        killed = [self.identity(process) for process in processes]
        for identity in killed:
            identity.signal(signal.SIGKILL)
        assert all(wait_until_gone(identity, 10) for identity in killed)


@pytest.fixture(scope="module")
def stack(port_bases: Iterator[int]) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="ntro-stack-") as name:
        found = Stack(Path(name) / "home")
        try:
            first = found.up("--port-base", str(next(port_bases)))
            assert set(first) == {"home", "workspace", "temporal", "tenants"}
            yield found
        finally:
            assert found.ntro("down").returncode == 0


def test_the_document_names_doors_that_open(stack: Stack) -> None:
    found = stack.up()
    assert found["home"] == str(stack.paths.home)
    workspace, tenants = found["workspace"], found["tenants"]
    assert isinstance(workspace, dict)
    assert isinstance(tenants, list)
    assert set(workspace) == {"url", "api_key"}
    assert workspace["url"].endswith("/v1")
    assert [set(tenant) for tenant in tenants] == [{"slug", "url", "ui_url", "sign_in_url"}]
    assert tenants[0]["slug"] == "demo"
    assert tenants[0]["url"].endswith("/v1")
    assert tenants[0]["sign_in_url"].startswith(tenants[0]["ui_url"])
    assert is_healthy(port_of(workspace["url"]))
    assert is_healthy(port_of(tenants[0]["url"]))


def test_the_other_commands_work_at_once(stack: Stack) -> None:
    listed = stack.ntro("tenant", "list", "-o", "json")
    assert listed.returncode == 0, listed.stderr
    assert [tenant["slug"] for tenant in json.loads(listed.stdout)] == ["demo"]
    assert stack.ntro("status").returncode == 0
    assert stack.ntro("doctor").returncode == 0


def test_a_person_is_given_a_link_that_opens_the_console_once(stack: Stack) -> None:
    told = stack.ntro("up")
    assert told.returncode == 0, told.stdout + told.stderr
    link = next(word for word in told.stdout.split() if "/sign-in?token=ntro_link_" in word)
    for status in (200, 401):
        place = urlsplit(link)
        door = http.client.HTTPConnection(place.netloc, timeout=30)
        door.request("GET", f"{place.path}?{place.query}", headers={"Accept": "text/html"})
        assert door.getresponse().status == status
        door.close()


def test_a_second_up_leaves_everything_as_it_is(stack: Stack) -> None:
    before = [stack.identity(name) for name in SERVERS]
    first, second = stack.up(), stack.up()
    assert [stack.identity(name) for name in SERVERS] == before
    assert {**first, "tenants": None} == {**second, "tenants": None}


@pytest.mark.parametrize("process", [*SERVERS, "supervisor"])
def test_after_the_kill_of_any_one_process_up_heals(stack: Stack, process: str) -> None:
    stack.kill(process)
    stack.up()
    assert set(running_names(stack.paths)) == set(SERVERS)
    assert stack.identity("supervisor").is_alive()


def test_the_supervisor_alone_starts_what_has_died(stack: Stack) -> None:
    stack.kill("cell-demo-api", "workspace")
    port = json.loads(stack.paths.state.read_text())["cells"]["demo"]["port"]
    deadline = 120
    while not is_healthy(port):
        assert deadline
        deadline -= 1
        wait_until_gone(stack.identity("supervisor"), 0.5)
    stack.up()


def test_after_the_kill_of_all_processes_up_heals_and_nothing_is_lost(stack: Stack) -> None:
    stack.kill("supervisor", *SERVERS)
    assert running_names(stack.paths) == []
    stack.up()
    assert [tenant["slug"] for tenant in json.loads(stack.ntro("tenant", "list", "-o", "json").stdout)] == ["demo"]


def test_settings_that_were_lost_are_written_again(stack: Stack) -> None:
    assert stack.ntro("down").returncode == 0
    settings = stack.paths.cell_settings("demo")
    before = settings.read_bytes()
    settings.write_bytes(before[: len(before) // 2])
    stack.paths.workspace_settings.unlink()
    stack.up()
    assert settings.read_bytes() == before


def test_a_promised_port_that_is_taken_is_named_and_the_stack_can_be_moved(
    stack: Stack, port_bases: Iterator[int]
) -> None:
    assert stack.ntro("down").returncode == 0
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", json.loads(stack.paths.state.read_text())["servers"]["workspace"]))
        other.listen()
        refused = stack.ntro("up", "-o", "json")
        assert refused.returncode == 1
        assert json.loads(refused.stdout)["error"]["code"] == "PortTaken"
        moved = stack.up("--port-base", str(next(port_bases)))
    tenants = moved["tenants"]
    assert isinstance(tenants, list)
    assert is_healthy(port_of(tenants[0]["url"]))


def test_all_listens_on_loopback_only(stack: Stack) -> None:
    pids = [stack.identity(name).pid for name in [*SERVERS, "supervisor"]]
    if not Path("/proc").is_dir():
        pytest.skip("this system does not show who listens where")
    found = {address for pid in pids for address in listening(pid)}
    assert found == {LOOPBACK}


def test_no_secret_is_in_a_command_line_an_environment_or_a_log(stack: Stack) -> None:
    secrets = json.loads(stack.paths.secrets.read_text())
    cells = secrets.pop("cells").values()
    hidden = [value for value in secrets.values() if "BEGIN" not in value]
    hidden += [value for cell in cells for value in (cell["cell_key"], cell["database_password"])]
    for name in [*SERVERS, "supervisor"]:
        process = Path("/proc") / str(stack.identity(name).pid)
        if not process.is_dir():
            pytest.skip("this system does not show what a process was started with")
        shown = (process / "cmdline").read_text() + (process / "environ").read_text()
        assert not [secret for secret in hidden if secret in shown]
    logs = "".join(log.read_text() for log in stack.paths.logs.glob("*.log*"))
    assert not [secret for secret in hidden if secret in logs]


def test_tenants_come_and_go(stack: Stack) -> None:
    created = stack.ntro("tenant", "create", "--name", "Acme", "--slug", "acme", "--data-platform", "managed-postgres")
    assert created.returncode == 0, created.stderr
    found = stack.up()
    assert isinstance(found["tenants"], list)
    assert [tenant["slug"] for tenant in found["tenants"]] == ["acme", "demo"]
    workspace = found["workspace"]
    assert isinstance(workspace, dict)
    answer = delete(workspace["url"], workspace["api_key"], "tenants/acme")
    assert answer < 300
    again = stack.up()["tenants"]
    assert isinstance(again, list)
    assert [tenant["slug"] for tenant in again] == ["demo"]
    assert "cell-acme-api" not in running_names(stack.paths)


def test_down_leaves_nothing_running_and_everything_on_the_disk(stack: Stack) -> None:
    down = stack.ntro("down", "-o", "json")
    assert down.returncode == 0
    assert json.loads(down.stdout)["stopped"][0] == "supervisor"
    assert running_names(stack.paths) == []
    assert json.loads(stack.ntro("down", "-o", "json").stdout)["stopped"] == []
    with sqlite3.connect(stack.paths.temporal / "temporal.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    stack.up()


def listening(pid: int) -> set[str]:
    """The local addresses, in the system's hexadecimal words, on which a process listens."""
    links = [str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir() if handle.is_symlink()]
    mine = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == LISTENING and row[9] in mine}


def port_of(url: str) -> int:
    return int(url.split(":")[2].split("/", maxsplit=1)[0])


def delete(url: str, key: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(url), timeout=30)
    try:
        connection.request("DELETE", f"/v1/workspace/{path}", headers={"Authorization": f"Bearer {key}"})
        return connection.getresponse().status
    finally:
        connection.close()
