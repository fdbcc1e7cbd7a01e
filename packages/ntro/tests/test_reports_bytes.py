"""Workbooks and PDF reports: the same content gives the same bytes, and what is written is what was given."""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pdfplumber
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from ntro.capabilities.reports import Column, Report, ReportError, Section, Signature, Table, pdf_report, workbook
from ntro.capabilities.reports.model import shown

SAMPLE = """
from datetime import UTC, date, datetime
from decimal import Decimal
from ntro.capabilities.reports import *
COLUMNS = [Column("Account", width=12), Column("Name", width=30), Column("Debit", "amount"), Column("On", "date")]
ROWS = [[f"{n}", f"Konto Łódź {n} <b>&", Decimal(n) / 100, date(2026, 3, 1)] for n in range(120)]
TABLE = Table(COLUMNS, ROWS, totals=["Total", None, sum((row[2] for row in ROWS), Decimal(0)), None], title="Lines")
REPORT = Report("NAV pack", "SPV 1, 2026-03", [("Entity", "SPV 1"), ("NAV", "1,000.00 GBP")],
    [Section("Trial balance", ["One paragraph."], [TABLE]), Section("Checks")],
    [Signature("Preparer", "Ann", datetime(2026, 4, 2, 9, tzinfo=UTC)), Signature("Reviewer")])
"""
DIGESTS = SAMPLE + "import hashlib; print(*(hashlib.sha256(f(REPORT)).hexdigest() for f in (workbook, pdf_report)))"


def sample() -> Report:
    names: dict[str, Any] = {}
    exec(SAMPLE, names)
    report: Report = names["REPORT"]
    return report


def test_the_bytes_are_the_same_in_another_process_zone_locale_and_hash_seed():
    here = [hashlib.sha256(make(sample())).hexdigest() for make in (workbook, pdf_report)]
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == here


def test_a_workbook_holds_numbers_dates_and_exact_totals():
    content = workbook(sample())
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert sheets.sheet_names == ["Summary", "Trial balance", "Checks"]
    rows = sheets.get_sheet_by_name("Trial balance").to_python()
    assert ["7", "Konto Łódź 7 <b>&", 0.07, date(2026, 3, 1)] in rows
    assert ["Total", "", 71.4, ""] in rows
    assert ["Exact", "", "71.40", ""] in rows


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.com", "12", '=HYPERLINK("x")'])
def test_text_is_never_a_formula_a_link_or_a_number(text: str):
    table = Table([Column("A")], [[text]], totals=[text])
    content = workbook(Report(text, text, [(text, text)], [Section("S", [text], [table])], [Signature(text, text)]))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/"):
                xml = package.read(name).decode()
                assert "<f>" not in xml
                assert "hyperlink" not in xml
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("S")
    assert [row[0] for row in sheet.to_python()].count(text) == 3


def test_a_number_that_a_spreadsheet_cannot_keep_exactly_is_written_as_text():
    exact = Decimal("1234567890123456.78")
    table = Table([Column("A", "amount")], [[exact], [Decimal("0.12345")]])
    content = workbook(Report("R", sections=[Section("S", tables=[table])]))
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("S").to_python()
    assert ["1,234,567,890,123,456.78"] in rows
    assert [0.12345] in rows


@pytest.mark.parametrize("names", [("A", "a"), ("", "B"), ("Summary", "B"), ("x" * 31 + "1", "x" * 31 + "2")])
def test_sheets_need_names_of_their_own(names: tuple[str, str]):
    with pytest.raises(ReportError):
        workbook(Report("R", sections=[Section(name) for name in names]))


def test_a_pdf_holds_every_row_its_signatures_and_its_page_numbers():
    with pdfplumber.open(io.BytesIO(pdf_report(sample()))) as document:
        pages = [page.extract_text() for page in document.pages]
        fonts = {character["fontname"] for page in document.pages for character in page.chars}
    text = "\n".join(pages)
    assert all(f"Konto Łódz {number} <b>&" in text for number in range(120))
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert len(pages) > 2
    assert "Ann 2026-04-02T09:00:00+00:00" in text
    assert all("Vera" in font for font in fonts)


def test_a_letter_without_a_glyph_loses_its_accent_and_another_character_is_written_as_its_code():
    with pdfplumber.open(io.BytesIO(pdf_report(Report("中 fund Łódź")))) as document:
        assert "U+4E2D fund Łódz" in document.pages[0].extract_text()


@pytest.mark.parametrize(
    "row", [["a"], ["a", Decimal(1), "x"], ["a", Decimal("NaN")], [Decimal(1), Decimal(1)], ["a", True]]
)
def test_a_row_that_does_not_fit_its_columns_is_refused(row: list[Any]):
    with pytest.raises(ReportError):
        Table([Column("A"), Column("B", "amount")], [row])


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18))
def test_an_amount_is_shown_without_losing_a_digit(amount: Decimal):
    assert Decimal(shown(Column("A", "amount"), amount).replace(",", "")) == amount


def test_an_empty_report_is_a_report():
    assert pdf_report(Report("")).startswith(b"%PDF")
    assert workbook(Report("")).startswith(b"PK")
    assert shown(Column("A"), None) == ""
