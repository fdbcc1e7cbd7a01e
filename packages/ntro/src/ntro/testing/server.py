"""The in-memory server as a process, which can be starting while the engine's client is still being loaded."""

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

SERVER_BINARY = "temporal-test-server"
START_SECONDS = 10.0
"""How long a server may take until it listens. One whose port was taken meanwhile stays and never does."""
STARTS = 3
"""How often it is started, each time on another port."""

_LOOK_AGAIN_S = 0.004


class ServerError(Exception):
    """The in-memory server does not run here; the message says what to do."""


def server_binary() -> str | None:
    """The in-memory server beside this Python or on PATH; none where it is not installed."""
    beside = Path(sys.executable).with_name(SERVER_BINARY)
    return str(beside) if beside.is_file() else shutil.which(SERVER_BINARY)


class ServerProcess:
    """A server of this process. Making one starts it and does not wait for it.

    Raises:
        ServerError: the server is not installed.
    """

    def __init__(self) -> None:
        binary = server_binary()
        if binary is None:
            raise ServerError(f"{SERVER_BINARY} is not installed; install it with: pip install 'ntro[testing]'")
        self._binary = binary
        self._start()

    def _start(self) -> None:
        self.port = _free_port()
        # In a session of its own: an interrupt from the keyboard is for whoever uses the server, who then ends it.
        self._process = subprocess.Popen(  # noqa: S603 - the engine's own server
            [self._binary, str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    async def ready(self) -> str:
        """Its address, as soon as it listens.

        Raises:
            ServerError: it ends by itself, or does not listen in time.
        """
        for _ in range(STARTS - 1):
            if await self._listens_in_time():
                break
            self.end()
            self._start()
        else:
            if not await self._listens_in_time():
                code = self._process.poll()
                how = f"does not listen after {START_SECONDS:g} s" if code is None else f"ends with exit code {code}"
                raise ServerError(f"{self._binary} {how}, {STARTS} times over; run it by hand: {self._binary} 7233")
        return f"127.0.0.1:{self.port}"

    async def _listens_in_time(self) -> bool:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if await _listens(self.port):
                return True
            await asyncio.sleep(_LOOK_AGAIN_S)
        return False

    def end(self) -> None:
        """End it with everything in it; a server that has ended stays so."""
        self._process.kill()
        self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
