"""Which ports the stack listens on: first choices, next free ones, and none that is somebody else's."""

import socket
from collections.abc import Collection

from ntro_cli.stack.errors import PortTaken

DEFAULT_BASE = 3000
LOWEST_BASE, HIGHEST_BASE = 1024, 60_000
# Distance of each first choice from the base: 3000, 4000, 5432, 7233 without one.
OFFSETS = {"workspace": 0, "cell": 1000, "postgres": 2432, "temporal": 4233}
TRIES = 500


def is_free(port: int) -> bool:
    """Whether nobody listens on `port` of this machine's loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose(kind: str, base: int, promised: Collection[int]) -> int:
    """The first choice of `kind` for this base, or the next port that is free and not promised to another.

    Raises:
        PortTaken: none of the next 500 is.
    """
    first = base + OFFSETS[kind]
    for port in range(first, min(first + TRIES, 65_536)):
        if port not in promised and is_free(port):
            return port
    raise PortTaken(
        f"No port from {first} on is free for {kind}.", remedy="Choose another range: ntro up --port-base N"
    )
