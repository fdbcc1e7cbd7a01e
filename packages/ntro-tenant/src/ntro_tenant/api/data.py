"""Data submitted to a task."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response

from ntro_tenant.api import schemas
from ntro_tenant.api.addresses import TaskAddress
from ntro_tenant.api.authentication import CellDependency, Writer
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core.data_submissions import DataSubmission, submit_data

router = APIRouter(prefix="/tasks", tags=["data"], route_class=ExactRoute)


class DataBody(schemas.Shape):
    """A record of `kind`, such as `expense`. Numbers with a point are kept as text, in their own digits."""

    data: dict[str, Any]
    kind: schemas.Code | None = None
    source_ref: dict[str, Any] | None = None
    event_id: UUID | None = None


class DataSubmitted(schemas.Shape):
    """The record, and the run that is told of it."""

    ok: Literal[True] = True
    event_id: UUID
    run_id: str
    kind: str | None
    received_at: datetime


@router.post(
    "/{task}/data/ingest",
    status_code=201,
    responses={200: {"model": DataSubmitted, "description": "The same was submitted before."}},
)
async def ingest_data(
    response: Response,
    cell: CellDependency,
    person: Writer,
    task: TaskAddress,
    body: DataBody,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> DataSubmitted:
    """Takes a record in and tells the run that takes it; the same `eventId` or `Idempotency-Key` again does nothing."""
    submission = DataSubmission(
        data=body.data,
        kind=body.kind,
        source_ref=body.source_ref,
        event_id=body.event_id,
        idempotency_key=idempotency_key,
    )
    async with cell.transaction() as connection:
        submitted = await submit_data(connection, task, person, submission, cell.settings.tenant_slug)
    await cell.signals.deliver(submitted.run_id)
    response.status_code = 201 if submitted.created else 200
    return DataSubmitted(
        event_id=submitted.event_id,
        run_id=submitted.run_id,
        kind=submitted.kind,
        received_at=submitted.received_at,
    )
