"""The period of a close: opened by one task at a time, signed off once. All SQL on periods."""

from typing import Any

from ntro.accounting.models import TrialBalanceReport
from ntro.data import DataPlane
from ntro.workflow import WorkflowError

from .models import NavMonthlyContext, PreviousClose

OPEN = "OPEN"
SIGNED_OFF = "SIGNED_OFF"


async def open_period(db: DataPlane, context: NavMonthlyContext) -> str | None:
    """The id of the period, which now belongs to this task; a rehearsal opens nothing.

    Raises:
        WorkflowError: the period or a later one is signed off, or another open task is closing it.
    """
    async with db.transaction() as transaction:
        if not context.dry_run:
            await transaction.execute(
                """insert into ledgers.periods (entity_id, entity_slug, period, task_id)
                   values ($1::uuid, $2, $3, $4::uuid) on conflict (entity_id, period) do nothing""",
                context.entity_id,
                context.entity_slug,
                context.period,
                context.task_id,
            )
        period = await locked_period(transaction, context)
        await refuse_later_sign_off(transaction, context)
        if period is None:
            return None
        refuse_signed_off(context, period)
        if not context.dry_run:
            refuse_taken(context, period)
            await transaction.execute(
                "update ledgers.periods set task_id = $2::uuid where id = $1", period["id"], context.task_id
            )
    return str(period["id"])


async def previous_close(db: DataPlane, context: NavMonthlyContext) -> PreviousClose | None:
    """What the last period before this one was signed off with."""
    row = await db.fetchrow(
        """select p.period, n.currency, n.nav, n.nav_per_share, n.shares, b.lines
           from ledgers.periods p join ledgers.nav n on n.task_id = p.task_id
             join ledgers.trial_balances b on b.task_id = p.task_id and b.kind = 'closing'
           where p.entity_id = $1::uuid and p.period < $2 and p.status = $3 order by p.period desc limit 1""",
        context.entity_id,
        context.period,
        SIGNED_OFF,
    )
    if row is None:
        return None
    closing = TrialBalanceReport(
        entity_slug=context.entity_slug,
        period=row["period"],
        kind="closing",
        currency=row["currency"],
        lines=row.pop("lines"),
    )
    return PreviousClose(**row, closing=closing)


async def is_posted(transaction: DataPlane, context: NavMonthlyContext) -> bool:
    """Locks the period until the transaction ends. True where this task has signed it off already.

    Raises:
        WorkflowError: the period belongs to another task by now.
    """
    period = await locked_period(transaction, context)
    is_own = period is not None and str(period["task_id"]) == context.task_id
    if period is not None and is_own:
        return bool(period["status"] == SIGNED_OFF)
    raise WorkflowError(
        f"Period {context.period} of {context.entity_slug} belongs to another task by now; nothing was posted here.",
        type="PeriodTaken",
        non_retryable=True,
    )


async def sign_off(transaction: DataPlane, context: NavMonthlyContext) -> None:
    """Closes the period that `is_posted` has locked."""
    await transaction.execute(
        "update ledgers.periods set status = $3, closed_at = now() where entity_id = $1::uuid and period = $2",
        context.entity_id,
        context.period,
        SIGNED_OFF,
    )


async def locked_period(transaction: DataPlane, context: NavMonthlyContext) -> dict[str, Any] | None:
    """The period, locked; `is_worked_on` says whether the task that it belongs to is still open."""
    return await transaction.fetchrow(
        """select p.id, p.status, p.task_id,
             exists (select from system.tasks t where t.id = p.task_id and t.closed_at is null) as is_worked_on
           from ledgers.periods p where p.entity_id = $1::uuid and p.period = $2 for update of p""",
        context.entity_id,
        context.period,
    )


async def refuse_later_sign_off(transaction: DataPlane, context: NavMonthlyContext) -> None:
    """A period before one that is signed off is not closed: its journals would change what was signed."""
    later = await transaction.fetchrow(
        """select min(period) as period from ledgers.periods
           where entity_id = $1::uuid and period > $2 and status = $3""",
        context.entity_id,
        context.period,
        SIGNED_OFF,
    )
    if later is not None and later["period"] is not None:
        raise WorkflowError(
            f"Period {later['period']} of {context.entity_slug} is signed off already; {context.period} cannot be"
            " closed after it. Correct it in the period that is open.",
            type="LaterPeriodSignedOff",
            non_retryable=True,
        )


def refuse_signed_off(context: NavMonthlyContext, period: dict[str, Any]) -> None:
    """A period is signed off once."""
    if period["status"] == SIGNED_OFF:
        raise WorkflowError(
            f"Period {context.period} of {context.entity_slug} is signed off; a correction belongs to a later period.",
            type="PeriodSignedOff",
            non_retryable=True,
        )


def refuse_taken(context: NavMonthlyContext, period: dict[str, Any]) -> None:
    """One task at a time closes a period; what an ended task left open is taken over."""
    if period["is_worked_on"] and str(period["task_id"]) != context.task_id:
        raise WorkflowError(
            f"Task {period['task_id']} is closing {context.period} of {context.entity_slug} already."
            " Go on there, or cancel it and start again.",
            type="PeriodInProgress",
            non_retryable=True,
        )
