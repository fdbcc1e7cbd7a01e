"""What a close reads from the documents of its task and writes to the ledger. Every statement is of one entity."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ntro.accounting.journals import JournalProposal
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv import CommittedDocument
from ntro.data import DataPlane

from . import periods
from .models import CloseInput, NavMonthlyContext


async def committed_documents(db: DataPlane, context: NavMonthlyContext) -> list[CommittedDocument]:
    """The newest committed document of each slot of this task."""
    rows = await db.fetch(
        """select distinct on (source) source, schema_slug, document_ref, payload from ingest.extracted_payloads
           where task_id = $1 and entity_slug = $2 order by source, created_at desc, id""",
        context.task_id,
        context.entity_slug,
    )
    return [CommittedDocument(**row) for row in rows]


async def source_documents(db: DataPlane, context: NavMonthlyContext) -> list[dict[str, Any]]:
    """Name, slot and hash of each document that was committed, for the pack."""
    return await db.fetch(
        """select distinct on (e.source) e.source, d.filename, d.sha256 from ingest.extracted_payloads e
           join ingest.submitted_documents d on d.id::text = e.document_ref
           where e.task_id = $1 and e.entity_slug = $2 order by e.source, e.created_at desc, e.id""",
        context.task_id,
        context.entity_slug,
    )


async def post(db: DataPlane, close: CloseInput) -> list[str]:
    """Posts the journals, keeps both trial balances and the NAV, and signs the period off: all or nothing, once.

    Raises:
        WorkflowError: the period belongs to another task by now.
    """
    async with db.transaction() as transaction:
        if not await periods.is_posted(transaction, close.context):
            for number, journal in enumerate(close.proposed.journals):
                await post_journal(transaction, close.context, number, journal)
            await keep_balance(transaction, close.context, close.opening)
            await keep_balance(transaction, close.context, close.proposed.closing)
            await keep_nav(transaction, close)
            await periods.sign_off(transaction, close.context)
    return [journal_id(close.context, number) for number in range(len(close.proposed.journals))]


def journal_key(context: NavMonthlyContext, number: int) -> str:
    """The key under which a journal is posted once."""
    return f"nav-monthly:{context.task_id}:{number}"


def journal_id(context: NavMonthlyContext, number: int) -> str:
    """The id of a journal: the same for the same task and place."""
    return str(uuid5(NAMESPACE_URL, journal_key(context, number)))


async def post_journal(db: DataPlane, context: NavMonthlyContext, number: int, journal: JournalProposal) -> None:
    """Posts one journal with its lines and their lineage."""
    await db.execute(
        """insert into ledgers.journals
             (id, entity_id, period, task_id, posting_date, description, currency, idempotency_key)
           values ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6, $7, $8)""",
        journal_id(context, number),
        context.entity_id,
        context.period,
        context.task_id,
        journal.posting_date,
        journal.description,
        journal.currency or context.books.currency,
        journal_key(context, number),
    )
    for position, line in enumerate(journal.lines, start=1):
        await db.execute(
            """insert into ledgers.journal_lines
                 (journal_id, line_number, account_code, description, debit, credit, tax_code, source_refs)
               values ($1::uuid, $2, $3, $4, $5, $6, $7, $8)""",
            journal_id(context, number),
            position,
            line.account_code,
            line.description,
            line.debit,
            line.credit,
            line.tax_code,
            [ref.model_dump() for ref in line.source_refs],
        )


async def keep_balance(db: DataPlane, context: NavMonthlyContext, balance: TrialBalanceReport) -> None:
    """Keeps a trial balance of this task."""
    await db.execute(
        """insert into ledgers.trial_balances (entity_id, period, kind, currency, lines, task_id)
           values ($1::uuid, $2, $3, $4, $5, $6::uuid)""",
        context.entity_id,
        context.period,
        balance.kind,
        balance.currency,
        [line.model_dump(mode="json") for line in balance.lines],
        context.task_id,
    )


async def keep_nav(db: DataPlane, close: CloseInput) -> None:
    """Keeps the signed NAV with its calculation."""
    context, nav = close.context, close.nav
    await db.execute(
        """insert into ledgers.nav (entity_id, period, task_id, currency, total_assets, total_liabilities, nav, shares,
             nav_per_share, calculation, signed_off_by, signed_off_at)
           values ($1::uuid, $2, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::timestamptz)""",
        context.entity_id,
        context.period,
        context.task_id,
        nav.currency,
        nav.total_assets,
        nav.total_liabilities,
        nav.nav,
        nav.shares,
        nav.nav_per_share,
        nav.model_dump(mode="json"),
        close.signed_by,
        close.signed_at,
    )
