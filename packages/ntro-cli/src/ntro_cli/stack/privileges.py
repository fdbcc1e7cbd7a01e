"""How a server that refuses to run as root is started all the same, without opening root's folders to anybody."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from ntro_cli.stack import launcher

PROBE_SECONDS = 10


class Mode(StrEnum):
    """`PLAIN` as the user that we are; as root `USERNS` (nobody in a user namespace) or, where refused, `NOBODY`."""

    PLAIN = "plain"
    USERNS = "userns"
    NOBODY = "nobody"


def choose_mode() -> Mode:
    """The mode for new data on this machine."""
    if os.geteuid() != 0:
        return Mode.PLAIN
    return Mode.USERNS if user_namespaces_work() else Mode.NOBODY


def user_namespaces_work() -> bool:
    """Whether this machine lets us make a user namespace."""
    if not sys.platform.startswith("linux"):
        return False
    command = launch(Mode.USERNS, [sys.executable, "-I", "-S", "-c", ""])
    probe = subprocess.run(command, capture_output=True, check=False, timeout=PROBE_SECONDS)  # noqa: S603  # our own interpreter
    return probe.returncode == 0


def mode_of(data: Path) -> Mode:
    """The mode in which existing data was made: its owner tells."""
    if os.geteuid() != 0:
        return Mode.PLAIN
    return Mode.USERNS if data.stat().st_uid == 0 else Mode.NOBODY


def launch(mode: Mode, command: Sequence[str], *, parent: int = 0) -> list[str]:
    """`command` to be run in `mode`; it ends when the process `parent` does, unless that is 0."""
    if mode is Mode.PLAIN and not parent:
        return list(command)
    return [sys.executable, "-I", "-S", str(Path(launcher.__file__)), mode.value, str(parent), *command]


def reachable_by_all(path: Path) -> bool:
    """Whether every folder down to `path` lets others pass."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.resolve().parents])
