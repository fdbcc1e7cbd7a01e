"""What nav-monthly reads from and writes to the ledger."""

from ntro.accounting.nav import NavCalculation, compute_nav
from ntro.data import get_data_plane
from ntro.ingest import write_output_document
from ntro.workflow import activity

from . import ledger, periods
from .configuration import classification_of
from .journals import basis_of, correct, propose
from .models import (
    CloseInput,
    CorrectInput,
    JournalsProposed,
    NavInput,
    NavMonthlyContext,
    PackFile,
    PeriodOpened,
    PostedJournals,
    ProposeInput,
    StartingTBInput,
    StartingTBVerified,
)
from .opening import opening_checks, opening_of
from .pack import pack_files

__all__ = [
    "calculate_nav",
    "check_starting_tb",
    "correct_journals",
    "open_period",
    "post_journals",
    "propose_journals",
    "write_pack",
]


@activity.defn(name="nav_monthly.open_period")
async def open_period(context: NavMonthlyContext) -> PeriodOpened:
    """Opens the period for this task; refuses one that is signed off or that another open task is closing."""
    db = await get_data_plane(context.tenant_slug)
    period_id = await periods.open_period(db, context)
    return PeriodOpened(period_id=period_id, previous=await periods.previous_close(db, context))


@activity.defn(name="nav_monthly.check_starting_tb")
async def check_starting_tb(request: StartingTBInput) -> StartingTBVerified:
    """The opening trial balance and its checks: it balances, its accounts are known, it follows the last close."""
    db = await get_data_plane(request.context.tenant_slug)
    opening = opening_of(request.context, await ledger.committed_documents(db, request.context))
    return StartingTBVerified(opening=opening, checks=opening_checks(request.context, opening, request.previous))


@activity.defn(name="nav_monthly.propose_journals")
async def propose_journals(request: ProposeInput) -> JournalsProposed:
    """Journals from the committed documents, by the entity's rules."""
    db = await get_data_plane(request.context.tenant_slug)
    basis = basis_of(request.context, request.opening, await ledger.committed_documents(db, request.context))
    return propose(request.context, basis)


@activity.defn(name="nav_monthly.correct_journals")
async def correct_journals(request: CorrectInput) -> JournalsProposed:
    """The journals with a person's corrections, and the books they lead to."""
    db = await get_data_plane(request.context.tenant_slug)
    basis = basis_of(request.context, request.opening, await ledger.committed_documents(db, request.context))
    return correct(request.proposed, basis, request.corrections, actor=request.actor)


@activity.defn(name="nav_monthly.calculate_nav")
async def calculate_nav(request: NavInput) -> NavCalculation:
    """The NAV of the closing trial balance."""
    context = request.context
    return compute_nav(
        request.closing,
        classification_of(context),
        shares=context.shares,
        currency=context.books.currency,
        rounding=context.books.rounding,
        per_share_places=context.nav_per_share_places,
    )


@activity.defn(name="nav_monthly.post_journals")
async def post_journals(close: CloseInput) -> PostedJournals:
    """Posts the signed journals and closes the period, once."""
    db = await get_data_plane(close.context.tenant_slug)
    return PostedJournals(journal_ids=await ledger.post(db, close))


@activity.defn(name="nav_monthly.write_pack")
async def write_pack(close: CloseInput) -> list[PackFile]:
    """Writes the NAV pack as documents of the task: the same inputs give the same bytes."""
    context = close.context
    db = await get_data_plane(context.tenant_slug)
    files = await pack_files(close, await ledger.source_documents(db, context))
    written = [
        await write_output_document(
            db,
            name="nav-pack",
            entity_slug=context.entity_slug,
            entity_id=context.entity_id,
            period=context.period,
            filename=file.filename,
            content_type=file.content_type,
            data_bytes=file.content,
            task_id=context.task_id,
        )
        for file in files
    ]
    return [
        PackFile(document_ref=item.id, filename=item.filename, sha256=item.sha256, size_bytes=item.size_bytes)
        for item in written
    ]
