"""The head of a request has a bound, however it is sent; bodies and kept connections do not count towards it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from ntro_server.bounded_http import MAX_HEAD
from ntro_server.serve import configuration

SECONDS = 20
HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\n"


async def count(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    found: int = listener.getsockname()[1]
    config = configuration(count)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield found
    server.should_exit = True
    await serving


async def answered(port: int, *pieces: bytes) -> bytes:
    """What comes back for `pieces` until the server closes or has answered all."""
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        found = await reader.read()
        writer.close()
        return found


async def test_a_head_up_to_the_bound_is_taken_and_bodies_do_not_count(port: int) -> None:
    body = b"x" * (4 * MAX_HEAD)
    kept = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    last = HEAD + b"Connection: close\r\nX-Long: " + b"a" * (MAX_HEAD - 1000) + b"\r\n\r\n"
    found = await answered(port, kept, kept, last)
    assert found.count(b"HTTP/1.1 200") == 3
    assert found.count(str(len(body)).encode()) == 2


async def test_many_requests_on_one_connection_are_bounded_one_by_one(port: int) -> None:
    small = b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 4000 + b"\r\n\r\n"
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3 * MAX_HEAD // len(small)):
            writer.write(small)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            await reader.readexactly(1)
        writer.close()


@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD + b"X-Long: " + b"a" * MAX_HEAD + b"\r\n\r\n"],
        [HEAD, b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(70)), b"\r\n"],
        [HEAD + b"X-Endless: ", *[b"a" * 1024] * 4096],
        [b"GET /" + b"a" * MAX_HEAD + b" HTTP/1.1\r\nHost: x\r\n\r\n"],
    ],
    ids=["one header", "many headers", "a header that never ends", "an address"],
)
async def test_a_head_above_the_bound_is_refused_and_the_connection_closed(port: int, pieces: list[bytes]) -> None:
    try:
        found = await answered(port, *pieces)
    except ConnectionError:  # closed while it was still being sent: its answer may be lost on the way
        return
    assert found.startswith(b"HTTP/1.1 400")
