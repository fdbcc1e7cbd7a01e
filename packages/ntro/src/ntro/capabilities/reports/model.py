"""What a report holds, for every format: sections of paragraphs and tables, facts at the top, signatures at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Literal

Cell = str | Decimal | int | date | None
# Python's default context would round what has more than 28 digits.
_WIDE = Context(prec=200)
ColumnKind = Literal["text", "amount", "number", "date"]


class ReportError(ValueError):
    """A report's content does not fit its shape; the message names the table and row."""

    code = "report_invalid"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `places` are the decimals of an `amount` or `number`; `width` is in characters."""

    title: str
    kind: ColumnKind = "text"
    places: int = 2
    width: int = 18


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, and a totals row where there is one. Every row has a cell for each column.

    Raises:
        ReportError: a row has more or fewer cells than there are columns, or a cell does not fit its column.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] | None = None
    title: str = ""

    def __post_init__(self) -> None:
        for number, row in enumerate([*self.rows, *([self.totals] if self.totals is not None else [])], start=1):
            if len(row) != len(self.columns):
                raise ReportError(
                    f"Row {number} of table {self.title!r} has {len(row)} cells for {len(self.columns)} columns."
                )
            for column, cell in zip(self.columns, row, strict=True):
                _refuse_misfit(self.title, number, column, cell)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; a sheet of a workbook, which is named by `name` (31 characters at most) or `heading`."""

    heading: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed as what, and when; without `name` the line is left open."""

    role: str
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `facts` are label and value, such as the entity and the period."""

    title: str
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = ()
    signatures: Sequence[Signature] = ()


def shown(column: Column, cell: Cell) -> str:
    """`cell` as a person reads it: thousands with commas, the column's decimals at least, dates in ISO form."""
    match cell:
        case None:
            return ""
        case Decimal() | int() if column.kind in {"amount", "number"}:
            amount = Decimal(cell)
            return f"{amount:,.{places_of(column, amount)}f}"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def significant(number: Decimal) -> Decimal:
    """`number` without trailing zeros, every other digit kept."""
    return _WIDE.normalize(number)


def places_of(column: Column, number: Decimal) -> int:
    """The decimals to show: the column's, and more where `number` has more; none is rounded away."""
    exponent = significant(number).as_tuple().exponent
    assert isinstance(exponent, int)
    return max(column.places, -exponent)


def _refuse_misfit(table: str, number: int, column: Column, cell: Cell) -> None:
    if cell is None or isinstance(cell, str):
        return
    fits = {
        "text": False,
        "amount": isinstance(cell, Decimal | int) and not isinstance(cell, bool),
        "number": isinstance(cell, Decimal | int) and not isinstance(cell, bool),
        "date": isinstance(cell, date),
    }[column.kind]
    if not fits or (isinstance(cell, Decimal) and not cell.is_finite()):
        raise ReportError(
            f"Row {number} of table {table!r}: {cell!r} does not fit column {column.title!r} of {column.kind}s."
        )
