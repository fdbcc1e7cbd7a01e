"""All SQL of expenses that the subledger has no words for. Every statement is of one entity."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from ntro.data import DataPlane
from ntro.workflow import WorkflowError

from .models import ExpenseProcessorContext
from .rows import Key, key_of

SIGNED_OFF = "SIGNED_OFF"


async def earlier_expenses(
    db: DataPlane, context: ExpenseProcessorContext, *, amounts: Sequence[Decimal], but: Sequence[UUID]
) -> set[Key]:
    """Keys of the entity's expenses of these amounts that wait, are approved or posted; `but` names events to skip."""
    rows = await db.fetch(
        """select vendor, expense_date, amount_gross, currency from ledgers.expenses
           where entity_id = $1 and amount_gross = any($2::numeric[]) and event_id <> all($3::uuid[])
             and status in ('PENDING', 'APPROVED', 'POSTED')""",
        context.entity_id,
        list(amounts),
        list(but),
    )
    return {key for row in rows if (key := key_of(row)) is not None}


async def lock_rows(db: DataPlane, context: ExpenseProcessorContext, task_id: UUID, row_ids: Sequence[UUID]) -> None:
    """Keeps others from changing these rows until the transaction ends."""
    await db.execute(
        """select id from ledgers.expenses where entity_id = $1 and task_id = $2 and id = any($3::uuid[])
           order by id for update""",
        context.entity_id,
        task_id,
        list(row_ids),
    )


async def refuse_signed_period(db: DataPlane, context: ExpenseProcessorContext) -> None:
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
            f"Period {context.period} of {context.entity_slug} is signed off; submit its expenses for a later period.",
            type="PeriodSignedOff",
            non_retryable=True,
        )
