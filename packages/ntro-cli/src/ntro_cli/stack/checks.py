"""What must hold before the stack is started."""

import importlib.util
import shutil

from ntro_cli.stack import cluster
from ntro_cli.stack.binaries import find_postgres, find_temporal
from ntro_cli.stack.errors import BinaryMissing, DiskFull
from ntro_cli.stack.files import private_folder
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.servers import external_temporal

NEEDED_BYTES = 300 * 1024 * 1024
SERVERS = ("ntro_workspace", "ntro_tenant")


def check_machine(paths: StackPaths) -> None:
    """Checks room, programs and the data's version.

    Raises:
        StackError: something is missing; the message says what.
    """
    check_room(paths)
    check_programs(paths)


def check_room(paths: StackPaths) -> None:
    """Checks that the folder can be written and has 300 MiB of room.

    Raises:
        DiskFull: it has not.
        StateBroken: the folder cannot be made.
    """
    private_folder(paths.home)
    free = shutil.disk_usage(paths.home).free
    if free < NEEDED_BYTES:
        raise DiskFull(
            f"Only {free // 1024**2} MiB are free on the disk of {paths.home}; the stack needs 300 MiB to start.",
            remedy="Make room, or set NTRO_HOME to a folder on another disk.",
        )


def check_programs(paths: StackPaths) -> None:
    """Checks that every program is here, PostgreSQL in the version of the data.

    Raises:
        BinaryMissing: one is not.
        StateBroken: the data is no cluster.
    """
    data = paths.postgres / "data"
    find_postgres(cluster.major_of(data) if data.exists() else None)
    if external_temporal() is None:
        find_temporal()
    for name in SERVERS:
        if importlib.util.find_spec(name) is None:
            raise BinaryMissing(
                f"The package {name.replace('_', '-')} is not installed.",
                remedy="Install it beside the command line: pip install 'ntro-cli[stack]'",
            )
