"""The files of a PostgreSQL cluster: making them, what they say about a running server, the programs' copy."""

import os
import shutil
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path

from ntro_cli.stack.binaries import PostgresBinaries
from ntro_cli.stack.errors import StartFailed, StateBroken
from ntro_cli.stack.files import private_folder
from ntro_cli.stack.identity import ProcessIdentity
from ntro_cli.stack.launcher import NOBODY
from ntro_cli.stack.privileges import Mode, launch, reachable_by_all

SHARED = Path("/var/lib/ntro")
INIT_SECONDS = 120
_STATUS_LINE = 7  # of postmaster.pid


def create(
    data: Path, binaries: PostgresBinaries, mode: Mode, *, admin: str, password: str, shared: Path = SHARED
) -> None:
    """Makes a cluster at `data` whose only role is `admin`; it appears there complete or not at all.

    Raises:
        StartFailed: `initdb` failed; the message carries its words.
    """
    place = _place(data, mode, shared)
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)  # the rest of an attempt that was cut off
    key = place.with_name(f"{place.name}.key")
    key.touch(mode=0o600)
    key.write_text(password, encoding="utf-8")
    if mode is Mode.NOBODY:
        os.chown(key, NOBODY, NOBODY)
    options = ["--locale=C", "-E", "UTF8", "--auth-host=scram-sha-256", "--auth-local=reject"]
    command = [binaries.program("initdb"), "-D", str(fresh), "-U", admin, f"--pwfile={key}", *options]
    try:
        made = subprocess.run(  # noqa: S603  # the program found by the resolution order
            launch(mode, command), capture_output=True, text=True, check=False, timeout=INIT_SECONDS, cwd="/"
        )
    finally:
        key.unlink()
    if made.returncode != 0:
        said = made.stderr.strip().splitlines()[-3:]
        raise StartFailed(
            f"The database cluster cannot be made: {' '.join(said)}", remedy=f"Check the disk and rights of {place}."
        )
    fresh.rename(place)
    if place != data:
        data.symlink_to(place)


def major_of(data: Path) -> int:
    """The major version of the data.

    Raises:
        StateBroken: the folder is not a cluster.
    """
    try:
        return int((data / "PG_VERSION").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateBroken(
            f"{data} is not a database cluster: it has no valid PG_VERSION.",
            remedy=f"Bring {data} back from a backup, or move it away to begin with an empty one.",
        ) from error


def postmaster(data: Path) -> ProcessIdentity | None:
    """The running server of this data, as its lock file names it and the process itself confirms."""
    lock = _lock_lines(data)
    if not lock or not lock[0].isdigit():
        return None
    found = ProcessIdentity.of(int(lock[0]))
    return found if found is not None and found.folder() in {data.resolve(), None} else None


def says_ready(data: Path, pid: int) -> bool:
    """Whether the server `pid` itself says in the lock file that it takes connections."""
    lock = _lock_lines(data)
    return len(lock) > _STATUS_LINE and lock[0] == str(pid) and lock[_STATUS_LINE].strip() == "ready"


def set_stale_lock_aside(data: Path) -> None:
    """Renames a lock whose pid now belongs to a process that is not this data's server and no such is left.

    PostgreSQL itself removes a lock whose pid is free; it refuses to start when another process has got the pid.
    """
    lock = _lock_lines(data)
    if not lock or not lock[0].isdigit() or ProcessIdentity.of(int(lock[0])) is None:
        return
    if not Path("/proc").is_dir() or _works_in(data):
        return
    with suppress(FileNotFoundError):
        (data / "postmaster.pid").replace(data / "postmaster.pid.stale")


def reachable_copy(binaries: PostgresBinaries, shared: Path = SHARED) -> PostgresBinaries:
    """The programs where nobody may run them: as they are, or copied below `shared` with their libraries."""
    if binaries.package is None or reachable_by_all(binaries.folder):
        return binaries
    home = _open_folder(shared) / f"postgresql-{binaries.version}"
    if not home.exists():
        fresh = shared / f"{home.name}.{uuid.uuid4().hex}"
        install = binaries.folder.parent
        shutil.copytree(install, fresh / binaries.package.name / install.name, symlinks=True)
        libraries = binaries.package.with_name(f"{binaries.package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_tree(fresh)
        with suppress(OSError):  # another start was first
            fresh.rename(home)
        shutil.rmtree(fresh, ignore_errors=True)
    folder = home / binaries.package.name / binaries.folder.relative_to(binaries.package)
    return PostgresBinaries(folder, binaries.version)


def remove(data: Path) -> None:
    """Deletes the data, also where `data` only points to it."""
    place = data.resolve()
    shutil.rmtree(place, ignore_errors=True)
    if data.is_symlink():
        data.unlink()
        place.parent.rmdir()


def _place(data: Path, mode: Mode, shared: Path) -> Path:
    if mode is not Mode.NOBODY:
        return data
    folder = _open_folder(shared) / uuid.uuid4().hex
    private_folder(folder)
    os.chown(folder, NOBODY, NOBODY)
    return folder / "data"


def _open_folder(shared: Path) -> Path:
    shared.mkdir(parents=True, exist_ok=True)
    shared.chmod(0o711)
    return shared


def _open_tree(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or (os.access(path, os.X_OK) and path.stat().st_mode & 0o100) else 0o644)


def _lock_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _works_in(data: Path) -> bool:
    place = data.resolve()
    pids = (entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return any(found and found.folder() == place for found in (ProcessIdentity.of(int(pid)) for pid in pids))
