"""What each template makes of rows: which columns, in which order, and the totals. Plain values, no spreadsheet yet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any, Literal

Row = Mapping[str, Any]
Emphasis = Literal["plain", "total", "subtotal"]

_SUMMED = ("debit", "credit", "opening", "closing", "amount")
_COMPARED = (("expected", "ledger", "book", "gl"), ("actual", "statement", "bank", "reported"))
_JOURNAL_FIRST = ("journal", "journal_id", "journal_ref", "reference", "date", "posting_date", "account_code")
_JOURNAL_LAST = ("debit", "credit")
_JOURNAL_KEYS = ("journal", "journal_id", "journal_ref", "reference")
_SHARES = ("percent", "percentage", "pct", "share", "ownership")
_PRECISE = 60  # digits of a sum; a spreadsheet shows fifteen
_DIFFERENCE, _STATUS = "difference", "reconciled"


@dataclass(frozen=True, slots=True)
class Sum:
    """A total of `column` over `lines` of the layout, counted from 0; its value is exact."""

    column: str
    lines: tuple[int, ...]
    value: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet."""

    cells: Row
    emphasis: Emphasis = "plain"
    sums: tuple[Sum, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The sheet under its title. `shares` are columns of fractions that are shown as percentages."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    shares: frozenset[str] = field(default_factory=frozenset)
    for_print: bool = False


def layout_of(rows: Sequence[Row], template: str) -> Layout:
    """The layout that `template` gives to `rows`."""
    return _TEMPLATES[template](rows, columns_of(rows))


def columns_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """The keys of all rows in order of appearance.

    Raises:
        TypeError: a row is no mapping.
    """
    found: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise TypeError(f"Row {number} is a {type(row).__name__}, not a mapping of columns to values.")
        found.update(dict.fromkeys(map(str, row)))
    return tuple(found)


def number_of(value: Any) -> Decimal | None:
    """The number that a cell holds; text and truth values hold none."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        return None
    # The text that Python writes for a float is the number that was meant.
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None


def _generic(rows: Sequence[Row], columns: tuple[str, ...]) -> Layout:
    return Layout(columns, _plain(rows))


def _trial_balance(rows: Sequence[Row], columns: tuple[str, ...]) -> Layout:
    columns = columns or ("account_code", "account_name", "debit", "credit")
    return Layout(columns, (*_plain(rows), _total(rows, columns, _is_summed)))


def _journal_detail(rows: Sequence[Row], columns: tuple[str, ...]) -> Layout:
    columns = columns or ("journal", "date", "account_code", "account_name", "description", "debit", "credit")
    first = [name for name in _JOURNAL_FIRST if name in columns]
    last = [name for name in _JOURNAL_LAST if name in columns]
    columns = (*first, *(name for name in columns if name not in (*first, *last)), *last)
    key = next((name for name in _JOURNAL_KEYS if name in columns), None)
    lines: list[Line] = []
    for journal, group in _grouped(rows, key).items():
        start = len(lines)
        lines += _plain(group)
        if key is not None:
            lines.append(_total(group, columns, _is_summed, f"Total {journal}", start, "subtotal"))
    whole = _total(rows, columns, _is_summed)
    lines.append(_over(lines, whole) if key is not None else whole)
    sides = {total.column: total.value for total in whole.sums}
    if {"debit", "credit"} <= sides.keys():
        off = _exact_sum([sides["debit"], -sides["credit"]])
        lines.append(Line({columns[0]: "Debits less credits", "debit": off}, "total"))
    return Layout(columns, tuple(lines))


def _reconciliation(rows: Sequence[Row], columns: tuple[str, ...]) -> Layout:
    columns = columns or ("item", "expected", "actual")
    pair = tuple(next((name for name in columns if _named(name, words)), None) for words in _COMPARED)
    if None not in pair and _DIFFERENCE not in columns:
        rows = [_reconciled(row, str(pair[0]), str(pair[1])) for row in rows]
        columns = (*columns, _DIFFERENCE, _STATUS)
    summed = [_DIFFERENCE, *(name for name in pair if name)]
    total = _total(rows, columns, lambda name: name in summed or _is_summed(name))
    return Layout(columns, (*_plain(rows), total))


def _investor_report(rows: Sequence[Row], columns: tuple[str, ...]) -> Layout:
    columns = columns or ("investor", "commitment", "contributed", "nav", "ownership_pct")
    shares = frozenset(name for name in columns if _named(name, _SHARES))
    total = _total(rows, columns, lambda name: name not in shares)
    return Layout(columns, (*_plain(rows), total), shares, for_print=True)


def _plain(rows: Iterable[Row]) -> tuple[Line, ...]:
    return tuple(Line(row) for row in rows)


def _total(
    rows: Sequence[Row],
    columns: tuple[str, ...],
    wanted: Callable[[str], bool],
    label: str = "TOTAL",
    start: int = 0,
    emphasis: Emphasis = "total",
) -> Line:
    """A line with the totals of the wanted columns that hold numbers, over the lines from `start` on."""
    sums = [
        Sum(name, tuple(range(start, start + len(rows))), _exact_sum(numbers))
        for name in columns
        if wanted(name) and (numbers := [number for row in rows if (number := number_of(row.get(name))) is not None])
    ]
    taken = {total.column for total in sums}
    labelled = next((name for name in columns if name not in taken), None)
    return Line({labelled: label} if labelled else {}, emphasis, tuple(sums))


def _over(lines: Sequence[Line], whole: Line) -> Line:
    """`whole` as a total over the lines that are no subtotals."""
    plain = tuple(at for at, line in enumerate(lines) if line.emphasis == "plain")
    return Line(whole.cells, "total", tuple(Sum(total.column, plain, total.value) for total in whole.sums))


def _grouped(rows: Sequence[Row], key: str | None) -> dict[str, list[Row]]:
    """The rows of each journal, in order of appearance."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row.get(key, "")) if key else "", []).append(row)
    return groups


def _reconciled(row: Row, expected: str, actual: str) -> Row:
    pair = number_of(row.get(expected)), number_of(row.get(actual))
    if pair[0] is None or pair[1] is None:
        return {**row, _DIFFERENCE: None, _STATUS: "cannot be compared"}
    off = _exact_sum([pair[0], -pair[1]])
    return {**row, _DIFFERENCE: off, _STATUS: "yes" if off.is_zero() else "no"}


def _exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    with localcontext(prec=_PRECISE):
        return sum(numbers, Decimal(0))


def _is_summed(name: str) -> bool:
    return _named(name, _SUMMED)


def _named(name: str, words: Sequence[str]) -> bool:
    """Whether one of the words of a column's name is among `words`."""
    parts = name.lower().replace("-", "_").replace(" ", "_").split("_")
    return any(word in parts or f"{word}s" in parts for word in words)


_TEMPLATES: dict[str, Callable[[Sequence[Row], tuple[str, ...]], Layout]] = {
    "generic": _generic,
    "trial-balance": _trial_balance,
    "journal-detail": _journal_detail,
    "reconciliation": _reconciliation,
    "investor-report": _investor_report,
}
