"""An upload that was taken in: on disk where it is large, hashed, never whole in memory."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO

from ntro.capabilities.documents import HEAD_BYTES, DocumentRefusedError, check_upload
from ntro_server.errors import ApiError, Invalid, PayloadTooLarge, UnsupportedContent

MEMORY_BYTES = 1024 * 1024
PIECE_BYTES = 1024 * 1024
_REFUSALS: dict[str, type[ApiError]] = {"empty_file": Invalid, "too_large": PayloadTooLarge}


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that were received, with their size and SHA-256. Who received them closes `file`."""

    file: IO[bytes]
    size: int
    sha256: str

    async def pieces(self) -> AsyncIterator[bytes]:
        """All bytes, a MiB at a time."""
        for offset in range(0, self.size, PIECE_BYTES):
            yield await asyncio.to_thread(self._read, offset, PIECE_BYTES)

    async def content_type(self, filename: str) -> str:
        """What the bytes are, by looking at them.

        Raises:
            Invalid: the file is empty.
            UnsupportedContent: it is nothing that is read here, or is not what its name says.
        """
        head = await asyncio.to_thread(self._read, 0, HEAD_BYTES)
        try:
            return await asyncio.to_thread(check_upload, head, filename, self.size)
        except DocumentRefusedError as refusal:
            refused = _REFUSALS.get(refusal.code, UnsupportedContent)
            raise refused(refusal.message, code=refusal.code) from refusal

    def _read(self, offset: int, count: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(count)


def spool() -> IO[bytes]:
    """A temporary file that stays in memory while it is below a MiB."""
    return tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)


async def receive(pieces: AsyncIterator[bytes], file: IO[bytes], limit: int) -> Upload:
    """Writes `pieces` to `file`.

    Raises:
        PayloadTooLarge: they are more than `limit` bytes.
    """
    digest = hashlib.sha256()
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        digest.update(piece)
        await asyncio.to_thread(file.write, piece)
    return Upload(file, size, digest.hexdigest())


async def received(file: IO[bytes], size: int, limit: int) -> Upload:
    """The upload that lies in `file` already.

    Raises:
        PayloadTooLarge: it is more than `limit` bytes.
    """
    if size > limit:
        raise _too_large(limit)
    return Upload(file, size, await asyncio.to_thread(_sha256, file))


def _sha256(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The file is larger than the limit of {limit // (1024 * 1024)} MiB.")
