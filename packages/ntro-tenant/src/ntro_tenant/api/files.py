"""Documents of a task."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from ntro_tenant.api import schemas
from ntro_tenant.api.addresses import DocumentAddress, TaskAddress
from ntro_tenant.api.authentication import CellDependency, Reader, Writer
from ntro_tenant.api.upload_forms import BODY_SCHEMA, UploadFields, received_upload
from ntro_tenant.core import documents
from ntro_tenant.core.documents import Submission
from ntro_tenant.core.tasks import find_task
from ntro_tenant.core.views import DocumentView

router = APIRouter(prefix="/tasks", tags=["files"])

_QUIET = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


@router.post(
    "/{task}/files",
    status_code=201,
    response_model=schemas.Document,
    responses={200: {"model": schemas.Document, "description": "The same bytes were there already."}},
    openapi_extra=BODY_SCHEMA,
)
async def upload_file(
    request: Request,
    response: Response,
    cell: CellDependency,
    person: Writer,
    task: TaskAddress,
    fields: Annotated[UploadFields, Query()],
) -> DocumentView:
    """Takes a document in, once, and tells the run that waits for it."""
    async with cell.transaction() as connection:
        await find_task(connection, task)
    async with received_upload(request, fields, cell.settings.max_upload_bytes) as received:
        content_type = await received.upload.content_type(received.filename)
        submission = Submission(received.upload, received.filename, content_type, received.source, received.gate_id)
        async with cell.transaction() as connection:
            submitted = await documents.submit_document(connection, task, person, submission, cell.settings.tenant_slug)
    if submitted.run_id is not None:
        await cell.signals.deliver(submitted.run_id)
    response.status_code = 201 if submitted.created else 200
    return submitted.document


@router.get("/{task}/files", response_model=list[schemas.Document])
async def list_files(
    cell: CellDependency,
    _person: Reader,
    task: TaskAddress,
    source: schemas.Code | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> list[DocumentView]:
    """The task's documents, newest first."""
    async with cell.transaction() as connection:
        return await documents.list_documents(connection, task, source=source, limit=limit)


@router.get("/{task}/files/{document_id}", response_class=StreamingResponse)
async def download_file(
    request: Request, cell: CellDependency, _person: Reader, task: TaskAddress, document_id: DocumentAddress
) -> Response:
    """A document's bytes, as an attachment that no browser runs."""
    async with cell.transaction() as connection:
        document = await documents.find_document(connection, task, document_id)
    etag = f'"{document.sha256}"'
    headers = _QUIET | {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    headers |= {
        "Content-Disposition": content_disposition(document.filename),
        "Content-Length": str(document.size_bytes),
    }
    body = documents.document_bytes(cell.pool, task, document)
    return StreamingResponse(body, headers=headers, media_type=document.content_type)


def content_disposition(filename: str) -> str:
    """An attachment under `filename`: plain for old readers, exact as RFC 5987 has it."""
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
