"""The month's journals, from committed documents and standing rules, and as a person corrects them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ntro.accounting.journal_review import corrected_journals
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.property_spv import (
    CommittedDocument,
    MonthBasis,
    MonthJournals,
    checked_month,
    period_inputs,
    propose_month,
)

from .configuration import chart_of
from .models import JournalsProposed, NavMonthlyContext


def basis_of(
    context: NavMonthlyContext, opening: TrialBalanceReport, documents: Sequence[CommittedDocument]
) -> MonthBasis:
    """What the journals are made from and checked against.

    Raises:
        PropertySpvError: a document lacks what a month needs; it names the document.
    """
    inputs = period_inputs(
        documents, entity_slug=context.entity_slug, period=context.period, currency=context.books.currency
    )
    return MonthBasis(opening=opening, inputs=inputs, books=context.books, chart=chart_of(context))


def propose(context: NavMonthlyContext, basis: MonthBasis) -> JournalsProposed:
    """The journals that documents and standing rules ask for, and the books they lead to."""
    return shown(propose_month(basis, context.standing_journals))


def correct(
    proposed: JournalsProposed, basis: MonthBasis, corrections: Sequence[Mapping[str, Any]], *, actor: str | None
) -> JournalsProposed:
    """The journals with a person's corrections, and the books they lead to.

    Raises:
        CorrectionError: a line does not exist, a value does not fit, or a journal no longer balances.
        PostingError: a journal cannot be posted to these books; it says which and why.
    """
    journals = corrected_journals(proposed.journals, corrections, places=basis.books.places, actor=actor)
    return shown(checked_month(basis, journals))


def shown(month: MonthJournals) -> JournalsProposed:
    """The month's journals as the steps hand them on."""
    return JournalsProposed(journals=month.journals, closing=month.closing, checks=month.checks)
