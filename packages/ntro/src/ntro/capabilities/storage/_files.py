"""Whole files below a folder: written under another name first, then renamed, both reaching the disk."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from uuid import uuid4

from ntro.capabilities.storage._paths import StoragePathError, opened_folder, parts_of

UNFINISHED = ".unfinished-"
"""How names of files that are still being written begin; a crash may leave one behind, it is never listed."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def write_whole(root: Path, path: str, content: bytes) -> None:
    """Put `content` at `path`, in place of what is there.

    Raises:
        StoragePathError: the path leads elsewhere, or names a folder.
    """
    *folders, name = _named(path)
    with opened_folder(root, tuple(folders), create=True) as folder:
        write_in(folder, name, content)


def write_in(folder: int, name: str, content: bytes) -> None:
    """Put `content` at `name` in an opened folder."""
    unfinished = f"{UNFINISHED}{uuid4().hex}"
    try:
        with os.fdopen(os.open(unfinished, _NEW, 0o600, dir_fd=folder), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException as error:
        with suppress(FileNotFoundError):
            os.unlink(unfinished, dir_fd=folder)
        if isinstance(error, IsADirectoryError):
            raise StoragePathError(f"{name!r} is a folder; name a file.") from error
        raise
    os.fsync(folder)


def read_whole(root: Path, path: str, limit: int) -> bytes:
    """The content at `path`.

    Raises:
        StoragePathError: the path leads elsewhere, or names no file.
        FileNotFoundError: nothing is there.
        ValueError: it is larger than `limit` bytes.
    """
    *folders, name = _named(path)
    with opened_folder(root, tuple(folders), create=False) as folder:
        return read_in(folder, name, limit)


def read_in(folder: int, name: str, limit: int) -> bytes:
    """The content of `name` in an opened folder."""
    try:
        descriptor = os.open(name, _READ, dir_fd=folder)
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no file {name!r} here.") from None
    except OSError as error:
        raise StoragePathError(f"{name!r} is a link, not a file.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StoragePathError(f"{name!r} is a folder or a device, not a file.")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"the file {name!r} is larger than {limit} bytes")
    return content


def names(root: Path, prefix: str) -> list[str]:
    """Paths of the files below the folder `prefix`."""
    parts = parts_of(prefix)
    try:
        with opened_folder(root, parts, create=False) as folder:
            return sorted("/".join((*parts, name)) for name in _walk(folder))
    except FileNotFoundError:
        return []


def _walk(folder: int) -> Iterator[str]:
    """Relative paths of the files in an opened folder; links are passed by."""
    for path, _, found, inner in os.fwalk(".", dir_fd=folder, follow_symlinks=False):
        for name in found:
            is_file = stat.S_ISREG(os.stat(name, dir_fd=inner, follow_symlinks=False).st_mode)
            if is_file and not name.startswith(UNFINISHED):
                yield (PurePosixPath(path) / name).as_posix()


def _named(path: str) -> tuple[str, ...]:
    parts = parts_of(path)
    if not parts:
        raise StoragePathError(f"The path {path!r} names no file.")
    return parts
