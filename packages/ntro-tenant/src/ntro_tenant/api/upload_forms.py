"""Takes an upload from a form or from a raw body, without holding it in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile

from ntro.types.filenames import safe_filename
from ntro_server.errors import BadRequest, Invalid
from ntro_tenant.api.schemas import Code, GateId
from ntro_tenant.core.uploads import Upload, receive, received, spool

MAX_FIELDS = 10
MAX_FIELD_BYTES = 4096

BODY_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "source": {"type": "string"},
                        "gateId": {"type": "string"},
                    },
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


class UploadFields(BaseModel):
    """What is said of an upload, in the query or the form."""

    model_config = ConfigDict(frozen=True)

    filename: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    source: Code | None = None
    gateId: GateId | None = None  # noqa: N815  # the name on the wire


@dataclass(frozen=True, slots=True)
class Received:
    """An upload that was taken in, its name made safe."""

    upload: Upload
    filename: str
    source: str | None
    gate_id: str | None


@asynccontextmanager
async def received_upload(request: Request, fields: UploadFields, limit: int) -> AsyncIterator[Received]:
    """The upload of `request`; its bytes are gone when the context is left.

    Raises:
        PayloadTooLarge: it is above `limit` bytes.
        Invalid: the form has no file, or a raw body came without a file name.
    """
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        async with _form_upload(request, fields, limit) as filled_in:
            yield filled_in
        return
    if fields.filename is None:
        raise Invalid("The file has no name.", hint="Add it to the address: filename=tb.xlsx.")
    with spool() as file:
        upload = await receive(request.stream(), file, limit)
        yield Received(upload, safe_filename(fields.filename), fields.source, fields.gateId)


@asynccontextmanager
async def _form_upload(request: Request, fields: UploadFields, limit: int) -> AsyncIterator[Received]:
    try:
        form = await request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    except (UnicodeDecodeError, LookupError) as error:
        raise BadRequest("The form cannot be read.") from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile) or file.size is None:
            raise Invalid("The form has no file.", hint="Send the file in the field named file.")
        said = _merged(fields, {name: value for name, value in form.items() if isinstance(value, str)})
        upload = await received(file.file, file.size, limit)
        name = safe_filename(said.filename or file.filename or "")
        yield Received(upload, name, said.source, said.gateId)
    finally:
        await form.close()


def _merged(fields: UploadFields, form: dict[str, str]) -> UploadFields:
    """What the form says, and what the address says where the form is silent."""
    said = {name: value for name, value in form.items() if name in UploadFields.model_fields and value}
    try:
        return UploadFields.model_validate(fields.model_dump() | said)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error
