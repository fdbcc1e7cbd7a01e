"""The files of an archive that somebody pushed: nothing in it is trusted, sizes least of all."""

import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from ntro_workspace.runbooks.bundle import MAX_BYTES, MAX_FILE_BYTES, BundleError

MAX_FILES = 2000
ONE_FILE = "templates/workflow.py"
_FOLDERS = ("templates/", "subledgers/", "migrations/")
_NOT_CODE = ("__pycache__", ".git")


def read_archive(content: bytes) -> dict[str, str]:
    """The text files by path: of a zip, of a tar, compressed or not, or of one file of Python.

    One folder around everything is left out.

    Raises:
        BundleError: nothing is in it, it is not text, cannot be read, or is above the limits of a bundle.
    """
    try:
        files = _bounded(_members(content))
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise BundleError("The archive cannot be read; push a zip or a tar of the runbook's folder.") from error
    if not files:
        raise BundleError("There is no file in the archive.")
    return _without_folder(files)


def _members(content: bytes) -> Iterator[tuple[str, IO[bytes]]]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    with archive.open(entry) as file:
                        yield entry.filename, file
    elif tarfile.is_tarfile(io.BytesIO(content)):
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for member in tar:
                if member.isfile() and (found := tar.extractfile(member)) is not None:
                    yield member.name.removeprefix("./"), found
    elif content:
        yield ONE_FILE, io.BytesIO(content)


def _bounded(members: Iterable[tuple[str, IO[bytes]]]) -> dict[str, str]:
    files: dict[str, str] = {}
    total = 0
    for name, file in members:
        if any(part in _NOT_CODE for part in name.split("/")):
            continue
        content = file.read(MAX_FILE_BYTES + 1)
        total += len(content)
        if len(content) > MAX_FILE_BYTES or total > MAX_BYTES or len(files) == MAX_FILES:
            raise BundleError("The archive is above the limits of a bundle.")
        files[name] = _text(content)
    return files


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise BundleError("A runbook is made of text files in UTF-8; this holds something else.") from error


def _without_folder(files: dict[str, str]) -> dict[str, str]:
    folders = {name.partition("/")[0] for name in files}
    if (
        len(folders) != 1
        or ".." in folders
        or not all("/" in name for name in files)
        or next(iter(files)).startswith(_FOLDERS)
    ):
        return files
    return {name.partition("/")[2]: text for name, text in files.items()}
