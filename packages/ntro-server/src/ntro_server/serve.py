"""Serves an ASGI application on a loopback or given address, and says plainly when the port is taken."""

import errno
import gc
import socket

import uvicorn
from starlette.types import ASGIApp

from ntro_server.bounded_http import BoundedHttpProtocol

GRACE_SECONDS = 5


class PortTakenError(RuntimeError):
    """Another process listens on the port."""


def serve(app: ASGIApp, *, host: str, port: int) -> None:
    """Runs `app` until a signal ends it; open requests get five seconds.

    Raises:
        PortTakenError: `host:port` is in use.
    """
    listener = _listen(host, port)
    gc.freeze()  # what is loaded by now stays: looking at it again and again would cost a tenth of every request
    uvicorn.Server(configuration(app)).run(sockets=[listener])


def configuration(app: ASGIApp) -> uvicorn.Config:
    """How both servers speak HTTP."""
    return uvicorn.Config(
        app,
        http=BoundedHttpProtocol,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,
    )


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
