"""A runbook in an archive, as some pipelines keep them: read in memory, bounded, nothing is unpacked to disk."""

import zipfile
from pathlib import Path, PurePosixPath

from ntro.runbook.deployable import MAX_BYTES, MAX_FILES
from ntro_cli.errors import CommandError

_KEPT = ("runbook.md", "skill.md", "requirements.txt")
_KEPT_FOLDERS = ("templates/", "subledgers/", "migrations/")
_SKIPPED = "__pycache__"


def texts_of(path: Path) -> dict[str, str]:
    """The text of each file of a bundle by its path inside it; the folder around them, if any, is left out.

    Raises:
        CommandError: the archive is broken, too large, has no `runbook.md`, or holds what is no text.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = _names(archive, path)
            return {inside: _text(archive, name, path) for inside, name in names.items()}
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise _refused(path, f"cannot be read: {error}") from error


def _names(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """The names in the archive, by the path inside the bundle."""
    listed = [entry for entry in archive.infolist() if not entry.is_dir()]
    roots = [entry.filename for entry in listed if PurePosixPath(entry.filename).name == "runbook.md"]
    if not roots:
        raise _refused(path, "holds no runbook.md")
    root = min(roots, key=len).removesuffix("runbook.md")
    kept = {entry.filename.removeprefix(root): entry for entry in listed if _belongs(entry.filename, root)}
    if len(kept) > MAX_FILES or sum(entry.file_size for entry in kept.values()) > MAX_BYTES:
        raise _refused(path, f"is larger than {MAX_FILES} files or {MAX_BYTES // 1024 // 1024} MiB")
    return {inside: entry.filename for inside, entry in sorted(kept.items())}


def _belongs(name: str, root: str) -> bool:
    inside = name.removeprefix(root)
    parts = PurePosixPath(inside).parts
    if not name.startswith(root) or ".." in parts or _SKIPPED in parts or inside.endswith(".pyc"):
        return False
    return inside in _KEPT or inside.startswith(_KEPT_FOLDERS)


def _text(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    with archive.open(name) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _refused(path, f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(path, f"holds {name}, which is no UTF-8 text") from error


def _refused(path: Path, why: str) -> CommandError:
    return CommandError(
        f"{path} {why}.", code="invalid_bundle", hint="Give a .zip of the folder that holds runbook.md."
    )
