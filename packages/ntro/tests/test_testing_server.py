"""The in-memory server: a process that ends with whoever started it, and time that is skipped."""

import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from ntro.testing import server as servers
from ntro.testing.local import bundle_of, time_skipping_server, worker_for
from ntro.testing.server import ServerError, ServerProcess
from ntro.workflow import NtroWorkflow, runbook

HARNESS = """
import asyncio, sys
from ntro.testing import WorkflowHarness
from ntro.workflow import NtroWorkflow, runbook

@runbook.defn
class SleeperWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> str:
        await runbook.sleep(86400)
        return "slept"

async def main():
    async with WorkflowHarness(SleeperWorkflow) as harness:
        return (await harness.run()).result

assert asyncio.run(main()) == "slept"
"""


@runbook.defn
class YearWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self) -> int:
        began = runbook.now()
        await runbook.sleep(timedelta(days=365))
        return (runbook.now() - began).days


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_server_is_there_until_its_block_ends():
    process = ServerProcess()
    async with time_skipping_server(process) as server:
        assert listens(process.port)
        assert await server.client.service_client.check_health()
    assert not listens(process.port)
    process.end()


async def test_a_server_ends_although_its_block_fails():
    process = ServerProcess()
    with pytest.raises(KeyError):
        async with time_skipping_server(process):
            raise KeyError
    assert not listens(process.port)


async def test_a_server_whose_port_was_taken_is_started_on_another_one(monkeypatch: pytest.MonkeyPatch):
    free = servers._free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ports = iter([taken.getsockname()[1], free])
        monkeypatch.setattr(servers, "_free_port", lambda: next(ports))
        monkeypatch.setattr(servers, "START_SECONDS", 3)
        process = ServerProcess()
        try:
            address = await process.ready()
        finally:
            process.end()
    assert address == f"127.0.0.1:{free}"


async def test_a_server_that_only_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ending = tmp_path / "server"
    ending.write_text("#!/bin/sh\nexit 3\n")
    ending.chmod(0o755)
    monkeypatch.setattr(servers, "server_binary", lambda: str(ending))
    with pytest.raises(ServerError):
        await ServerProcess().ready()


def test_without_a_server_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(servers, "server_binary", lambda: None)
    with pytest.raises(ServerError):
        ServerProcess()


def test_the_server_can_be_started_before_the_engine_is_loaded():
    script = "import sys, ntro.testing.server; sys.exit('temporalio' in sys.modules or 'pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("_round", range(3))
def test_a_process_that_used_the_harness_ends_cleanly(_round: int):
    done = subprocess.run([sys.executable, "-c", HARNESS], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def test_time_passes_while_a_result_is_awaited_only():
    async with (
        time_skipping_server() as server,
        worker_for(server.client, [bundle_of(YearWorkflow)], "year"),
    ):
        assert await server.client.execute_workflow("YearWorkflow", id="year", task_queue="year") == 365
