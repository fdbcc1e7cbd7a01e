"""What nav-monthly reads from and writes to the ledger."""

from ntro.accounting.checks import CheckItem, check, check_trial_balance, compare
from ntro.accounting.classification import Classification
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.nav import NavCalculation, compute_nav
from ntro.data import get_data_plane
from ntro.ingest import write_output_document
from ntro.workflow import activity

from . import ledger
from .documents import opening_balance, period_inputs
from .journals import chart_of, checked, correct, propose
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
    StartingTBVerified,
)
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
    """Opens the period; refuses one that is signed off."""
    db = await get_data_plane(context.tenant_slug)
    period_id = await ledger.open_period(db, context)
    return PeriodOpened(period_id=period_id, previous=await ledger.last_signed_period(db, context))


@activity.defn(name="nav_monthly.check_starting_tb")
async def check_starting_tb(context: NavMonthlyContext) -> StartingTBVerified:
    """The opening trial balance and its checks: it balances, its accounts are known, it follows the last close."""
    db = await get_data_plane(context.tenant_slug)
    opening = opening_balance(context, await ledger.committed_documents(db, context))
    known = chart_of(context)
    unknown = sorted({line.account_code for line in opening.lines if not known.has(line.account_code)})
    checks = [
        check_trial_balance("opening_tb_balanced", "Opening trial balance balances", opening),
        check(
            "accounts_known",
            "Every account is in the chart",
            "fail" if unknown else "pass",
            f"Not in the chart: {', '.join(unknown)}." if unknown else f"{len(opening.lines)} accounts.",
        ),
    ]
    previous = await ledger.last_signed_period(db, context)
    last = await ledger.closing_of(db, context, previous) if previous else None
    title = "Opening trial balance follows the last close"
    if last is None:
        checks.append(check("follows_last_close", title, "skipped", "No earlier period was closed here."))
    else:
        checks.append(compare("follows_last_close", title, expected=last.total_debits, actual=opening.total_debits))
        checks.append(moved_accounts(last, opening))
    return StartingTBVerified(opening=opening, checks=checks)


def moved_accounts(last: TrialBalanceReport, opening: TrialBalanceReport) -> CheckItem:
    """Whether every account opens where it closed."""
    codes = sorted({line.account_code for line in (*last.lines, *opening.lines)})
    moved = [code for code in codes if last.balance_of(code) != opening.balance_of(code)]
    detail = f"Moved since: {', '.join(moved)}." if moved else f"{len(codes)} accounts."
    return check("accounts_follow", "Every account opens where it closed", "fail" if moved else "pass", detail)


@activity.defn(name="nav_monthly.propose_journals")
async def propose_journals(request: ProposeInput) -> JournalsProposed:
    """Journals from the committed documents, by the entity's rules."""
    db = await get_data_plane(request.context.tenant_slug)
    inputs = period_inputs(request.context, await ledger.committed_documents(db, request.context))
    return propose(request.context, request.opening, inputs)


@activity.defn(name="nav_monthly.correct_journals")
async def correct_journals(request: CorrectInput) -> JournalsProposed:
    """The journals with a person's corrections, and the books they lead to."""
    db = await get_data_plane(request.context.tenant_slug)
    inputs = period_inputs(request.context, await ledger.committed_documents(db, request.context))
    journals = correct(request.proposed.journals, request.corrections)
    return checked(request.context, request.opening, inputs, journals)


@activity.defn(name="nav_monthly.calculate_nav")
async def calculate_nav(request: NavInput) -> NavCalculation:
    """The NAV of the closing trial balance."""
    context = request.context
    return compute_nav(
        request.closing,
        Classification.of(context.account_classes, chart_of(context)),
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
