"""Tables as JSON files. Rows are added under a lock on the folder, which other processes of the machine respect."""

import fcntl
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ntro.capabilities.storage._files import read_in, write_in
from ntro.capabilities.storage._paths import StoragePathError, opened_folder, parts_of

MAX_TABLE_BYTES = 64 * 1024 * 1024
Rows = list[dict[str, Any]]


def file_name(table_name: str, period: str) -> str:
    """The path of a table's file.

    Raises:
        StoragePathError: the name or the period cannot be part of a path.
    """
    if not table_name.strip("/ ") or "/" in period:
        raise StoragePathError(f"A table needs a name, and a period without slashes: {table_name!r}, {period!r}.")
    return f"{table_name}_{period}.json" if period else f"{table_name}.json"


def write_rows(root: Path, path: str, rows: list[Any], *, append: bool) -> int:
    """Put or add `rows`; answers with how many there are then.

    Raises:
        ValueError: a row is no object, or the table would be above `MAX_TABLE_BYTES`.
    """
    *folders, name = parts_of(path)
    with opened_folder(root, tuple(folders), create=True) as folder:
        fcntl.flock(folder, fcntl.LOCK_EX)
        before = _read(folder, name) if append else []
        content = json.dumps([*before, *map(_row, rows)], default=_plain, ensure_ascii=False, allow_nan=False).encode()
        if len(content) > MAX_TABLE_BYTES:
            raise ValueError(f"a table has at most {MAX_TABLE_BYTES} bytes, {name!r} would have {len(content)}")
        write_in(folder, name, content)
    return len(before) + len(rows)


def read_rows(root: Path, path: str) -> Rows:
    """The rows at `path`, none where nothing is."""
    *folders, name = parts_of(path)
    try:
        with opened_folder(root, tuple(folders), create=False) as folder:
            return _read(folder, name)
    except FileNotFoundError:
        return []


def _read(folder: int, name: str) -> Rows:
    try:
        content = read_in(folder, name, MAX_TABLE_BYTES)
    except FileNotFoundError:
        return []
    rows = json.loads(content, parse_float=Decimal)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"the file {name!r} holds no table")
    return rows


def _row(row: Any) -> Any:
    if isinstance(row, BaseModel):
        return row.model_dump()
    if not isinstance(row, dict):
        raise ValueError(f"a row of a table is an object, not a {type(row).__name__}")  # noqa: TRY004 - of the input, as every refusal here
    return row


def _plain(value: Any) -> Any:
    """What JSON has no spelling for, as text."""
    match value:
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case BaseModel():
            return value.model_dump()
        case _:
            return str(value)
