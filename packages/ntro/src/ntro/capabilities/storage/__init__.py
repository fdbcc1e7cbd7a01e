"""A runbook's own files and small tables: audit trails, caches, what one run leaves for the next.

Everything lies below one folder of the tenant, `<folder of the artifacts>/data/<tenant>`. Paths are relative to it;
what leads out of it, and every symbolic link on the way, is refused. A write is complete or did not happen: bytes
reach the disk under another name first. File work runs in threads.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from ntro.capabilities import config
from ntro.capabilities.storage._files import names, read_whole, write_whole
from ntro.capabilities.storage._paths import MAX_PATH_CHARACTERS, StoragePathError
from ntro.capabilities.storage._tables import file_name, read_rows, write_rows

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Largest content that is written or read."""

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_PATH_CHARACTERS",
    "StoragePathError",
    "list_files",
    "read",
    "read_file",
    "read_table",
    "write",
    "write_file",
    "write_table",
]


async def write_table(
    table_name: str,
    *,
    data: Sequence[Mapping[str, Any]],
    period: str = "",
    mode: Literal["overwrite", "append"] = "overwrite",
) -> dict[str, Any]:
    """Keep rows under a name, and a period where one is given. Appending is safe among processes of one machine.

    Args:
        table_name: the table, a path without extension.
        data: rows of JSON values; decimals, dates and ids become text.
        period: such as `2026-03`; tables of different periods are different tables.
        mode: whether the rows replace those that are there or follow them.

    Returns:
        `rows_written`, `total_rows` and `path`.

    Raises:
        StoragePathError: the name leads out of the tenant's folder.
        ValueError: the mode is unknown, the table too large, or a number is not finite.
    """
    if mode not in {"overwrite", "append"}:
        raise ValueError(f"the mode of a table is overwrite or append, not {mode!r}")
    name = file_name(table_name, period)
    total = await asyncio.to_thread(write_rows, root(), name, list(data), append=mode == "append")
    return {"rows_written": len(data), "total_rows": total, "path": str(root() / name)}


async def read_table(table_name: str, *, period: str = "") -> list[dict[str, Any]]:
    """The rows of a table, none where it was never written. Numbers with a point are decimals.

    Raises:
        StoragePathError: the name leads out of the tenant's folder.
        ValueError: what lies there is no table.
    """
    return await asyncio.to_thread(read_rows, root(), file_name(table_name, period))


async def write_file(file_path: str, *, content: bytes | str) -> dict[str, Any]:
    """Write a file, folders included; text as UTF-8. Answers with `path` and `size_bytes`.

    Raises:
        StoragePathError: the path leads out of the tenant's folder.
        ValueError: the content is above `MAX_FILE_BYTES`.
    """
    data = content.encode() if isinstance(content, str) else content
    if len(data) > MAX_FILE_BYTES:
        raise ValueError(f"a file has at most {MAX_FILE_BYTES} bytes, this one has {len(data)}")
    await asyncio.to_thread(write_whole, root(), file_path, data)
    return {"path": str(root() / file_path), "size_bytes": len(data)}


async def read_file(file_path: str) -> bytes:
    """The content of a file.

    Raises:
        StoragePathError: the path leads out of the tenant's folder.
        FileNotFoundError: there is no such file.
        ValueError: the file is above `MAX_FILE_BYTES`.
    """
    return await asyncio.to_thread(read_whole, root(), file_path, MAX_FILE_BYTES)


async def write(*, path: str, content: bytes | str, content_type: str = "application/octet-stream") -> str:  # noqa: ARG001 - the contract's keyword; the disk keeps no types
    """Write a file as `write_file` does; answers with its whole path."""
    written = await write_file(path, content=content)
    return str(written["path"])


async def read(*, path: str) -> bytes:
    """The content of a file, as `read_file`."""
    return await read_file(path)


async def list_files(prefix: str = "") -> list[str]:
    """Paths of the files in and below the folder `prefix`, sorted; none where there is no such folder.

    Raises:
        StoragePathError: the prefix leads out of the tenant's folder.
    """
    return await asyncio.to_thread(names, root(), prefix)


def root() -> Path:
    """The tenant's folder. It need not exist yet."""
    worker = config.get()
    artifacts = Path(worker.artifacts_dir).absolute()
    tenant = worker.tenant_slug or "default"
    if Path(tenant).name != tenant:
        raise StoragePathError(f"The tenant's slug {tenant!r} is no name of a folder.")
    return artifacts.parent / "data" / tenant
