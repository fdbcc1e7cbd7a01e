"""Rows of tables by their headings."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter

from ntro.capabilities.documents import DocumentRefusedError
from ntro.capabilities.documents.records import read_records, written


def has_name(headings: Sequence[str]) -> bool:
    return "Name" in headings


def read(content: bytes, filename: str = "x.csv", limit: int = 10) -> list[tuple[int, dict[str, object]]]:
    found = read_records(content, filename=filename, is_header=has_name, limit=limit)
    return [(record.number, dict(record.values)) for record in found]


def test_rows_below_the_header_are_read_by_its_headings_and_empty_ones_left_out():
    content = b"A list\n\nName;Amount;Name\nx;1,50;second\n;;\ny;;\n"
    assert read(content) == [(1, {"Name": "x", "Amount": "1,50"}), (2, {"Name": "y", "Amount": None})]


def test_a_book_gives_decimals_and_dates():
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Amount", "Day"])
        sheet.write_row(1, 0, ["x", 0.1 + 0.2])
        sheet.write_datetime(1, 2, date(2026, 3, 9), book.add_format({"num_format": "yyyy-mm-dd"}))
    ((_, values),) = read(content.getvalue(), "x.xlsx")
    assert values == {"Name": "x", "Amount": Decimal("0.3"), "Day": date(2026, 3, 9)}


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"a,b\n1,2\n", "x.csv", "no_tables"),
        (b"%PDF-1.4\n", "x.pdf", "unsupported_format"),
        (b"Name\n" + b"x\n" * 11, "x.csv", "too_large"),
        (b"Name,B\nx,1,2\n", "x.csv", "malformed"),
        (b"", "x.csv", "empty_file"),
    ],
)
def test_what_is_no_such_table_is_refused_with_its_code(content: bytes, filename: str, code: str):
    with pytest.raises(DocumentRefusedError) as refusal:
        read(content, filename)
    assert refusal.value.code == code


def test_values_are_written_as_json():
    assert [written(value) for value in (Decimal("1E+2"), date(2026, 3, 9), True, None, "x")] == [
        "100",
        "2026-03-09",
        True,
        None,
        "x",
    ]
