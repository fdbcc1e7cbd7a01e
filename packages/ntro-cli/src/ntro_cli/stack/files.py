"""Files of the stack: private to their owner, replaced in one step, read with a clear answer when they are broken."""

import json
import os
import stat
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ntro_cli.stack.errors import DiskFull, StateBroken

ModelT = TypeVar("ModelT", bound=BaseModel)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder(path: Path) -> Path:
    """Makes `path`, and what is missing above it, readable by its owner alone.

    Raises:
        StateBroken: the folder cannot be made or is not ours.
    """
    try:
        for folder in reversed([path, *path.parents]):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
        if path.stat().st_mode & _OTHERS:
            path.chmod(0o700)
    except OSError as error:
        raise StateBroken(
            f"The folder {path} cannot be used: {error.strerror}.",
            remedy="Correct its rights, make room, or set NTRO_HOME to a folder of your own.",
        ) from error
    return path


def write_private(path: Path, text: str) -> None:
    """Replaces `path` by `text` in one step, mode 0600, on the disk before it returns.

    Raises:
        DiskFull: there is no room; the file is as it was.
    """
    private_folder(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with open(partial, "w", encoding="utf-8", opener=_open_private) as file:  # Path.open takes no opener
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise DiskFull(
            f"{path} cannot be written: {error.strerror}.", remedy=f"Make room on the disk of {path.parent}."
        ) from error


def write_json(path: Path, value: Any) -> None:
    """Writes `value` as readable JSON, as `write_private` does; an equal file is left alone."""
    text = json.dumps(value, indent=2, sort_keys=True) + "\n"
    if not path.is_file() or path.read_bytes() != text.encode() or path.stat().st_mode & _OTHERS:
        write_private(path, text)


def read_model(model: type[ModelT], path: Path, *, remedy: str) -> ModelT | None:
    """The content of `path`; none where there is no such file.

    Raises:
        StateBroken: it cannot be read or does not fit `model`; `remedy` is passed on.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateBroken(f"{path} cannot be read: {error.strerror}.", remedy=remedy) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise StateBroken(f"{path} is damaged: {where}: {first['msg']}.", remedy=remedy) from error


def _open_private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
