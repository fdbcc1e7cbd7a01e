"""Journals as an accountant reviews them: a row for each line, how they came to be, corrections by line. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ntro.accounting.amounts import round_amount
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
    journals: Sequence[JournalProposal],
    corrections: Sequence[Mapping[str, Any]],
    *,
    places: int,
    actor: str | None,
) -> list[JournalProposal]:
    """`journals` with `corrections`, each naming a line by `line_item_id` (or `id`), a `field` and its `new_value`.

    A line keeps the documents that it comes from, and its journal says who corrected what.

    Args:
        journals: as they were shown.
        corrections: a person's.
        places: the decimals that the books keep.
        actor: who corrected.

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
    corrected = list(journals)
    for number, own in grouped.items():
        corrected[number] = _corrected(journals[number], own, places, actor or "Someone")
    return corrected


def _corrected(
    journal: JournalProposal, corrections: Sequence[JournalLineCorrection], places: int, actor: str
) -> JournalProposal:
    try:
        result = journal.with_corrections(corrections)
    except CorrectionError as error:
        raise CorrectionError(f"{journal.description}: {error}") from error
    for line in result.lines:
        if round_amount(line.amount, places=places, rounding="ROUND_DOWN") != line.amount:
            raise CorrectionError(f"{line.amount} has more than {places} decimals; the books keep no more.")
    said = [
        f"{actor} corrected the {item.field.replace('_', ' ')} of line {item.line_index + 1}:"
        f" {_shown(journal, item)} became {_shown(result, item)}."
        for item in corrections
    ]
    return result.model_copy(update={"explanation": [*journal.explanation, *said]})


def _shown(journal: JournalProposal, correction: JournalLineCorrection) -> str:
    value = getattr(journal.lines[correction.line_index], correction.field)
    return str(value) if value else "nothing"


def _line_of(line_id: str, count: int) -> tuple[int, int]:
    journal, _, line = line_id.partition(":")
    if not (_is_number(journal) and _is_number(line) and int(journal) < count):
        raise CorrectionError(f"A correction names the line {line_id!r}, which is not there.")
    return int(journal), int(line)


def _is_number(text: str) -> bool:
    """Whether `text` counts something: ASCII digits only, and not more than any journal has."""
    return text.isascii() and text.isdecimal() and len(text) < 10
