"""What the server is started with: its transport, and where its Workspace is."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Literal

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Settings:
    """The flags of `ntro-mcp`.

    Of `ntro_host`, `ntro_api_key` and `connection` each wins over the environment, and that over the connections file.
    `authoring` says whether tools that touch this machine (folders, running a runbook's tests) are offered: over stdio
    the server runs for the person who started it, over HTTP for whoever has a key.
    """

    transport: Literal["stdio", "http"] = "stdio"
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    connection: str | None = None
    ntro_host: str | None = None
    ntro_api_key: str | None = field(default=None, repr=False)
    public_url: str | None = None
    allowed_origins: tuple[str, ...] = ()
    authoring: bool = True

    @property
    def address(self) -> str:
        """Where clients reach the server over HTTP, without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def parse(arguments: Sequence[str] | None = None) -> Settings:
    """The settings of a command line; one that makes no sense ends the process with exit code 2 and says why."""
    given = _parser().parse_args(arguments)
    is_stdio = given.transport == "stdio"
    return Settings(
        transport=given.transport,
        host=given.host,
        port=given.port,
        connection=given.connection,
        ntro_host=given.ntro_host,
        ntro_api_key=given.ntro_api_key,
        public_url=given.public_url,
        allowed_origins=tuple(given.allow_origin),
        authoring=is_stdio if given.authoring is None else given.authoring,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("ntro-mcp", description="The MCP server of ntro.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=version("ntro-mcp"))
    parser.add_argument("--transport", choices=("stdio", "http"), default="stdio", help="default: stdio")
    _add_connection(parser)
    _add_http(parser)
    return parser


def _add_connection(parser: argparse.ArgumentParser) -> None:
    of_ours = parser.add_argument_group("Workspace", "Each flag wins over the environment, that over the config file.")
    of_ours.add_argument("-c", "--connection", help="name of a connection of the config file")
    of_ours.add_argument("--ntro-host", help="address of Workspace with its /v1; else NTRO_HOST, else the connection")
    of_ours.add_argument(
        "--ntro-api-key", help="key for stdio; other users can see a command line: prefer NTRO_API_KEY"
    )


def _add_http(parser: argparse.ArgumentParser) -> None:
    http = parser.add_argument_group("HTTP", "Callers bring their own keys; the server's own is never used for them.")
    http.add_argument("--host", default=DEFAULT_HOST, help=f"where to listen; default: {DEFAULT_HOST}")
    http.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}")
    http.add_argument("--public-url", help="https address that clients use, where something stands before the server")
    http.add_argument("--allow-origin", action="append", default=[], help="origin of a web page that may call; repeat")
    http.add_argument(
        "--authoring",
        action=argparse.BooleanOptionalAction,
        help="offer tools that read folders of this machine and run runbooks' tests; default: over stdio only",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number up to {MAX_PORT}, 0 for any free one")
    return int(text)
