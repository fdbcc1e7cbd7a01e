"""Workbooks in XLSX with fixed times and order."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from ntro.capabilities.reports.model import (
    Cell,
    Column,
    Report,
    ReportError,
    Section,
    Table,
    places_of,
    shown,
    significant,
)

# Part of the file's bytes; a real time would make every file another.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # the writer takes naive times and stores them as UTC
_MAX_SHEET_NAME = 31
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\']")
# A spreadsheet keeps numbers as binary fractions, exact for up to fifteen digits.
_EXACT_DIGITS = 15
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "bg_color": "#E7ECF2", "bottom": 1, "text_wrap": True},
    "text": {},
    "inert": {"quote_prefix": True},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "exact": {"italic": True, "align": "right", "font_color": "#555555"},
}


def workbook(report: Report) -> bytes:
    """`report` as an XLSX file: a sheet of the facts, then one for each section.

    Numbers are numbers; one of more digits than a spreadsheet keeps exactly is written as text. Under each totals row a
    row `Exact` repeats the totals as decimal text. No text is ever a formula or a link.

    Raises:
        ReportError: two sections have the same sheet name, or a name is empty.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    book.set_properties({"title": report.title, "author": "ntro", "created": _CREATED})
    writer = _Writer(book)
    writer.summary(report)
    for section in report.sections:
        writer.section(section)
    book.close()
    return buffer.getvalue()


class _Writer:
    """Writes sheets of one workbook, top to bottom."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[str, int, bool], Any] = {}
        self._names: set[str] = set()

    def summary(self, report: Report) -> None:
        sheet = self._sheet("Summary")
        self._text(sheet, 0, 0, report.title, "title")
        self._text(sheet, 1, 0, report.subtitle)
        row = 3
        for label, value in report.facts:
            self._text(sheet, row, 0, label)
            self._text(sheet, row, 1, value)
            row += 1
        for signature in report.signatures:
            row += 1
            self._text(sheet, row, 0, signature.role)
            self._text(sheet, row, 1, signature.name or "not signed")
            self._text(sheet, row, 2, signature.at.isoformat() if signature.at else "")
        sheet.set_column(0, 2, 32)

    def section(self, section: Section) -> None:
        sheet = self._sheet(section.name or section.heading)
        self._text(sheet, 0, 0, section.heading, "title")
        row = 2
        for paragraph in section.paragraphs:
            self._text(sheet, row, 0, paragraph)
            row += 1
        widths: dict[int, int] = {}
        for table in section.tables:
            for index, column in enumerate(table.columns):
                widths[index] = max(widths.get(index, 0), column.width)
            row = self._table(sheet, row + 1, table)
        for index, width in widths.items():
            sheet.set_column(index, index, width)

    def _table(self, sheet: Any, row: int, table: Table) -> int:
        if table.title:
            self._text(sheet, row, 0, table.title, "title")
            row += 1
        for index, column in enumerate(table.columns):
            self._text(sheet, row, index, column.title, "heading")
        for cells in table.rows:
            row += 1
            self._row(sheet, row, table.columns, cells, bold=False)
        if table.totals is not None:
            self._row(sheet, row + 1, table.columns, table.totals, bold=True)
            row += 2
            self._exact(sheet, row, table)
        return row + 2

    def _row(self, sheet: Any, row: int, columns: Sequence[Column], cells: Sequence[Cell], *, bold: bool) -> None:
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            if isinstance(cell, Decimal | int):
                self._number(sheet, row, index, column, Decimal(cell), bold=bold)
            elif isinstance(cell, date):
                moment = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001  # a day has no zone
                sheet.write_datetime(row, index, moment, self._format("date", 0, bold=bold))
            elif cell is not None:
                self._text(sheet, row, index, cell, bold=bold)

    def _number(self, sheet: Any, row: int, index: int, column: Column, number: Decimal, *, bold: bool) -> None:
        if len(significant(number).as_tuple().digits) > _EXACT_DIGITS:
            sheet.write_string(row, index, shown(column, number), self._format("exact", 0, bold=bold))
        else:
            style = self._format("number", places_of(column, number), bold=bold)
            sheet.write_number(row, index, number, style)

    def _exact(self, sheet: Any, row: int, table: Table) -> None:
        assert table.totals is not None
        for index, cell in enumerate(table.totals):
            if isinstance(cell, Decimal | int):
                sheet.write_string(row, index, f"{Decimal(cell):f}", self._format("exact", 0, bold=False))
            elif index == 0:
                self._text(sheet, row, 0, "Exact")

    def _text(self, sheet: Any, row: int, column: int, text: str, style: str = "text", *, bold: bool = False) -> None:
        if style == "text" and text.startswith(_FORMULA_STARTS):
            style = "inert"
        sheet.write_string(row, column, text, self._format(style, 0, bold=bold))

    def _format(self, style: str, places: int, *, bold: bool) -> Any:
        key = (style, places, bold)
        if key not in self._formats:
            number = "#,##0" + ("." + "0" * places if places else "")
            properties = {"num_format": number} if style == "number" else dict(_STYLES[style])
            self._formats[key] = self._book.add_format(properties | ({"bold": True, "top": 1} if bold else {}))
        return self._formats[key]

    def _sheet(self, title: str) -> Any:
        name = _FORBIDDEN_IN_NAME.sub(" ", title).strip()[:_MAX_SHEET_NAME].strip()
        if not name or name.casefold() in self._names:
            raise ReportError(f"Two sheets are named {name!r}, or one has no name; give each section its own.")
        self._names.add(name.casefold())
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        return sheet
