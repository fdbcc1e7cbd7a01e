"""Finds the table in a document that is a trial balance or a rent roll."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from ntro.capabilities.documents import _rent_roll, _trial_balance
from ntro.capabilities.documents._columns import currency_in
from ntro.capabilities.documents._table import Table
from ntro.capabilities.documents.reading import Content, IssueLog, Kind, Parsed

_HEAD_ROWS = 20


class _Reader(Protocol):
    def __call__(self, table: Table, currency: str | None, issues: IssueLog) -> Content | None: ...


# Rent rolls come first: their columns say more. A trial balance needs only an account and an amount.
READERS: tuple[tuple[Kind, _Reader, Callable[[Content], bool]], ...] = (
    ("rent_roll", _rent_roll.read_rent_roll, lambda content: bool(getattr(content, "rows", ()))),
    ("trial_balance", _trial_balance.read_trial_balance, lambda content: bool(getattr(content, "rows", ()))),
)


def read_tables(tables: Sequence[Table], format_name: str, expected: Kind | None) -> Parsed | None:
    """The first table with rows of a known kind; other tables of that kind are noted, not merged."""
    for kind, reader, has_rows in READERS:
        if expected is not None and expected != kind:
            continue
        found: list[tuple[Content, IssueLog, Table]] = []
        for table in tables:
            issues = IssueLog()
            content = reader(table, _currency_above(table), issues)
            if content is not None and has_rows(content):
                found.append((content, issues, table))
        if found:
            content, issues, table = found[0]
            for _, _, other in found[1:]:
                issues.add(
                    "more_tables", f"{other.name!r} holds another table of this kind, which is not read", other.name
                )
            if kind == "rent_roll" and getattr(content, "currency", None) is None:
                issues.add("missing_currency", "the table names no currency", table.name)
            return Parsed(content, format_name, f"table-{kind.replace('_', '-')}", issues.found())
    return None


def _currency_above(table: Table) -> str | None:
    """The one currency named in the first rows of the table's sheet."""
    found = set(
        _currencies(cell.text for row in table.rows[:_HEAD_ROWS] for cell in row if isinstance(cell.value, str))
    )
    return found.pop() if len(found) == 1 else None


def _currencies(texts: Iterable[str]) -> Iterable[str]:
    return (code for text in texts if (code := currency_in(text)))
