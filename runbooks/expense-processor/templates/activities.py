"""What expense-processor reads from and writes to the subledger and the ledger. Each change is whole or not at all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ntro import subledger
from ntro.accounting.amounts import total
from ntro.capabilities.documents import DocumentRefusedError
from ntro.data import DataPlane, get_data_plane
from ntro.ingest import IngestOutcome
from ntro.subledger import SubledgerHandle, SubledgerStatus
from ntro.subledger.posting import post_journal
from ntro.subledger.proposals import make_idempotency_key
from ntro.subledger.types.expenses import ExpenseRow
from ntro.workflow import activity

from . import ledger
from .accounts import journal_of, open_points
from .corrections import apply_corrections
from .intake import take_in
from .models import (
    CommitInput,
    Committed,
    CorrectInput,
    ExpenseBatch,
    ExpenseProcessorContext,
    Ingested,
    IngestInput,
    Posted,
    ReviewRow,
    RowsInput,
)

__all__ = [
    "commit_expenses",
    "correct_expenses",
    "ingest_expenses",
    "load_expenses",
    "post_expenses",
    "reject_expenses",
]

_APPROVED = (SubledgerStatus.APPROVED, SubledgerStatus.POSTED)


def open_ledger(db: DataPlane, context: ExpenseProcessorContext, task_id: UUID) -> SubledgerHandle:
    """The expenses of the entity and task."""
    return subledger.open(name="expenses", entity_id=context.entity_id, task_id=task_id, db=db)


async def rows_in_order(handle: SubledgerHandle, row_ids: Sequence[UUID]) -> list[ReviewRow]:
    """The rows of these ids, in their order."""
    found = {row.id: ReviewRow.of(row) for row in await handle.query() if isinstance(row, ExpenseRow)}
    return [found[row_id] for row_id in row_ids]


@activity.defn(name="expense_processor.ingest_expenses")
async def ingest_expenses(request: IngestInput) -> Ingested:
    """Takes in a file or an event. What cannot be read as a table of expenses comes back refused, with its reason."""
    db = await get_data_plane(request.context.tenant_slug)
    try:
        async with db.transaction() as transaction:
            handle = open_ledger(transaction, request.context, request.task_id)
            return await take_in(transaction, handle, request)
    except DocumentRefusedError as refusal:
        outcome = IngestOutcome(status="failed", message=refusal.message)
        return Ingested(row_ids=[], outcome=outcome, refused_code=refusal.code)


@activity.defn(name="expense_processor.load_expenses")
async def load_expenses(request: RowsInput) -> ExpenseBatch:
    """The rows as they are now."""
    db = await get_data_plane(request.context.tenant_slug)
    handle = open_ledger(db, request.context, request.task_id)
    return ExpenseBatch(rows=await rows_in_order(handle, request.row_ids))


@activity.defn(name="expense_processor.correct_expenses")
async def correct_expenses(request: CorrectInput) -> ExpenseBatch:
    """The rows with a person's corrections; all of them, or none with the reason."""
    db = await get_data_plane(request.context.tenant_slug)
    async with db.transaction() as transaction:
        await ledger.lock_rows(transaction, request.context, request.task_id, request.row_ids)
        handle = open_ledger(transaction, request.context, request.task_id)
        rows = await rows_in_order(handle, request.row_ids)
        await apply_corrections(handle, rows, request.corrections)
        return ExpenseBatch(rows=await rows_in_order(handle, request.row_ids))


@activity.defn(name="expense_processor.commit_expenses")
async def commit_expenses(request: CommitInput) -> Committed:
    """Approves the waiting rows where they still are what was shown and nothing is open about them.

    A rehearsal looks in the same way and approves none.
    """
    context = request.context
    db = await get_data_plane(context.tenant_slug)
    async with db.transaction() as transaction:
        row_ids = [row.id for row in request.shown]
        await ledger.lock_rows(transaction, context, request.task_id, row_ids)
        handle = open_ledger(transaction, context, request.task_id)
        rows = await rows_in_order(handle, row_ids)
        if [as_shown(row) for row in rows] != list(request.shown):
            return Committed(status="changed")
        if found := points_of(request.shown, context):
            return Committed(status="blocked", open_points=found)
        await ledger.refuse_signed_period(transaction, context)
        if not context.dry_run:
            await handle.mark_approved(ids=[row.id for row in rows if row.status == "PENDING"])
    return Committed(status="committed")


def as_shown(row: ReviewRow) -> ReviewRow:
    """A row as it was before its approval, which an earlier attempt may have done."""
    return row.model_copy(update={"status": "PENDING"}) if row.status in _APPROVED else row


def points_of(rows: Sequence[ReviewRow], context: ExpenseProcessorContext) -> list[str]:
    """What stands in the way of posting a batch."""
    waiting = [row for row in rows if row.status == "PENDING"]
    if not waiting and any(row.status == "NEEDS_ATTENTION" for row in rows):
        return ["every row needs attention; correct or reject them"]
    return [f"{row.vendor}: {point}" for row in waiting for point in open_points(row, context)]


@activity.defn(name="expense_processor.reject_expenses")
async def reject_expenses(request: RowsInput) -> int:
    """Rejects the rows of a batch and says how many were rejected now."""
    db = await get_data_plane(request.context.tenant_slug)
    return await open_ledger(db, request.context, request.task_id).mark_rejected(ids=request.row_ids)


@activity.defn(name="expense_processor.post_expenses")
async def post_expenses(request: RowsInput) -> Posted:
    """Posts each approved row as a journal of its own, once; what an earlier attempt posted is told again."""
    context, task_id = request.context, request.task_id
    db = await get_data_plane(context.tenant_slug)
    async with db.transaction() as transaction:
        await ledger.lock_rows(transaction, context, task_id, request.row_ids)
        handle = open_ledger(transaction, context, task_id)
        rows = [row for row in await rows_in_order(handle, request.row_ids) if row.status in _APPROVED]
        if any(row.status == SubledgerStatus.APPROVED for row in rows):
            await ledger.refuse_signed_period(transaction, context)
        posted = {row.id: await post(transaction, row, context, task_id) for row in rows}
        await handle.mark_posted(gl_external_ids={row_id: str(journal) for row_id, journal in posted.items()})
    return Posted(journal_ids=list(posted.values()), total=total(row.amount_gross for row in rows if row.amount_gross))


async def post(db: DataPlane, row: ReviewRow, context: ExpenseProcessorContext, task_id: UUID) -> Any:
    """Posts a row under its key and returns the journal's id."""
    key = make_idempotency_key(subledger_type="expenses", task_id=task_id, row_id=row.id)
    journal = journal_of(row, context)
    return await post_journal(db, journal, entity_id=context.entity_id, task_id=task_id, idempotency_key=key)
