"""All SQL of the close. Every statement is of one entity."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ntro.accounting.journals import JournalProposal
from ntro.accounting.models import TrialBalanceReport
from ntro.data import DataPlane
from ntro.workflow import WorkflowError

from .documents import CommittedDocument
from .models import CloseInput, NavMonthlyContext

SIGNED_OFF = "SIGNED_OFF"


async def open_period(db: DataPlane, context: NavMonthlyContext) -> str:
    """The id of the period, opened now or before.

    Raises:
        WorkflowError: the period is signed off.
    """
    await db.execute(
        """insert into ledgers.periods (entity_id, entity_slug, period, task_id) values ($1::uuid, $2, $3, $4::uuid)
           on conflict (entity_id, period) do nothing""",
        context.entity_id,
        context.entity_slug,
        context.period,
        context.task_id,
    )
    row = await db.fetchrow(
        "select id, status from ledgers.periods where entity_id = $1::uuid and period = $2",
        context.entity_id,
        context.period,
    )
    assert row is not None
    if row["status"] == SIGNED_OFF:
        raise WorkflowError(
            f"Period {context.period} of {context.entity_slug} is signed off; a correction belongs to a later period.",
            type="PeriodSignedOff",
            non_retryable=True,
        )
    return str(row["id"])


async def last_signed_period(db: DataPlane, context: NavMonthlyContext) -> str | None:
    """The last period before this one that was signed off."""
    row = await db.fetchrow(
        """select period from ledgers.periods where entity_id = $1::uuid and period < $2 and status = $3
           order by period desc limit 1""",
        context.entity_id,
        context.period,
        SIGNED_OFF,
    )
    return row["period"] if row else None


async def closing_of(db: DataPlane, context: NavMonthlyContext, period: str) -> TrialBalanceReport | None:
    """The closing trial balance of an earlier period."""
    row = await db.fetchrow(
        """select currency, lines from ledgers.trial_balances where entity_id = $1::uuid and period = $2
           and kind = 'closing' order by created_at desc limit 1""",
        context.entity_id,
        period,
    )
    if row is None:
        return None
    return TrialBalanceReport(
        entity_slug=context.entity_slug, period=period, kind="closing", currency=row["currency"], lines=row["lines"]
    )


async def committed_documents(db: DataPlane, context: NavMonthlyContext) -> list[CommittedDocument]:
    """The newest committed document of each slot of this task."""
    rows = await db.fetch(
        """select distinct on (source) source, schema_slug, document_ref, payload from ingest.extracted_payloads
           where task_id = $1 and entity_slug = $2 order by source, created_at desc, id""",
        context.task_id,
        context.entity_slug,
    )
    return [CommittedDocument(row["source"], row["schema_slug"], row["document_ref"], row["payload"]) for row in rows]


async def source_documents(db: DataPlane, context: NavMonthlyContext) -> list[dict[str, Any]]:
    """Name, slot and hash of each document that was committed, for the pack."""
    rows = await db.fetch(
        """select distinct on (e.source) e.source, d.filename, d.sha256 from ingest.extracted_payloads e
           join ingest.submitted_documents d on d.id::text = e.document_ref
           where e.task_id = $1 and e.entity_slug = $2 order by e.source, e.created_at desc, e.id""",
        context.task_id,
        context.entity_slug,
    )
    return [dict(row) for row in rows]


async def post(db: DataPlane, close: CloseInput) -> list[str]:
    """Posts the journals, keeps both trial balances and the NAV, and signs the period off: all or nothing, once."""
    async with db.transaction() as transaction:
        ids = [
            await post_journal(transaction, close.context, number, journal)
            for number, journal in enumerate(close.proposed.journals)
        ]
        await keep_balance(transaction, close.context, close.opening)
        await keep_balance(transaction, close.context, close.proposed.closing)
        await keep_nav(transaction, close)
        await transaction.execute(
            """update ledgers.periods set status = $3, closed_at = now(), task_id = $4::uuid
               where entity_id = $1::uuid and period = $2 and status <> $3""",
            close.context.entity_id,
            close.context.period,
            SIGNED_OFF,
            close.context.task_id,
        )
    return ids


async def post_journal(db: DataPlane, context: NavMonthlyContext, number: int, journal: JournalProposal) -> str:
    """Posts one journal under its key; a journal that is there already is left as it is."""
    key = f"nav-monthly:{context.task_id}:{number}"
    journal_id = str(uuid5(NAMESPACE_URL, key))
    posted = await db.fetchrow(
        """insert into ledgers.journals
             (id, entity_id, period, task_id, posting_date, description, currency, idempotency_key)
           values ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6, $7, $8)
           on conflict (idempotency_key) do nothing returning id""",
        journal_id,
        context.entity_id,
        context.period,
        context.task_id,
        journal.posting_date,
        journal.description,
        journal.currency or context.books.currency,
        key,
    )
    for position, line in enumerate(journal.lines if posted else (), start=1):
        await db.execute(
            """insert into ledgers.journal_lines
                 (journal_id, line_number, account_code, description, debit, credit, tax_code, source_refs)
               values ($1::uuid, $2, $3, $4, $5, $6, $7, $8)""",
            journal_id,
            position,
            line.account_code,
            line.description,
            line.debit,
            line.credit,
            line.tax_code,
            [ref.model_dump() for ref in line.source_refs],
        )
    return journal_id


async def keep_balance(db: DataPlane, context: NavMonthlyContext, balance: TrialBalanceReport) -> None:
    """Keeps a trial balance of this task."""
    await db.execute(
        """insert into ledgers.trial_balances (entity_id, period, kind, currency, lines, task_id)
           values ($1::uuid, $2, $3, $4, $5, $6::uuid) on conflict (task_id, kind) do nothing""",
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
           values ($1::uuid, $2, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::timestamptz)
           on conflict (task_id) do nothing""",
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
