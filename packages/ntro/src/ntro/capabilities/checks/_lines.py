"""Lines of journals and trial balances as a check reads them: every amount exact, or refused by name."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ntro.accounting.amounts import ZERO, exact_amount, total

Line = Mapping[str, Any]
Values = Mapping[str, Any]


def journal_lines(submitted: Values) -> Sequence[Line]:
    """The lines of `proposal`, else of what was submitted itself.

    Raises:
        TypeError: there is no list of objects.
    """
    if "proposal" in submitted:
        return lines_of(submitted["proposal"], "proposal")
    return lines_of(submitted, "journal")


def lines_of(holder: Any, name: str) -> Sequence[Line]:
    """The lines of a journal or trial balance.

    Raises:
        TypeError: there is no list of objects.
    """
    lines = holder.get("lines") if isinstance(holder, Mapping) else holder
    if lines is None:
        return ()
    if not isinstance(lines, list | tuple) or not all(isinstance(line, Mapping) for line in lines):
        raise TypeError(f"The lines of the {name} are no list of objects.")
    return lines


def sides(lines: Sequence[Line]) -> tuple[Decimal, Decimal]:
    """Total debits and total credits.

    Raises:
        ValueError: a line has no amount, or one that cannot be read.
    """
    debits = total(_amount(line, "debit", number) for number, line in enumerate(lines, 1))
    return debits, total(_amount(line, "credit", number) for number, line in enumerate(lines, 1))


def figures(**amounts: Decimal | int) -> dict[str, str]:
    """Amounts and counts as text."""
    return {name: format(value, "f") if isinstance(value, Decimal) else str(value) for name, value in amounts.items()}


def _amount(line: Line, side: str, number: int) -> Decimal:
    if line.get("debit") is None and line.get("credit") is None:
        raise ValueError(f"Line {number} has neither a debit nor a credit.")
    value = line.get(side)
    if value is None or value == "":
        return ZERO
    # JSON numbers arrive as binary floats; the text that Python writes for one is the number that was sent.
    return exact_amount(repr(value) if isinstance(value, float) else value, f"the {side} of line {number}")
