"""The cell's processes: `python -m ntro_tenant api | migrate | ops | runbook | openapi`."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import asyncpg

from ntro_server.logs import configure_logging
from ntro_server.migrations import MigrationError, apply_migrations, migrations_of_package
from ntro_server.serve import PortTakenError, serve
from ntro_server.settings import SettingsError, load_settings
from ntro_tenant.settings import CellSettings

ORIGIN = "ntro_tenant"
MIGRATIONS = "ntro_tenant.db.migrations"
EXIT_FAILED = 1
EXIT_USAGE = 2


def main(argv: Sequence[str]) -> int:
    """Runs the command that `argv` names; answers the process's exit code."""
    command = _COMMANDS.get(argv[0]) if argv else None
    if command is None:
        return _complain(f"Use: python -m ntro_tenant {' | '.join(_COMMANDS)} --settings FILE", EXIT_USAGE)
    try:
        return command(argv[1:])
    except (SettingsError, MigrationError, PortTakenError) as error:
        return _complain(str(error), EXIT_FAILED)
    except (OSError, asyncpg.PostgresError) as error:
        return _complain(f"The cell's database does not answer: {error}", EXIT_FAILED)


def _api(argv: Sequence[str]) -> int:
    settings = _settings("api", argv)
    configure_logging(f"api-{settings.tenant_slug}", settings.log_level)
    from ntro_tenant.api.app import create_app  # noqa: PLC0415  # other commands need no web framework

    serve(create_app(settings), host=settings.host, port=settings.port)
    return 0


def _migrate(argv: Sequence[str]) -> int:
    settings = _settings("migrate", argv)
    for name in asyncio.run(migrate(settings.database_url.get_secret_value())):
        _say(name)
    return 0


def _ops(argv: Sequence[str]) -> int:
    from ntro_tenant.ops.main import main as run  # noqa: PLC0415  # each process loads its own part only

    return run(argv)


def _runbook(argv: Sequence[str]) -> int:
    from ntro_tenant.worker.main import main as run  # noqa: PLC0415  # each process loads its own part only

    return run(argv)


def _openapi(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="ntro_tenant openapi", description="Prints or writes the API's description.")
    parser.add_argument("--output", type=Path, help="the file to write; printed where it is not given")
    output: Path | None = parser.parse_args(argv).output
    from ntro_tenant.api.openapi import openapi_text  # noqa: PLC0415  # needs the web framework

    if output is None:
        _say(openapi_text().rstrip("\n"))
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(openapi_text(), encoding="utf-8")
    return 0


async def migrate(database_url: str) -> list[str]:
    """Brings the cell's database to the newest schema; returns the names of the scripts that were applied.

    Raises:
        MigrationError: a script fails, or was changed after it was applied.
    """
    connection = await asyncpg.connect(database_url)
    try:
        return await apply_migrations(connection, ORIGIN, migrations_of_package(MIGRATIONS))
    finally:
        await connection.close()


def _settings(command: str, argv: Sequence[str]) -> CellSettings:
    parser = argparse.ArgumentParser(prog=f"ntro_tenant {command}")
    parser.add_argument("--settings", type=Path, required=True, help="the cell's settings file")
    return load_settings(CellSettings, parser.parse_args(argv).settings)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _complain(text: str, code: int) -> int:
    sys.stderr.write(text + "\n")
    return code


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "api": _api,
    "migrate": _migrate,
    "ops": _ops,
    "runbook": _runbook,
    "openapi": _openapi,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
