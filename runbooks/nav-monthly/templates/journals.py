"""The month's journals: proposed from documents and standing rules, held against the month's checks. Pure."""

from collections.abc import Sequence

from ntro.accounting.checks import CheckItem, check
from ntro.accounting.journals import JournalLine, JournalProposal
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.posting import post_journals
from ntro.accounting.property_spv import PeriodInputs, propose_period_journals, quality_checks

from .configuration import chart_of
from .models import JournalsProposed, NavMonthlyContext


def propose(context: NavMonthlyContext, opening: TrialBalanceReport, inputs: PeriodInputs) -> JournalsProposed:
    """The journals that documents and standing rules ask for, and the books they lead to."""
    journals = [*propose_period_journals(inputs, context.books), *standing_journals(context, inputs)]
    return checked(context, opening, inputs, journals)


def checked(
    context: NavMonthlyContext,
    opening: TrialBalanceReport,
    inputs: PeriodInputs,
    journals: Sequence[JournalProposal],
) -> JournalsProposed:
    """`journals` with the closing trial balance and every check on it.

    Raises:
        PostingError: a journal cannot be posted to these books; it says which and why.
    """
    closing = post_journals(opening, journals, period=context.period, chart=chart_of(context)).closing
    checks = quality_checks(inputs, context.books, opening=opening, journals=journals, closing=closing)
    return JournalsProposed(journals=list(journals), closing=closing, checks=[*checks, check_cut_off(inputs)])


def standing_journals(context: NavMonthlyContext, inputs: PeriodInputs) -> list[JournalProposal]:
    """The entity's standing journals for this month."""
    return [
        JournalProposal(
            entity_slug=context.entity_slug,
            period=context.period,
            description=f"{journal.description} {context.period}",
            posting_date=inputs.posting_date,
            currency=context.books.currency,
            kind="standing",
            lines=[
                JournalLine(
                    account_code=line.account_code,
                    description=line.description or journal.description,
                    debit=line.debit,
                    credit=line.credit,
                )
                for line in journal.lines
            ],
            explanation=["Posted each month, as the entity's configuration says."],
        )
        for journal in context.standing_journals
    ]


def check_cut_off(inputs: PeriodInputs) -> CheckItem:
    """Bank entries are of the month; no invoice was issued after it."""
    identity, title = "cut_off", "Documents belong to the month"
    entries = inputs.bank_statement.entries if inputs.bank_statement else ()
    strange = [f"bank entry of {item.date}" for item in entries if f"{item.date:%Y-%m}" != inputs.period]
    late = [
        f"invoice {item.number} of {item.issue_date}"
        for item in inputs.invoices
        if item.issue_date > inputs.posting_date
    ]
    if not entries and not inputs.invoices:
        return check(identity, title, "skipped", "There is no bank entry and no invoice.")
    found = [*strange, *late]
    detail = (
        f"Not of {inputs.period}: {', '.join(found)}."
        if found
        else f"{len(entries)} bank entries, {len(inputs.invoices)} invoices."
    )
    return check(identity, title, "fail" if strange else "warn" if late else "pass", detail)
