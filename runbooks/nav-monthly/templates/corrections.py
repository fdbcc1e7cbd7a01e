"""A person's corrections of proposed journals: applied together, or refused with the reason. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ntro.accounting.amounts import round_amount
from ntro.accounting.journals import CorrectionError, JournalLineCorrection, JournalProposal
from ntro.accounting.property_spv import PropertySpvConfig


def correct(
    journals: Sequence[JournalProposal],
    corrections: Sequence[Mapping[str, Any]],
    *,
    books: PropertySpvConfig,
    actor: str | None,
) -> list[JournalProposal]:
    """`journals` with `corrections`, each naming a line by `line_item_id` (`<journal>:<line>`).

    A line keeps the documents that it comes from, and its journal says who corrected what.

    Raises:
        CorrectionError: a line does not exist, a value does not fit, or a journal no longer balances.
    """
    grouped: dict[int, list[JournalLineCorrection]] = {}
    for correction in corrections:
        journal, line = line_of(str(correction.get("line_item_id") or correction.get("id") or ""), len(journals))
        field = str(correction.get("field", ""))
        value = correction.get("new_value")
        grouped.setdefault(journal, []).append(JournalLineCorrection(line_index=line, field=field, new_value=value))
    corrected = list(journals)
    for number, own in grouped.items():
        corrected[number] = corrected_journal(journals[number], own, books=books, actor=actor)
    return corrected


def corrected_journal(
    journal: JournalProposal,
    corrections: Sequence[JournalLineCorrection],
    *,
    books: PropertySpvConfig,
    actor: str | None,
) -> JournalProposal:
    """`journal` with its own corrections, and what was corrected among its explanations."""
    try:
        result = journal.with_corrections(corrections)
    except CorrectionError as error:
        raise CorrectionError(f"{journal.description}: {error}") from error
    for line in result.lines:
        refuse_finer(line.amount, books)
    said = [
        f"{actor or 'Someone'} corrected the {item.field.replace('_', ' ')} of line {item.line_index + 1}:"
        f" {shown(journal, item)} became {shown(result, item)}."
        for item in corrections
    ]
    return result.model_copy(update={"explanation": [*journal.explanation, *said]})


def refuse_finer(amount: Decimal, books: PropertySpvConfig) -> None:
    """The ledger keeps no amount that is finer than the books."""
    if round_amount(amount, places=books.places, rounding=books.rounding) != amount:
        raise CorrectionError(f"{amount} has more than {books.places} decimals; the books keep no more.")


def shown(journal: JournalProposal, correction: JournalLineCorrection) -> str:
    """The value of the field that a correction is about."""
    value = getattr(journal.lines[correction.line_index], correction.field)
    return str(value) if value else "nothing"


def line_of(line_id: str, count: int) -> tuple[int, int]:
    """Journal and line that an id names, counted from 0."""
    journal, _, line = line_id.partition(":")
    if not (is_number(journal) and is_number(line) and int(journal) < count):
        raise CorrectionError(f"A correction names the line {line_id!r}, which is not there.")
    return int(journal), int(line)


def is_number(text: str) -> bool:
    """Whether `text` counts something: ASCII digits only, and not more than any journal has."""
    return text.isascii() and text.isdecimal() and len(text) < 10
