"""The month's journals: proposed, shown line by line, corrected. Pure."""

from collections.abc import Sequence
from typing import Any

from ntro.accounting.journals import CorrectionError, JournalLine, JournalLineCorrection, JournalProposal
from ntro.accounting.models import Account, ChartOfAccounts, TrialBalanceReport
from ntro.accounting.posting import post_journals
from ntro.accounting.property_spv import PeriodInputs, propose_period_journals, quality_checks

from .models import JournalsProposed, NavMonthlyContext, StandingJournal

COLUMNS: list[dict[str, Any]] = [
    {"key": "journal", "label": "Journal"},
    {"key": "account_code", "label": "Account", "editable": True},
    {"key": "account_name", "label": "Name"},
    {"key": "description", "label": "Description", "editable": True},
    {"key": "debit", "label": "Debit", "editable": True},
    {"key": "credit", "label": "Credit", "editable": True},
]


def chart_of(context: NavMonthlyContext) -> ChartOfAccounts:
    """The entity's chart of accounts."""
    accounts = [Account(code=item.code, name=item.name, type=item.type) for item in context.chart]
    return ChartOfAccounts(entity_slug=context.entity_slug, accounts=accounts)


def propose(context: NavMonthlyContext, opening: TrialBalanceReport, inputs: PeriodInputs) -> JournalsProposed:
    """The journals that documents and standing rules ask for, and the books they lead to."""
    standing = [standing_journal(context, inputs, journal) for journal in context.standing_journals]
    return checked(context, opening, inputs, [*propose_period_journals(inputs, context.books), *standing])


def checked(
    context: NavMonthlyContext,
    opening: TrialBalanceReport,
    inputs: PeriodInputs,
    journals: Sequence[JournalProposal],
) -> JournalsProposed:
    """`journals` with the closing trial balance and every check on it."""
    closing = post_journals(opening, journals, period=context.period, chart=chart_of(context)).closing
    checks = quality_checks(inputs, context.books, opening=opening, journals=journals, closing=closing)
    return JournalsProposed(journals=list(journals), closing=closing, checks=checks)


def standing_journal(context: NavMonthlyContext, inputs: PeriodInputs, journal: StandingJournal) -> JournalProposal:
    """A standing journal for this month."""
    return JournalProposal(
        entity_slug=context.entity_slug,
        period=context.period,
        description=f"{journal.description} {context.period}",
        posting_date=inputs.posting_date,
        currency=context.books.currency,
        kind="standing",
        lines=[
            JournalLine.model_validate(
                {
                    "account_code": line.account_code,
                    "description": line.description or journal.description,
                    **{side: value for side in ("debit", "credit") if (value := getattr(line, side)) is not None},
                }
            )
            for line in journal.lines
        ],
        explanation=["Posted each month, as the entity's configuration says."],
    )


def review_payload(context: NavMonthlyContext, proposed: JournalsProposed) -> dict[str, Any]:
    """What the accountant sees: a row a line, the checks, and how each journal came to be."""
    names = {item.code: item.name for item in context.chart}
    return {
        "summary": f"{len(proposed.journals)} journals, {sum(len(item.lines) for item in proposed.journals)} lines",
        "line_items": [
            {
                "id": f"{number}:{position}",
                "journal": journal.description,
                "account_code": line.account_code,
                "account_name": names.get(line.account_code, ""),
                "description": line.description,
                "debit": str(line.debit) if line.debit else "",
                "credit": str(line.credit) if line.credit else "",
                "source_refs": [ref.model_dump() for ref in line.source_refs],
            }
            for number, journal in enumerate(proposed.journals)
            for position, line in enumerate(journal.lines)
        ],
        "checks": [item.model_dump(mode="json") for item in proposed.checks],
        "explanations": [
            {"journal": journal.description, "explanation": text}
            for journal in proposed.journals
            for text in journal.explanation
        ],
    }


def correct(journals: Sequence[JournalProposal], corrections: Sequence[dict[str, Any]]) -> list[JournalProposal]:
    """`journals` with `corrections`, each naming a line by `line_item_id` (`<journal>:<line>`).

    Raises:
        CorrectionError: a line does not exist, a value does not fit, or a journal no longer balances.
    """
    grouped: dict[int, list[JournalLineCorrection]] = {}
    for correction in corrections:
        journal, line = line_of(str(correction.get("line_item_id") or correction.get("id") or ""), len(journals))
        field = str(correction.get("field", ""))
        grouped.setdefault(journal, []).append(
            JournalLineCorrection(line_index=line, field=field, new_value=correction.get("new_value"))
        )
    return [
        journal.with_corrections(grouped[number]) if number in grouped else journal
        for number, journal in enumerate(journals)
    ]


def line_of(line_id: str, count: int) -> tuple[int, int]:
    """Journal and line that an id names."""
    journal, _, line = line_id.partition(":")
    if not (journal.isdecimal() and line.isdecimal() and int(journal) < count):
        raise CorrectionError(f"A correction names the line {line_id!r}, which is not there.")
    return int(journal), int(line)
