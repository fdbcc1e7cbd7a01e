"""Serves an ASGI application on a loopback or given address, and says plainly when the port is taken."""

import errno
import socket

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 5


class PortTakenError(RuntimeError):
    """Another process listens on the port."""


def serve(app: ASGIApp, *, host: str, port: int) -> None:
    """Runs `app` until a signal ends it; open requests get five seconds.

    Raises:
        PortTakenError: `host:port` is in use.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        http="h11",  # the other parser sets no limit to what a client may send as headers; this one 64 KiB
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(f"Port {port} on {host} is taken by another process.") from error
        raise
    return listener
