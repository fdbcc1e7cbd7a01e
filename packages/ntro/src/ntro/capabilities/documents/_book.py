"""Spreadsheets as tables. Cells are opened in a child process; numbers become decimals here."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast

from ntro.capabilities.documents._isolation import extract
from ntro.capabilities.documents._table import Cell, Table, column_letters

_NOISE, _RELATIVE_NOISE = Decimal("1e-11"), Decimal("1e-14")
_DECIMALS = Decimal("1e-4")


def read_book(content: bytes) -> tuple[str, tuple[Table, ...]]:
    """The format and the visible sheets of a book.

    Raises:
        DocumentRefusedError: `encrypted`, `macros`, `malformed`, `too_large` or `unsupported_format`.
    """
    answer = extract(content, "book")
    sheets = cast("list[dict[str, object]]", answer["sheets"])
    return str(answer["format"]), tuple(_sheet(sheet) for sheet in sheets)


def _sheet(sheet: dict[str, object]) -> Table:
    name = str(sheet["name"])
    rows = cast("list[list[list[object] | None]]", sheet["rows"])
    return Table(
        name,
        tuple(
            tuple(_cell(value, f"{name}!{column_letters(column)}{number}") for column, value in enumerate(row))
            for number, row in enumerate(rows, start=1)
        ),
    )


def _cell(value: list[object] | None, where: str) -> Cell:
    if value is None:
        return Cell(None, where)
    kind, content = value
    match kind:
        case "n":
            return _number(str(content), where)
        case "d":
            return _date(str(content), where)
        case "e":
            return Cell(None, where, error=str(content))
        case "b":
            return Cell(bool(content), where)
        case _:
            return Cell(str(content), where)


def _date(written: str, where: str) -> Cell:
    try:
        return Cell(date.fromisoformat(written), where)
    except ValueError:
        return Cell(None, where, error=written)


def _number(written: str, where: str) -> Cell:
    try:
        value = Decimal(written)
    except InvalidOperation:
        return Cell(None, where, error=written)
    return Cell(without_noise(value), where) if value.is_finite() else Cell(None, where, error=written)


def without_noise(value: Decimal) -> Decimal:
    """The amount that a binary floating point cell stands for: 0.30000000000000004 is 0.3, 1000.0 is 1000.

    More than four decimals are kept where they are more than the error of the binary format.
    """
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4 and abs(value) < Decimal("1e20"):
        rounded = value.quantize(_DECIMALS)
        if abs(rounded - value) <= max(_NOISE, abs(value) * _RELATIVE_NOISE):
            value = rounded.normalize()
    if value == value.to_integral_value() and abs(value) < Decimal("1e20"):
        return value.quantize(Decimal(1))
    return value
