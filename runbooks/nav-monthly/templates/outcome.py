"""How a close ended. Pure."""

from collections.abc import Sequence
from typing import Any

from ntro.accounting.amounts import total
from ntro.accounting.nav import NavCalculation
from ntro.workflow import UserAction

from .models import (
    CloseInput,
    HandoverFile,
    JournalsProposed,
    NavMonthlyContext,
    PackFile,
    PeriodOpened,
    PeriodSummary,
    StartingTBVerified,
)
from .signing import all_checks, failed


def close_of(
    context: NavMonthlyContext,
    opened: PeriodOpened,
    starting: StartingTBVerified,
    reviewed: JournalsProposed,
    nav: NavCalculation,
    signed: UserAction,
) -> CloseInput:
    """Everything that was signed, and by whom."""
    return CloseInput(
        context=context,
        opening=starting.opening,
        proposed=reviewed,
        nav=nav,
        previous=opened.previous,
        checks=all_checks(starting, reviewed),
        signed_by=signed.actor,
        signed_at=signed["acted_at"],
        reason=signed.reason,
    )


def closed(close: CloseInput, pack: Sequence[PackFile], handover: Sequence[HandoverFile]) -> PeriodSummary:
    """The outcome of a close that was signed and posted."""
    return PeriodSummary(status="signed_off", pack=list(pack), handover=list(handover), **figures(close))


def rehearsed(close: CloseInput) -> PeriodSummary:
    """The outcome of a dry run: signed, and nothing was posted."""
    return PeriodSummary(status="rehearsed", **figures(close))


def rejected(context: NavMonthlyContext, step: str, answer: UserAction) -> PeriodSummary:
    """The outcome where a person said no: nothing was posted."""
    return PeriodSummary(
        status="rejected",
        period=context.period,
        currency=context.books.currency,
        rejected_at=step,
        reason=answer.reason,
    )


def figures(close: CloseInput) -> dict[str, Any]:
    """What was signed, in figures."""
    nav, journals, previous = close.nav, close.proposed.journals, close.previous
    return {
        "period": close.context.period,
        "currency": nav.currency,
        "nav": nav.nav,
        "nav_per_share": nav.nav_per_share,
        "shares": nav.shares,
        "total_assets": nav.total_assets,
        "total_liabilities": nav.total_liabilities,
        "previous_period": previous.period if previous else None,
        "previous_nav": previous.nav if previous else None,
        "journal_count": len(journals),
        "journal_total_debits": total(journal.total_dr for journal in journals),
        "journal_total_credits": total(journal.total_cr for journal in journals),
        "journal_line_count": sum(len(journal.lines) for journal in journals),
        "failed_checks": [item.title for item in failed(close.checks)],
        "prepared_by": close.proposed.approved_by,
        "signed_by": close.signed_by,
        "reason": close.reason,
    }
