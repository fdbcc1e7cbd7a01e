"""A month's journals with the books that they lead to, as they are proposed, reviewed and corrected. Pure."""

from collections.abc import Sequence

from pydantic import BaseModel

from ntro.accounting.checks import CheckItem, check
from ntro.accounting.journals import JournalProposal
from ntro.accounting.models import ChartOfAccounts, TrialBalanceReport
from ntro.accounting.posting import post_journals
from ntro.accounting.property_spv.checks import quality_checks
from ntro.accounting.property_spv.config import PropertySpvConfig
from ntro.accounting.property_spv.inputs import PeriodInputs
from ntro.accounting.property_spv.journals import propose_period_journals
from ntro.accounting.standing import StandingJournal


class MonthBasis(BaseModel):
    """What a month's journals are made from and checked against."""

    opening: TrialBalanceReport
    inputs: PeriodInputs
    books: PropertySpvConfig
    chart: ChartOfAccounts


class MonthJournals(BaseModel):
    """The month's journals, the closing trial balance after them and every check on it."""

    journals: list[JournalProposal]
    closing: TrialBalanceReport
    checks: list[CheckItem]


def propose_month(basis: MonthBasis, standing: Sequence[StandingJournal] = ()) -> MonthJournals:
    """The journals that the documents and the standing rules ask for.

    Raises:
        PropertySpvError: the rules do not cover the documents.
        PostingError: the journals cannot be posted to these books.
    """
    inputs = basis.inputs
    repeated = [
        journal.for_month(
            entity_slug=inputs.entity_slug,
            period=inputs.period,
            posting_date=inputs.posting_date,
            currency=basis.books.currency,
        )
        for journal in standing
    ]
    return checked_month(basis, [*propose_period_journals(inputs, basis.books), *repeated])


def checked_month(basis: MonthBasis, journals: Sequence[JournalProposal]) -> MonthJournals:
    """`journals` with the books that they lead to.

    Raises:
        PostingError: they cannot be posted to these books.
    """
    closing = post_journals(basis.opening, journals, period=basis.inputs.period, chart=basis.chart).closing
    checks = quality_checks(basis.inputs, basis.books, opening=basis.opening, journals=journals, closing=closing)
    return MonthJournals(journals=list(journals), closing=closing, checks=[*checks, check_cut_off(basis.inputs)])


def check_cut_off(inputs: PeriodInputs) -> CheckItem:
    """Bank entries are of the month; no invoice was issued after it."""
    identity, title = "cut_off", "Documents belong to the month"
    entries = inputs.bank_statement.entries if inputs.bank_statement else ()
    if not entries and not inputs.invoices:
        return check(identity, title, "skipped", "There is no bank entry and no invoice.")
    strange = [f"bank entry of {item.date}" for item in entries if f"{item.date:%Y-%m}" != inputs.period]
    late = [
        f"invoice {item.number} of {item.issue_date}"
        for item in inputs.invoices
        if item.issue_date > inputs.posting_date
    ]
    if not strange and not late:
        return check(identity, title, "pass", f"{len(entries)} bank entries, {len(inputs.invoices)} invoices.")
    detail = f"Not of {inputs.period}: {', '.join([*strange, *late])}."
    return check(identity, title, "fail" if strange else "warn", detail)
