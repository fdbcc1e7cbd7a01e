"""Journals as an accountant reviews them: a row for each line, how they came to be, corrections by line. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ntro.accounting.journals import CorrectionError, JournalLineCorrection, JournalProposal
from ntro.accounting.models import ChartOfAccounts

JOURNAL_COLUMNS: tuple[dict[str, Any], ...] = (
    {"key": "journal", "label": "Journal"},
    {"key": "account_code", "label": "Account", "editable": True},
    {"key": "account_name", "label": "Name"},
    {"key": "description", "label": "Description", "editable": True},
    {"key": "debit", "label": "Debit", "editable": True},
    {"key": "credit", "label": "Credit", "editable": True},
)
"""The columns of `journal_rows` as a review table shows them."""


def journal_rows(journals: Sequence[JournalProposal], chart: ChartOfAccounts) -> list[dict[str, Any]]:
    """A row for each line, in order; its `id` is `<journal>:<line>`, both counted from 0."""
    names = {account.code: account.name for account in chart.accounts}
    return [
        {
            "id": f"{number}:{position}",
            "journal": journal.description,
            "account_code": line.account_code,
            "account_name": names.get(line.account_code, ""),
            "description": line.description,
            "debit": f"{line.debit:f}" if line.debit else "",
            "credit": f"{line.credit:f}" if line.credit else "",
            "source_refs": [ref.model_dump() for ref in line.source_refs],
        }
        for number, journal in enumerate(journals)
        for position, line in enumerate(journal.lines)
    ]


def journal_explanations(journals: Sequence[JournalProposal]) -> list[dict[str, str]]:
    """How each journal came to be, a row for each sentence."""
    return [
        {"journal": journal.description, "explanation": text} for journal in journals for text in journal.explanation
    ]


def corrected_journals(
    journals: Sequence[JournalProposal], corrections: Sequence[Mapping[str, Any]]
) -> list[JournalProposal]:
    """`journals` with `corrections`, each naming a line by `line_item_id` (or `id`), a `field` and its `new_value`.

    Raises:
        CorrectionError: a line does not exist, a value does not fit, or a journal no longer balances.
    """
    grouped: dict[int, list[JournalLineCorrection]] = {}
    for correction in corrections:
        journal, line = _line_of(str(correction.get("line_item_id") or correction.get("id") or ""), len(journals))
        grouped.setdefault(journal, []).append(
            JournalLineCorrection(
                line_index=line, field=str(correction.get("field", "")), new_value=correction.get("new_value")
            )
        )
    return [
        journal.with_corrections(grouped[number]) if number in grouped else journal
        for number, journal in enumerate(journals)
    ]


def _line_of(line_id: str, count: int) -> tuple[int, int]:
    journal, _, line = line_id.partition(":")
    # isdecimal alone takes digits of other scripts and any length; a line's number has at most six.
    if not all(part.isascii() and part.isdecimal() and len(part) <= 6 for part in (journal, line)):
        raise CorrectionError(f"A correction names the line {line_id!r}, which is not there.")
    if int(journal) >= count:
        raise CorrectionError(f"A correction names the line {line_id!r}, but there are {count} journals.")
    return int(journal), int(line)
