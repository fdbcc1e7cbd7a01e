"""Bundles: fetched from Workspace by hash, checked, unpacked in one step."""

import asyncio
import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

import httpx2

MAX_ARCHIVE_BYTES = 20 * 1024 * 1024
MAX_FILES = 2000
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
_MARK = ".sha256"


class BundleRefusedError(ValueError):
    """The bundle is not what was announced, is too large, or holds what a bundle may not hold."""


async def fetch(http: httpx2.AsyncClient, sha256: str) -> bytes:
    """The bytes of the artifact `sha256`, at most 20 MiB.

    Raises:
        BundleRefusedError: Workspace has it not, it is too large, or its bytes have another hash.
        httpx2.HTTPError: Workspace does not answer, or answers with a passing error.
    """
    async with http.stream("GET", f"internal/artifacts/{sha256}") as response:
        if response.status_code == httpx2.codes.NOT_FOUND:
            raise BundleRefusedError(f"Workspace has no artifact {sha256}; deploy the runbook again.")
        response.raise_for_status()
        received = bytearray()
        async for chunk in response.aiter_bytes():
            received += chunk
            if len(received) > MAX_ARCHIVE_BYTES:
                raise BundleRefusedError(f"The bundle is larger than {MAX_ARCHIVE_BYTES // (1024 * 1024)} MiB.")
    if hashlib.sha256(received).hexdigest() != sha256:
        raise BundleRefusedError(f"The bytes of the artifact {sha256} have another hash.")
    return bytes(received)


async def unpack(archive: bytes, folder: Path, sha256: str) -> None:
    """Puts the content of `archive` at `folder`, replacing what is there. Either all of it appears or nothing.

    Raises:
        BundleRefusedError: it is no zip archive or too large, a name leaves the folder, or an entry is no plain file.
    """
    await asyncio.to_thread(_unpack, archive, folder, sha256)


def holds(folder: Path, sha256: str) -> bool:
    """Whether `folder` holds the unpacked bundle `sha256`."""
    mark = folder / _MARK
    return mark.is_file() and mark.read_text("ascii") == sha256


def _unpack(archive: bytes, folder: Path, sha256: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        with tempfile.TemporaryFile() as file:
            file.write(archive)
            with zipfile.ZipFile(file) as bundle:
                _extract(bundle, partial)
        (partial / _MARK).write_text(sha256, "ascii")
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    except zipfile.BadZipFile as error:
        raise BundleRefusedError("The bundle is not a readable zip archive.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _extract(bundle: zipfile.ZipFile, target: Path) -> None:
    entries = [entry for entry in bundle.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BundleRefusedError(f"The bundle has more than {MAX_FILES} files.")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise BundleRefusedError(f"The bundle unpacks to more than {MAX_UNPACKED_BYTES // (1024 * 1024)} MiB.")
    for entry in entries:
        path = target / _checked(entry)
        path.parent.mkdir(parents=True, exist_ok=True)
        with bundle.open(entry) as source, path.open("xb") as copy:
            # A member never yields more than its declared size; the declared sizes were summed above.
            shutil.copyfileobj(source, copy)
            os.fchmod(copy.fileno(), 0o600)


def _checked(entry: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    bad_name = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename
    if bad_name or path.name == _MARK or not path.parts:
        raise BundleRefusedError(f"The bundle holds a name that is not allowed: {entry.filename!r}.")
    if kind not in {0, stat.S_IFREG}:
        raise BundleRefusedError(f"The bundle holds something that is not a plain file: {entry.filename!r}.")
    return path
