"""Paths below a folder, walked part by part so that neither `..` nor a symbolic link leads out of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_PATH_CHARACTERS = 1_000
MAX_NAME_BYTES = 200
"""Of one part of a path; file systems allow 255, the rest is for names while writing."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class StoragePathError(ValueError):
    """A path that leads, or could lead, out of the tenant's folder, or that no file can have."""

    code = "storage_path"


def parts_of(path: str) -> tuple[str, ...]:
    """The names in a relative path; none for the folder itself.

    Raises:
        StoragePathError: it is absolute, climbs, or holds what no name has.
    """
    if len(path) > MAX_PATH_CHARACTERS:
        raise StoragePathError(f"A path has at most {MAX_PATH_CHARACTERS} characters, this one has {len(path)}.")
    if path.startswith("/") or "\\" in path or any(ord(character) < 32 for character in path):
        raise StoragePathError(f"The path {path!r} is not relative, or holds what no path of a file may hold.")
    parts = tuple(part for part in path.split("/") if part not in {"", "."})
    for part in parts:
        if part == ".." or len(_encoded(part)) > MAX_NAME_BYTES:
            raise StoragePathError(f"The path {path!r} climbs out of its folder, or has too long a name.")
    return parts


@contextmanager
def opened_folder(root: Path, parts: tuple[str, ...], *, create: bool) -> Iterator[int]:
    """A descriptor of the folder `parts` below `root`.

    Raises:
        StoragePathError: a part is a symbolic link or a file.
        FileNotFoundError: a part is missing, and it was not asked to be made.
    """
    if create:
        root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts:
            inner = _enter(descriptor, part, create=create)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _enter(descriptor: int, part: str, *, create: bool) -> int:
    try:
        return os.open(part, _FOLDER, dir_fd=descriptor)
    except FileNotFoundError:
        if not create:
            raise
    except OSError as error:
        raise StoragePathError(f"{part!r} on the path is a link or a file, not a folder.") from error
    try:
        os.mkdir(part, dir_fd=descriptor)
    except FileExistsError:
        pass  # another writer made it meanwhile
    else:
        os.fsync(descriptor)
    return _enter(descriptor, part, create=False)


def _encoded(part: str) -> bytes:
    try:
        return part.encode()
    except UnicodeEncodeError:
        raise StoragePathError("The path holds characters that no name of a file can have.") from None
