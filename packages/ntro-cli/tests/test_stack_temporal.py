"""Temporal keeps its namespaces across a kill, for as long as books are kept."""

import signal
import socket
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ntro_cli.stack.identity import wait_until_gone
from ntro_cli.stack.namespaces import RETENTION, ensure_namespace, retention_of
from ntro_cli.stack.temporal import TemporalServer


@pytest.fixture
def temporal() -> Iterator[TemporalServer]:
    with tempfile.TemporaryDirectory(prefix="ntro-temporal-") as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        probe.close()
        server = TemporalServer(Path(name) / "temporal", port)
        server.start()
        yield server
        server.stop()


async def test_a_namespace_survives_a_kill_with_ten_years_of_retention(temporal: TemporalServer) -> None:
    await ensure_namespace(temporal.address, "ntro-demo")
    running = temporal.find()
    assert running is not None
    running.signal(signal.SIGKILL)
    assert wait_until_gone(running, 10)
    assert not temporal.is_ready()
    temporal.start()
    await ensure_namespace(temporal.address, "ntro-demo")
    assert await retention_of(temporal.address, "ntro-demo") == RETENTION >= timedelta(days=3650)


def test_starting_it_twice_keeps_the_one_that_runs(temporal: TemporalServer) -> None:
    first = temporal.find()
    temporal.start()
    assert temporal.find() == first
