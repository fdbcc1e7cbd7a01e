"""Capabilities that work with files and mail leave the event loop free, so that heartbeats and activities go on."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ntro.capabilities import config, email, excel, storage

ROWS = [{"account": str(number), "debit": number} for number in range(500)]


@pytest.fixture(autouse=True)
def worker(tmp_path: Path) -> Iterator[Path]:
    """A worker whose files lie in a folder of the test."""
    config.set(config.WorkerConfig(artifacts_dir=str(tmp_path / "artifacts"), tenant_slug="acme"))
    yield tmp_path
    config.reset()


class Held(ThreadPoolExecutor):
    """Threads that begin to work only after `opened`."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.opened = Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        def wait() -> Any:
            assert self.opened.wait(20)
            return fn(*args, **kwargs)

        return super().submit(wait)


async def order_of(work: Callable[[], Awaitable[object]]) -> list[str]:
    """What is done first: `work`, or a coroutine that lets threads begin."""
    threads, order = Held(), []
    asyncio.get_running_loop().set_default_executor(threads)

    async def worked() -> None:
        await work()
        order.append("worked")

    async def ticked() -> None:
        order.append("ticked")
        threads.opened.set()

    await asyncio.gather(worked(), ticked())
    return order


@pytest.mark.parametrize("way", ["book", "file", "table"])
async def test_the_loop_goes_on_while_files_are_written(worker: Path, way: str):
    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "book": lambda: excel.generate(data=ROWS, output_path=str(worker / "book.xlsx")),
        "file": lambda: storage.write_file("a/b.bin", content=b"x" * 1_000_000),
        "table": lambda: storage.write_table("rows", data=ROWS),
    }
    assert await order_of(ways[way]) == ["ticked", "worked"]


async def test_the_loop_goes_on_while_a_mail_server_keeps_one_waiting():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config.set(
            config.WorkerConfig(
                email_smtp_host="127.0.0.1",
                email_smtp_port=silent.getsockname()[1],
                email_from_address="books@fund.example",
            )
        )
        sending = asyncio.create_task(email.send(to="ann@example.com", subject="S", body="B"))
        connection, _ = await asyncio.to_thread(silent.accept)
        assert not sending.done()
        connection.close()
        with pytest.raises(email.EmailError):
            await sending


async def test_a_mail_server_that_never_says_anything_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(email, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config.set(
            config.WorkerConfig(
                email_smtp_host="127.0.0.1",
                email_smtp_port=silent.getsockname()[1],
                email_from_address="books@fund.example",
            )
        )
        with pytest.raises(email.EmailError) as given_up:
            await email.send(to="ann@example.com", subject="S", body="B")
    assert given_up.value.retryable
