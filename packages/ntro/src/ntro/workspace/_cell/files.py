"""A task's files: sent as they are read from disk, received as they come."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from ntro.workspace._cell.models import CellFile
from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.errors import NtroError

_CHUNK = 256 * 1024


class CellFiles(Resource):
    """`client.cell(tenant).files`. `task` is a task id or a child run id."""

    async def add(
        self,
        task: str,
        path: Path,
        *,
        source: str | None = None,
        gate_id: str | None = None,
        filename: str | None = None,
    ) -> CellFile:
        """Uploads the file at `path`; sending the same bytes again answers the same row.

        Raises:
            NtroError: the file cannot be read.
        """
        size = await asyncio.to_thread(_size_of, path)
        params = {
            name: str(value)
            for name, value in given(filename=filename or path.name, source=source, gateId=gate_id).items()
        }
        answer = await self._transport.upload(
            path_of("tasks", task, "files"), params=params, content=lambda: _read(path), size=size
        )
        return one(CellFile, answer)

    async def add_bytes(
        self, task: str, filename: str, content: bytes, *, source: str | None = None, gate_id: str | None = None
    ) -> CellFile:
        """Uploads `content` under `filename`; sending the same bytes again answers the same row."""
        params = {name: str(value) for name, value in given(filename=filename, source=source, gateId=gate_id).items()}
        answer = await self._transport.upload(
            path_of("tasks", task, "files"), params=params, content=lambda: _once(content), size=len(content)
        )
        return one(CellFile, answer)

    async def download(self, task: str, document: str, target: Path) -> Path:
        """Writes the document to `target`, whole or not at all, and answers `target`."""
        partial = target.with_name(target.name + ".part")
        try:
            async with self._transport.stream(path_of("tasks", task, "files", document)) as answer:
                file = await asyncio.to_thread(partial.open, "wb")
                try:
                    async for chunk in answer.aiter_bytes(_CHUNK):
                        await asyncio.to_thread(file.write, chunk)
                finally:
                    await asyncio.to_thread(file.close)
            await asyncio.to_thread(os.replace, partial, target)
        except BaseException:
            await asyncio.to_thread(partial.unlink, missing_ok=True)
            raise
        return target

    async def read(self, task: str, document: str) -> bytes:
        """The bytes of the document."""
        async with self._transport.stream(path_of("tasks", task, "files", document)) as answer:
            return await answer.aread()

    async def list(self, task: str, *, source: str | None = None, limit: int | None = None) -> Items[CellFile]:
        """The task's documents, newest first: at most `limit` (20 where none is given, 200 at most)."""
        params = {"source": source, "limit": None if limit is None else str(limit)}
        return many(CellFile, await self._get(path_of("tasks", task, "files"), params))

    add_sync = blocking(add)
    add_bytes_sync = blocking(add_bytes)
    download_sync = blocking(download)
    read_sync = blocking(read)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin


def _size_of(path: Path) -> int:
    try:
        if not path.is_file():
            raise NtroError(f"There is no file {path}.", code="no_such_file")
        with path.open("rb"):
            return path.stat().st_size
    except OSError as error:
        raise NtroError(f"{path} cannot be read: {error.strerror}.", code="unreadable_file") from error


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _read(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
    finally:
        await asyncio.to_thread(file.close)
