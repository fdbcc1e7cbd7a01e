"""`ntro-mcp`: starts the server over stdio or streamable HTTP."""

import asyncio
import sys
from collections.abc import Sequence

from ntro.workspace.config import resolve
from ntro.workspace.errors import NtroError
from ntro_mcp.settings import Settings, parse

_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until the client goes away or the process is told to end."""
    settings = parse(arguments)
    try:
        asyncio.run(_serve_stdio(settings) if settings.transport == "stdio" else _serve_http(settings))
    except NtroError as error:
        sys.stderr.write(f"{error.message}\n{error.hint or ''}\n")
        sys.exit(_FAILED)
    except KeyboardInterrupt:
        return


async def _serve_stdio(settings: Settings) -> None:
    from ntro_mcp.caller import ConfiguredCaller  # noqa: PLC0415 - loads after the command line is understood
    from ntro_mcp.server import create_server  # noqa: PLC0415 - as above

    caller = ConfiguredCaller(connection=settings.connection, host=settings.ntro_host, api_key=settings.ntro_api_key)
    try:
        await create_server(caller, authoring=settings.authoring).run_stdio_async()
    finally:
        await caller.aclose()


async def _serve_http(settings: Settings) -> None:
    import uvicorn  # noqa: PLC0415 - as above

    from ntro_mcp.http import create_app  # noqa: PLC0415 - as above

    workspace = resolve(connection=settings.connection, host=settings.ntro_host).host
    app = create_app(settings, workspace=workspace)
    config = uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning")
    await uvicorn.Server(config).serve()
