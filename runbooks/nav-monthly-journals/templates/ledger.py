"""All SQL. Every statement is of one entity."""

from collections.abc import Sequence
from uuid import UUID

from ntro.accounting.property_spv import CommittedDocument
from ntro.data import DataPlane
from ntro.subledger import SubledgerStatus, persistence
from ntro.workflow import WorkflowError

from .models import NavMonthlyJournalsContext

TABLE = "ledgers.journal_proposals"
SIGNED_OFF = "SIGNED_OFF"


async def committed_documents(
    db: DataPlane, context: NavMonthlyJournalsContext, task_id: UUID
) -> list[CommittedDocument]:
    """The newest committed document of each slot of a task."""
    rows = await db.fetch(
        """select distinct on (source) source, schema_slug, document_ref, payload from ingest.extracted_payloads
           where task_id = $1 and entity_slug = $2 and period = $3 order by source, created_at desc, id""",
        str(task_id),
        context.entity_slug,
        context.period,
    )
    return [CommittedDocument(**row) for row in rows]


async def refuse_signed_period(db: DataPlane, context: NavMonthlyJournalsContext) -> None:
    """Keeps the period open until the transaction ends.

    Raises:
        WorkflowError: it is signed off.
    """
    row = await db.fetchrow(
        "select status from ledgers.periods where entity_id = $1 and period = $2 for share",
        context.entity_id,
        context.period,
    )
    if row is not None and row["status"] == SIGNED_OFF:
        raise WorkflowError(
            f"Period {context.period} of {context.entity_slug} is signed off; a correction belongs to a later period.",
            type="PeriodSignedOff",
            non_retryable=True,
        )


async def approved_before(db: DataPlane, context: NavMonthlyJournalsContext, *, but: Sequence[UUID] = ()) -> list[UUID]:
    """Journals of the period that are approved already and not posted yet; `but` names rows to skip.

    Raises:
        WorkflowError: some are posted.
    """
    rows = await db.fetch(
        """select id, status from ledgers.journal_proposals
           where entity_id = $1 and period = $2 and status in ('APPROVED', 'POSTED') and id <> all($3::uuid[])
           order by created_at, id""",
        context.entity_id,
        context.period,
        list(but),
    )
    if any(row["status"] == SubledgerStatus.POSTED for row in rows):
        raise WorkflowError(
            f"Journals of {context.period} of {context.entity_slug} are posted; reverse them in a later period.",
            type="JournalsPosted",
            non_retryable=True,
        )
    return [row["id"] for row in rows]


async def one_at_a_time(db: DataPlane, context: NavMonthlyJournalsContext) -> None:
    """Lets one run after the other keep journals of an entity's period."""
    await db.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{TABLE}:{context.entity_id}:{context.period}"
    )


async def supersede(db: DataPlane, context: NavMonthlyJournalsContext, row_ids: Sequence[UUID]) -> int:
    """Rejects journals that were approved by an earlier run, which a reviewer was told of."""
    return await persistence.update_status(
        db,
        TABLE,
        ids=row_ids,
        new_status=SubledgerStatus.REJECTED,
        entity_id=context.entity_id,
        from_statuses=[SubledgerStatus.APPROVED],
    )
