"""The corrections corpus, for those who improve runbooks."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from ntro_tenant.api import schemas
from ntro_tenant.api.authentication import CellDependency, Reader
from ntro_tenant.api.exact_json import ExactRoute
from ntro_tenant.core import corrections
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.corrections import CorpusPage, CorpusQuery

MAX_LIMIT = 1000
JSON_LINES = "application/x-ndjson"
router = APIRouter(prefix="/corrections", tags=["corrections"], route_class=ExactRoute)


class Correction(schemas.Shape):
    """One value that a person corrected.

    `before` is what the gate showed, `sources` the documents that it named for it. `payloadHash` is of all that was
    shown. `ledger` is set where a row of a subledger was changed.
    """

    id: str
    at: datetime
    actor: str | None
    runbook_slug: str
    runbook_version: str | None
    entity_slug: str
    period: str | None
    task_id: UUID
    run_id: str
    gate_id: str | None
    step_id: str | None
    payload_hash: str | None
    verdict: str | None
    reason: str | None
    ledger: str | None
    line_id: str | None
    field: str
    before: Any
    after: Any
    sources: list[Any]


class Corrections(schemas.Shape):
    """A page, oldest first. Without `nextCursor` these are the last so far."""

    items: list[Correction]
    next_cursor: str | None


async def corpus_reader(cell: CellDependency, person: Reader) -> None:
    """Refuses who may not read the corpus."""
    async with cell.transaction() as connection:
        await corrections.check_reader(connection, person)


def _query(
    runbook: Annotated[schemas.Code | None, Query(description="Slug of a runbook.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="ISO 8601 with its offset.")] = None,
    cursor: Annotated[str | None, Query(max_length=40, description="Id of the last correction that is known.")] = None,
) -> CorpusQuery:
    return CorpusQuery(runbook=runbook, since=since, cursor=cursor)


Wanted = Annotated[CorpusQuery, Depends(_query)]


@router.get("", response_model=Corrections, dependencies=[Depends(corpus_reader)])
async def list_corrections(
    cell: CellDependency, wanted: Wanted, limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 200
) -> CorpusPage:
    """Who corrected what at which gate of which version of a runbook, the oldest first."""
    query = CorpusQuery(wanted.runbook, wanted.since, wanted.cursor, limit)
    async with cell.transaction() as connection:
        return await corrections.page(connection, query)


@router.get("/export", response_class=StreamingResponse, dependencies=[Depends(corpus_reader)])
async def export_corrections(cell: CellDependency, wanted: Wanted) -> StreamingResponse:
    """All corrections that fit as JSON lines, the oldest first."""
    async with cell.transaction() as connection:
        await corrections.page(connection, CorpusQuery(cursor=wanted.cursor, limit=1))
    headers = {"Content-Disposition": 'attachment; filename="corrections.jsonl"'}
    return StreamingResponse(_lines(cell, wanted), media_type=JSON_LINES, headers=headers)


async def _lines(cell: Cell, wanted: CorpusQuery) -> AsyncIterator[str]:
    async with cell.transaction() as connection:
        async for item in corrections.everything(connection, wanted):
            told = Correction.model_validate(item).model_dump(mode="json", by_alias=True)
            yield json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"
