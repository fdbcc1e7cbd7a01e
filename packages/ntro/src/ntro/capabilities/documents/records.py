"""Rows of a table by their headings, for lists of things that are no accounting document of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ntro.capabilities.documents._book import read_book
from ntro.capabilities.documents._csv import decode_text, read_csv
from ntro.capabilities.documents._table import Cell, CellValue, Table
from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.uploads import HEAD_BYTES, check_upload

MAX_HEADER_ROW = 60
_BOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_NOT_TABULAR = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class TableRecord:
    """One row. `where` is its first cell; `values` are by heading as written: text, decimals, dates, booleans."""

    number: int
    where: str
    values: dict[str, CellValue]


def read_records(
    content: bytes, *, filename: str, is_header: Callable[[Sequence[str]], bool], limit: int
) -> list[TableRecord]:
    """The rows below the first row that `is_header` accepts, numbered from 1; empty rows are left out.

    Blocks for as long as the reader works; call it in a thread. An error value of a spreadsheet is read as its text.

    Args:
        content: the bytes of a CSV, XLSX, XLS or ODS file.
        filename: the name it was sent under.
        is_header: whether these headings are those of the wanted table.
        limit: the most rows that are taken.

    Raises:
        DocumentRefusedError: `no_tables` without such a header, `too_large` over the limit, or what the reader says.
    """
    check_upload(content[:HEAD_BYTES], filename, len(content))
    for table in _tables(content):
        found = _header(table, is_header)
        if found is not None:
            return _records(table, *found, limit)
    raise DocumentRefusedError("no_tables", f"{filename} has no row with the expected headings")


def _tables(content: bytes) -> Sequence[Table]:
    if content.startswith(_NOT_TABULAR):
        raise DocumentRefusedError("unsupported_format", "rows are read from CSV, XLSX, XLS and ODS files")
    if content.startswith(_BOOK_MAGIC):
        return read_book(content)[1]
    return [read_csv(decode_text(content))]


def _header(table: Table, is_header: Callable[[Sequence[str]], bool]) -> tuple[int, list[str]] | None:
    for number, row in enumerate(table.rows[:MAX_HEADER_ROW]):
        headings = [cell.text if isinstance(cell.value, str) else "" for cell in row]
        if is_header(headings):
            return number, headings
    return None


def _records(table: Table, header: int, headings: list[str], limit: int) -> list[TableRecord]:
    filled = [row for row in table.rows[header + 1 :] if any(not cell.is_empty for cell in row)]
    if len(filled) > limit:
        raise DocumentRefusedError("too_large", f"the table has {len(filled)} rows, the limit is {limit}; split it")
    return [
        TableRecord(number, row[0].where, _values(headings, row, number)) for number, row in enumerate(filled, start=1)
    ]


def _values(headings: list[str], row: tuple[Cell, ...], number: int) -> dict[str, CellValue]:
    if any(not cell.is_empty for cell in row[len(headings) :]):
        raise DocumentRefusedError("malformed", f"row {number} has more cells than there are headings")
    # The first of two columns with one heading counts, as a reader of the page would take it.
    values: dict[str, CellValue] = {}
    for heading, cell in zip(headings, row, strict=False):
        if heading:
            values.setdefault(heading, cell.error if cell.error is not None else cell.value)
    return values


def written(value: CellValue) -> str | bool | None:
    """A value as JSON: decimals in plain digits, dates as `YYYY-MM-DD`."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or isinstance(value, bool) else str(value)
