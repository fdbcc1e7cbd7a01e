"""Rows of subledgers outside of their run: for operators."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from ntro_server.errors import BadRequest
from ntro_tenant.api import schemas
from ntro_tenant.api.authentication import CellDependency, Decider, Reader
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core import ledger_rows
from ntro_tenant.core.ledger_rows import RowFilter
from ntro_tenant.db.ledger_rows_repository import ChangeView

router = APIRouter(prefix="/subledgers", tags=["subledgers"], route_class=ExactRoute)

MAX_ROWS = 1000
RowStatus = Literal["NEEDS_ATTENTION", "PENDING", "APPROVED", "REJECTED", "EXCLUDED", "POSTED"]


class RowRejected(schemas.Shape):
    """The row is rejected."""

    status: Literal["OK"] = "OK"
    row_id: UUID
    new_status: Literal["REJECTED"] = "REJECTED"


class CellBody(schemas.Shape):
    """A new value for one cell; null clears it."""

    field: Annotated[str, Field(min_length=1, max_length=63)]
    value: Any


class CellChanged(schemas.Shape):
    """What is stored now; amounts are text."""

    status: Literal["OK"] = "OK"
    row_id: UUID
    field: str
    value: Any


class RowChange(schemas.Shape):
    """One change of a row; `old` and `new` hold the columns that differ. `actor` is who made it."""

    seq: int
    operation: Literal["INSERT", "UPDATE", "DELETE"]
    actor: str
    source: str
    old: dict[str, Any]
    new: dict[str, Any]
    at: datetime


def _row_id(row_id: Annotated[str, Path(description="A row's id, a UUID.")]) -> UUID:
    try:
        return UUID(row_id)
    except ValueError as error:
        raise BadRequest("The id of a row is a UUID.", code="bad_row_id") from error


RowAddress = Annotated[UUID, Depends(_row_id)]
LedgerName = Annotated[str, Path(description="A subledger: expenses, journal_proposals, or one of a runbook.")]


@router.get("/{ledger}")
async def list_rows(
    cell: CellDependency,
    _person: Reader,
    ledger: LedgerName,
    entity_id: Annotated[UUID | None, Query(alias="entityId")] = None,
    period: schemas.Period | None = None,
    status: RowStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 200,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> list[dict[str, Any]]:
    """Rows by their columns, the oldest first; amounts are text."""
    wanted = RowFilter(entity_id, period, status, limit, offset)
    async with cell.transaction() as connection:
        return await ledger_rows.list_rows(connection, ledger, wanted)


@router.get("/{ledger}/{row_id}/history", response_model=list[RowChange])
async def get_history(
    cell: CellDependency, _person: Reader, ledger: LedgerName, row_id: RowAddress
) -> list[ChangeView]:
    """Every change of the row, the first first, by whatever means it was made."""
    async with cell.transaction() as connection:
        return await ledger_rows.history(connection, ledger, row_id)


@router.post("/{ledger}/{row_id}/reject")
async def reject_row(cell: CellDependency, person: Decider, ledger: LedgerName, row_id: RowAddress) -> RowRejected:
    """Rejects a row that no run looks after. A run is not told: at a review, use its row actions."""
    async with cell.transaction() as connection:
        await ledger_rows.reject(connection, person, ledger, row_id)
    return RowRejected(row_id=row_id)


@router.patch("/{ledger}/{row_id}")
async def edit_cell(
    cell: CellDependency, person: Decider, ledger: LedgerName, row_id: RowAddress, body: CellBody
) -> CellChanged:
    """Changes a cell of a row that no run looks after; a row that it completes waits for approval."""
    async with cell.transaction() as connection:
        value = await ledger_rows.edit(connection, person, ledger, row_id, field=body.field, value=body.value)
    return CellChanged(row_id=row_id, field=body.field, value=value)
