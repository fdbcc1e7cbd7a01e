"""Bundles: text files, checked and packed into bytes that depend on nothing but the files."""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_BYTES = 20 * 1024 * 1024
MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_PATH = 200
MAX_PARTS = 12
_DRIVE = re.compile(r"^[A-Za-z]:")
_PART = re.compile(r"^[^\x00-\x1f\x7f<>:\"|?*/\\]{1,100}$")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16


class BundleError(ValueError):
    """A file of the bundle cannot be taken; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Checked files by path, and the archive they make."""

    files: Mapping[str, str]
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def pack(files: Mapping[str, str]) -> Bundle:
    """`files` as a deterministic zip: sorted by path, one fixed time, one mode.

    Raises:
        BundleError: a path leaves the bundle or is taken twice, or the sizes are above their limits.
    """
    checked: dict[str, str] = {}
    total = 0
    for name, text in files.items():
        path = _checked_path(name)
        if path.lower() in {known.lower() for known in checked}:
            raise BundleError(f"The file {path} is there twice.")
        size = len(text.encode())
        total += size
        if size > MAX_FILE_BYTES or total > MAX_BYTES:
            raise BundleError(f"The file {path} takes the bundle above its limit of size.")
        checked[path] = text
    ordered = dict(sorted(checked.items()))
    return Bundle(ordered, _archive(ordered))


def unpack(content: bytes) -> dict[str, str]:
    """The files of an archive that `pack` made."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _checked_path(name: str) -> str:
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:MAX_PATH])
    path = name.replace("\\", "/")
    if path.startswith("/") or _DRIVE.match(path):
        raise BundleError(f"The path {shown} is absolute; paths are relative to the bundle.")
    parts = path.split("/")
    if ".." in parts:
        raise BundleError(f"The path {shown} leaves the bundle.")
    if len(path) > MAX_PATH or len(parts) > MAX_PARTS:
        raise BundleError(f"The path {shown} is too long.")
    if "." in parts or not all(_PART.match(part) for part in parts):
        raise BundleError(f"The path {shown} has a part that no file can bear.")
    return str(PurePosixPath(path))


def _archive(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _REGULAR_FILE
            entry.create_system = 3
            archive.writestr(entry, text.encode(), compresslevel=6)
    return buffer.getvalue()
