"""`python -m ntro_workspace serve | migrate | openapi`.

`openapi --against FILE` prints what breaks clients of an earlier document, and fails where anything does.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from ntro_server.logs import configure_logging
from ntro_server.migrations import MigrationError
from ntro_server.serve import PortTakenError, serve
from ntro_server.settings import SettingsError, load_settings
from ntro_workspace.app import create_app, served
from ntro_workspace.contract_changes import breaking_changes
from ntro_workspace.db.database import Database
from ntro_workspace.openapi import document
from ntro_workspace.settings import WorkspaceSettings


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 is fine, 1 is an error that was said on standard error."""
    options = _parser().parse_args(arguments)
    if options.command == "openapi":
        return _describe(options.against)
    try:
        settings = load_settings(WorkspaceSettings, options.settings)
        configure_logging("workspace", settings.log_level)
        if options.command == "migrate":
            asyncio.run(_migrate(settings))
        else:
            serve(served(create_app(settings)), host=settings.host, port=settings.port)
    except (SettingsError, PortTakenError, MigrationError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _describe(against: Path | None) -> int:
    if against is None:
        sys.stdout.write(json.dumps(document(), indent=2, sort_keys=True) + "\n")
        return 0
    changes = breaking_changes(json.loads(against.read_text("utf-8")), document())
    sys.stdout.writelines(f"{change}\n" for change in changes)
    return 1 if changes else 0


async def _migrate(settings: WorkspaceSettings) -> None:
    database = await Database.open(settings.database_url.get_secret_value())
    await database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ntro_workspace", description="The Workspace server.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (("serve", "serve the API"), ("migrate", "bring the database up to date")):
        command = commands.add_parser(name, help=about)
        command.add_argument("--settings", type=Path, required=True, help="settings file, JSON, mode 0600")
    described = commands.add_parser("openapi", help="print the OpenAPI document, or what breaks an earlier one")
    described.add_argument("--against", type=Path, help="an earlier document")
    return parser


if __name__ == "__main__":
    sys.exit(main())
