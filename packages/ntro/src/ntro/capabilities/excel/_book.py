"""A layout as an XLSX file with fixed times: amounts as numbers, totals as formulas, everything else inert."""

import json
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from ntro.capabilities.excel import MAX_COLUMNS
from ntro.capabilities.excel._layout import Layout, Line, Row, Sum, layout_of, number_of

# Part of the file's bytes; a real time would make every file another.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # the writer takes naive times and stores them as UTC
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\']")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MAX_SHEET_NAME = 31
_MAX_CELL_CHARACTERS = 32_767
_MAX_WIDTH, _MIN_WIDTH = 50, 10
_EXACT_DIGITS = 15
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WIDE = Context(prec=200)
_EPOCH = date(1900, 3, 1)  # earlier days have other numbers in other spreadsheet programs
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "header": {"bold": True, "bg_color": "#E7ECF2", "bottom": 1},
    "text": {},
    "inert": {"quote_prefix": True},
    "exact": {"align": "right"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    "share": {"num_format": "0.00%"},
    "number": {"num_format": "#,##0.00"},
}
_EMPHASIS: dict[str, dict[str, Any]] = {
    "plain": {},
    "subtotal": {"italic": True, "top": 1},
    "total": {"bold": True, "top": 1},
}


def write_book(rows: list[Row], template: str, target: Path, sheet_name: str | None, title: str | None) -> None:
    """Write the book to `target` as a whole, folders included. Blocks.

    Raises:
        ValueError: there are too many columns.
        TypeError: a row is no mapping.
    """
    layout = layout_of(rows, template)
    if len(layout.columns) > MAX_COLUMNS:
        raise ValueError(f"a sheet has at most {MAX_COLUMNS} columns, these are {len(layout.columns)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix=".unfinished-", suffix=".xlsx", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _write(file, layout, _sheet_name(sheet_name or template), title)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _write(file: Any, layout: Layout, name: str, title: str | None) -> None:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": title or "", "author": "ntro", "created": _CREATED})
    sheet = _Sheet(book, book.add_worksheet(name), layout)
    sheet.write(title)
    book.close()


class _Sheet:
    """Writes one layout, top to bottom."""

    def __init__(self, book: Any, sheet: Any, layout: Layout) -> None:
        self._book = book
        self._sheet = sheet
        self._layout = layout
        self._formats: dict[tuple[str, str, int], Any] = {}
        self._widths = [max(_MIN_WIDTH, len(_heading(name)) + 2) for name in layout.columns]

    def write(self, title: str | None) -> None:
        header = 2 if title else 0
        if title:
            self._text(0, 0, title, "title", "plain")
        for column, name in enumerate(self._layout.columns):
            self._text(header, column, _heading(name), "header", "plain")
        for number, line in enumerate(self._layout.lines, header + 1):
            self._line(number, line, header + 1)
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(width, _MAX_WIDTH))
        self._sheet.freeze_panes(header + 1, 0)
        if self._layout.for_print:
            self._for_print(header)

    def _for_print(self, header: int) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(header)
        self._sheet.set_footer("&CPage &P of &N")

    def _line(self, number: int, line: Line, first: int) -> None:
        sums = {total.column: total for total in line.sums}
        for column, name in enumerate(self._layout.columns):
            if name in sums:
                self._sum(number, column, sums[name], first, line.emphasis)
            else:
                self._cell(number, column, name, line.cells.get(name), line.emphasis)

    def _sum(self, row: int, column: int, total: Sum, first: int, emphasis: str) -> None:
        if _is_exact(total.value):
            letters = xlsxwriter.utility.xl_col_to_name(column)
            ranges = ",".join(f"{letters}{first + start + 1}:{letters}{first + end + 1}" for start, end in _runs(total))
            style = self._format("number", emphasis, _places(total.value))
            self._sheet.write_formula(row, column, f"=SUM({ranges})", style, total.value)
        else:
            self._text(row, column, f"{total.value:f}", "exact", emphasis)
        self._widen(column, f"{total.value:,.2f}")

    def _cell(self, row: int, column: int, name: str, value: Any, emphasis: str) -> None:
        number = number_of(value)
        if number is not None:
            self._number(row, column, number, emphasis, is_share=name in self._layout.shares)
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value, self._format("text", emphasis))
        elif isinstance(value, datetime) and value.date() >= _EPOCH:
            moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            self._sheet.write_datetime(row, column, moment, self._format("time", emphasis))
            self._widen(column, "2026-01-31 00:00:00")
        elif isinstance(value, date) and value >= _EPOCH and not isinstance(value, datetime):
            day = datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a day has no zone
            self._sheet.write_datetime(row, column, day, self._format("date", emphasis))
        elif value is not None:
            self._text(row, column, _text(value), "text", emphasis)
        elif emphasis != "plain":
            self._sheet.write_blank(row, column, None, self._format("text", emphasis))

    def _number(self, row: int, column: int, number: Decimal, emphasis: str, *, is_share: bool) -> None:
        if not _is_exact(number):
            self._text(row, column, f"{number:f}", "exact", emphasis)
            return
        style = self._format("share", emphasis) if is_share else self._format("number", emphasis, _places(number))
        self._sheet.write_number(row, column, number, style)
        self._widen(column, f"{number:,.{_places(number)}f}")

    def _text(self, row: int, column: int, text: str, style: str, emphasis: str) -> None:
        if style == "text" and text.startswith(_FORMULA_STARTS):
            style = "inert"
        clean = _CONTROL.sub("\ufffd", text)[:_MAX_CELL_CHARACTERS]
        self._sheet.write_string(row, column, clean, self._format(style, emphasis))
        if style != "title":
            self._widen(column, clean)

    def _widen(self, column: int, shown: str) -> None:
        self._widths[column] = max(self._widths[column], len(shown) + 2)

    def _format(self, style: str, emphasis: str, places: int = 2) -> Any:
        key = (style, emphasis, places)
        if key not in self._formats:
            properties = _STYLES[style] | _EMPHASIS[emphasis]
            if style == "number":
                properties = properties | {"num_format": "#,##0." + "0" * places}
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]


def _heading(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().title()


def _sheet_name(name: str) -> str:
    return _FORBIDDEN_IN_NAME.sub(" ", name).strip()[:_MAX_SHEET_NAME].strip() or "Sheet"


def _text(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_exact(number: Decimal) -> bool:
    """Whether a spreadsheet, which keeps fifteen digits, keeps this number as it is."""
    return len(_WIDE.normalize(number).as_tuple().digits) <= _EXACT_DIGITS


def _places(number: Decimal) -> int:
    """Decimals to show: two, and more where the number has more."""
    exponent = _WIDE.normalize(number).as_tuple().exponent
    return max(2, -exponent) if isinstance(exponent, int) else 2


def _runs(total: Sum) -> Sequence[tuple[int, int]]:
    """The lines of a total as ranges."""
    runs: list[tuple[int, int]] = []
    for line in total.lines:
        if runs and runs[-1][1] == line - 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    return runs
