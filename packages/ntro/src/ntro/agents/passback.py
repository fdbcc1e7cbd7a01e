"""What a session left as files becomes documents of the task: all of it, once, bounded."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO

from ntro.agents import files_repository as files
from ntro.agents.files_repository import FilePlace, ReceivedFile
from ntro.data import DataPlane
from ntro.ingest.documents import MAX_DOCUMENT_BYTES
from ntro.types.filenames import safe_filename
from ntro.workflow.agents.models import AgentOutputFile
from ntro.workflow.agents.providers import ManagedAgentProvider, ProviderFileRef, SessionRef

MAX_FILE_BYTES = MAX_DOCUMENT_BYTES
MAX_FILES = 100

SETTLED_SECONDS = 3.0
"""How long the list of files must stay the same before it counts as complete: hosts list files with a delay."""

PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.5
PIECE_BYTES = 4 * 1024 * 1024
_MEMORY_BYTES = 1024 * 1024
_UNKNOWN_TYPE = "application/octet-stream"
_LONGEST_TYPE = 200


class PassbackError(ValueError):
    """The files cannot all be taken; the message says which and why."""


async def pass_back(
    db: DataPlane, provider: ManagedAgentProvider, ref: SessionRef, place: FilePlace
) -> list[AgentOutputFile]:
    """Stores every file of the session and returns them, in the host's order.

    Raises:
        PassbackError: there are too many, or one is empty or too large; those before it are stored.
        AgentHostError: the host did not hand one over.
    """
    found = await _settled(provider, ref)
    if len(found) > MAX_FILES:
        raise PassbackError(f"The session left {len(found)} files; the limit is {MAX_FILES}.")
    return [await _stored(db, provider, ref, place, file) for file in found]


async def _settled(provider: ManagedAgentProvider, ref: SessionRef) -> list[ProviderFileRef]:
    """The session's files when no more come."""
    loop = asyncio.get_running_loop()
    began = changed = loop.time()
    known: list[ProviderFileRef] = []
    while True:
        listed = await provider.list_session_files(ref)
        if [file.file_id for file in listed] != [file.file_id for file in known]:
            known, changed = listed, loop.time()
        if loop.time() - changed >= SETTLED_SECONDS or loop.time() - began >= PATIENCE_SECONDS:
            return list({file.file_id: file for file in known}.values())
        await asyncio.sleep(LOOK_SECONDS)


async def _stored(
    db: DataPlane, provider: ManagedAgentProvider, ref: SessionRef, place: FilePlace, file: ProviderFileRef
) -> AgentOutputFile:
    before = await files.stored_files(db, place.tag, file.file_id)
    if before:
        return before[0]
    async with _received(provider, ref, file) as (received, content):
        return await files.store(db, place, received, _pieces(content))


@asynccontextmanager
async def _received(
    provider: ManagedAgentProvider, ref: SessionRef, file: ProviderFileRef
) -> AsyncIterator[tuple[ReceivedFile, IO[bytes]]]:
    """The file's bytes on disk, measured as they came: what the host says of the size is not believed."""
    name = safe_filename(file.filename)
    if (file.size_bytes or 0) > MAX_FILE_BYTES:
        raise _too_large(name)
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES) as content:
        async for piece in provider.download_file(ref, file):
            size += len(piece)
            if size > MAX_FILE_BYTES:
                raise _too_large(name)
            digest.update(piece)
            await asyncio.to_thread(content.write, piece)
        if size == 0:
            raise PassbackError(f"{name} is empty; a document has at least one byte.")
        kind = file.content_type[:_LONGEST_TYPE] or _UNKNOWN_TYPE
        yield ReceivedFile(file.file_id, name, kind, size, digest.hexdigest()), content


async def _pieces(content: IO[bytes]) -> AsyncIterator[bytes]:
    await asyncio.to_thread(content.seek, 0)
    while piece := await asyncio.to_thread(content.read, PIECE_BYTES):
        yield piece


def _too_large(name: str) -> PassbackError:
    return PassbackError(f"{name} is larger than the limit of {MAX_FILE_BYTES // (1024 * 1024)} MiB.")
