"""Handing documents and data in: bytes go to the cell, never through Workspace."""
# ruff: noqa: N815 - attribute names are the names on the wire

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from ntro.types.canonical import canonical_json
from ntro.workspace.cell import CellClient, CellFile, CellNextStep, DataSubmitted
from ntro_mcp.caller import Callers
from ntro_mcp.errors import ToolUsageError
from ntro_mcp.hints import ADDS_ONCE
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import TaskId

MAX_INLINE_BYTES = 10 * 1024 * 1024
_INLINE_CHARACTERS = 4 * (MAX_INLINE_BYTES // 3 + 1)
_SUBMIT = "submit_file"
_RECORDS = UUID("0c8d5c1e-5e0f-4a0e-9a35-6f2c1b7f9d11")

Filename = Annotated[str | None, Field(max_length=255, description="Its name; a path's own name where left out.")]
Content = Annotated[
    str | None, Field(max_length=_INLINE_CHARACTERS, description="The bytes in base64, at most 10 MiB of them.")
]
LocalPath = Annotated[str | None, Field(description="Path on the machine of a local server, in place of the bytes.")]
Source = Annotated[str | None, Field(description="Which expected document it is, such as bank_statement.")]


class DocumentSubmitted(BaseModel):
    """The document, the gate that it answered, and what the task needs next."""

    file: CellFile
    gateId: str
    next: CellNextStep


class DocumentTools(Group):
    """`ntro_task_file_ingest`, `ntro_document_submit` and `ntro_task_data_ingest`."""

    def __init__(self, callers: Callers, *, local: bool) -> None:
        super().__init__(callers)
        self._local = local

    @tool("ntro_task_file_ingest", title="Add a file to a task", hints=ADDS_ONCE)
    async def ingest(
        self,
        task_id: TaskId = None,
        filename: Filename = None,
        content_base64: Content = None,
        path: LocalPath = None,
        source: Source = None,
        gate_id: Annotated[str | None, Field(description="The gate that asks for it.")] = None,
    ) -> CellFile:
        """Adds a file to the task's documents; the same bytes again are the same document."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        given = self._given(filename, content_base64, path)
        return await _send(await caller.cell_of(task), task, given, source=source, gate_id=gate_id)

    @tool("ntro_document_submit", title="Hand in the document that a task asks for", hints=ADDS_ONCE)
    async def submit(
        self,
        task_id: TaskId = None,
        filename: Filename = None,
        content_base64: Content = None,
        path: LocalPath = None,
        source: Source = None,
    ) -> DocumentSubmitted:
        """Answers the gate at which the task waits for a file, and says what it needs next."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        given = self._given(filename, content_base64, path)
        cell = await caller.cell_of(task)
        gate = _gate_for(await cell.tasks.next_step(task), task)
        file = await _send(cell, task, given, source=source, gate_id=gate)
        return DocumentSubmitted(file=file, gateId=gate, next=await cell.tasks.next_step(task))

    @tool("ntro_task_data_ingest", title="Hand in a record", hints=ADDS_ONCE)
    async def ingest_data(
        self,
        data: Annotated[dict[str, Any], Field(description="The record; amounts as text, such as 10.50.")],
        task_id: TaskId = None,
        kind: Annotated[str | None, Field(description="What it is, such as expense.")] = None,
        source_ref: Annotated[dict[str, Any] | None, Field(description="Where it comes from.")] = None,
        event_id: Annotated[
            str | None, Field(description="UUID of the record where it comes from; the same again does nothing.")
        ] = None,
    ) -> DataSubmitted:
        """Hands in structured data, which is kept as a record and told to the run that takes it."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        cell = await caller.cell_of(task)
        # Calls may be repeated by clients; a record without an id of its own gets one from what it says.
        known = str(uuid5(_RECORDS, _exact([task, kind, source_ref, data])))
        return await cell.reports.submit_data(task, data, kind=kind, source_ref=source_ref, event_id=event_id or known)

    def _given(self, filename: str | None, content: str | None, path: str | None) -> tuple[str, bytes | Path]:
        """Name and content of the file that is meant.

        Raises:
            ToolUsageError: neither or both of bytes and path are given, or they cannot be read here.
        """
        if (content is None) is (path is None):
            raise ToolUsageError("Which file?", hint="Give either content_base64 with filename, or path.")
        if path is not None:
            if not self._local:
                raise _remote()
            return filename or Path(path).name, Path(path)
        if not filename:
            raise ToolUsageError("The file has no name.", hint="Give filename.")
        return filename, _decoded(content or "")


async def _send(
    cell: CellClient, task: str, given: tuple[str, bytes | Path], *, source: str | None, gate_id: str | None
) -> CellFile:
    name, content = given
    if isinstance(content, Path):
        return await cell.files.add(task, content, source=source, gate_id=gate_id, filename=name)
    return await cell.files.add_bytes(task, name, content, source=source, gate_id=gate_id)


def _gate_for(step: CellNextStep, task: str) -> str:
    gate = (step.model_extra or {}).get("id")
    if step.action != _SUBMIT or not isinstance(gate, str):
        raise ToolUsageError(
            f"The task {task} does not wait for a file; it says {step.action}.",
            code="gate_not_open",
            hint="Add a file that nothing waits for with ntro_task_file_ingest.",
        )
    return gate


def _exact(record: list[Any]) -> str:
    """The record as text that is the same for the same record.

    Raises:
        ToolUsageError: it holds a number with a point, whose digits have been lost on the way here.
    """
    try:
        return canonical_json(record)
    except (TypeError, ValueError) as error:
        raise ToolUsageError(
            "data holds a number with a point.", hint="Write amounts as text, such as 10.50."
        ) from error


def _decoded(content: str) -> bytes:
    try:
        found = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ToolUsageError(
            "content_base64 is no base64.", hint="Encode the file's bytes, without line breaks."
        ) from error
    if len(found) > MAX_INLINE_BYTES:
        raise ToolUsageError(
            f"The file is larger than {MAX_INLINE_BYTES // 1024 // 1024} MiB.",
            hint="Upload it in the task's page, or with: ntro task files add",
        )
    return found


def _remote() -> ToolUsageError:
    return ToolUsageError(
        "This server runs elsewhere; it reads no files of its machine for its callers.",
        code="local_only",
        hint="Send the bytes in content_base64.",
    )
