"""Spreadsheets from rows: numbers that are numbers, text that stays text, the same bytes each time."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntro.capabilities import excel
from ntro.capabilities.excel._layout import layout_of

Rows = list[dict[str, Any]]
TEMPLATES = ("generic", "trial-balance", "journal-detail", "reconciliation", "investor-report")
TRIAL_BALANCE: Rows = [
    {"account_code": "1200", "account_name": "Bank", "debit": Decimal("1000.10"), "credit": None},
    {"account_code": "4000", "account_name": "Rent", "debit": None, "credit": Decimal("1000.10")},
]


async def cells(tmp_path: Path, data: Rows, **options: Any) -> list[list[Any]]:
    """The values of the one sheet that `generate` writes."""
    path = await excel.generate(data=data, output_path=str(tmp_path / "new" / "book.xlsx"), **options)
    return read(path)


def read(path: str) -> list[list[Any]]:
    return python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()


def part(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    """One part of the file as it is written."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


async def test_headers_are_titles_and_amounts_are_numbers(tmp_path: Path):
    rows: Rows = [{"account_code": "1200", "amount": Decimal("-5.25"), "n": 3, "ratio": 0.1, "ok": True, "gone": None}]
    found = await cells(tmp_path, rows, sheet_name="March: all/any")
    assert found == [["Account Code", "Amount", "N", "Ratio", "Ok", "Gone"], ["1200", -5.25, 3.0, 0.1, True, ""]]
    book = part(tmp_path / "new" / "book.xlsx", "xl/workbook.xml")
    assert "March  all any" in book
    assert "#,##0.00" in part(tmp_path / "new" / "book.xlsx", "xl/styles.xml")


async def test_a_title_stands_in_the_first_row_and_headers_in_the_third(tmp_path: Path):
    found = await cells(tmp_path, [{"a": "1"}, {"b": "2"}], title="March")
    assert found[0][0] == "March"
    assert found[2:] == [["A", "B"], ["1", ""], ["", "2"]]


async def test_days_and_times_are_dates_and_the_rest_is_text(tmp_path: Path):
    rows: Rows = [{"day": date(2026, 3, 31), "at": datetime(2026, 3, 31, 12, 30, tzinfo=UTC), "all": {"b": [1]}}]
    found = await cells(tmp_path, [*rows, {"day": date(1899, 1, 1), "all": "a\x00b"}])
    assert found[1] == [date(2026, 3, 31), datetime(2026, 3, 31, 12, 30), '{"b": [1]}']  # noqa: DTZ001 - as a sheet has it
    assert found[2][0] == "1899-01-01"
    assert "\x00" not in found[2][2]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]
)
@pytest.mark.parametrize("template", ["generic", "journal-detail", "investor-report"])
async def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path, text: str, template: str):
    found = await cells(tmp_path, [{"journal": text, text: text, "debit": "1"}], template=template, title=text)
    assert [text in row for row in found].count(True) >= 2
    sheet = part(tmp_path / "new" / "book.xlsx")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'quotePrefix="1"' in part(tmp_path / "new" / "book.xlsx", "xl/styles.xml")


async def test_amounts_of_more_digits_than_a_sheet_keeps_are_text(tmp_path: Path):
    amount = Decimal("12345678901234567.89")
    found = await cells(tmp_path, [{"amount": amount}, {"amount": amount}], template="trial-balance")
    assert [row[0] for row in found[1:]] == [f"{amount}", f"{amount}", "24691357802469135.78"]


async def test_a_trial_balance_has_totals_that_add_up(tmp_path: Path):
    found = await cells(tmp_path, TRIAL_BALANCE, template="trial-balance", title="TB")
    assert found[-1] == ["TOTAL", "", 1000.1, 1000.1]
    sheet = part(tmp_path / "new" / "book.xlsx")
    assert "<f>SUM(C4:C5)</f>" in sheet
    assert "<f>SUM(D4:D5)</f>" in sheet


async def test_a_journals_lines_stand_together_with_their_totals(tmp_path: Path):
    rows: Rows = [
        {"debit": Decimal(5), "journal": "J1", "account_code": "1"},
        {"debit": Decimal(7), "journal": "J2", "account_code": "1"},
        {"credit": Decimal(5), "journal": "J1", "account_code": "2"},
        {"credit": Decimal(6), "journal": "J2", "account_code": "2"},
    ]
    found = await cells(tmp_path, rows, template="journal-detail")
    assert found[0] == ["Journal", "Account Code", "Debit", "Credit"]
    assert [row[0] for row in found[1:]] == [
        "J1",
        "J1",
        "Total J1",
        "J2",
        "J2",
        "Total J2",
        "TOTAL",
        "Debits less credits",
    ]
    assert [row[2:] for row in (found[3], found[6], found[7])] == [[5, 5], [7, 6], [12, 11]]
    assert found[8][2] == 1
    assert "<f>SUM(C2:C3,C5:C6)</f>" in part(tmp_path / "new" / "book.xlsx")


async def test_a_reconciliation_shows_what_differs(tmp_path: Path):
    rows: Rows = [
        {"item": "Rent", "ledger_amount": Decimal("10.00"), "bank_amount": Decimal("10.00")},
        {"item": "Fee", "ledger_amount": Decimal("1.00"), "bank_amount": Decimal("1.01")},
        {"item": "Old", "ledger_amount": Decimal("1.00"), "bank_amount": "?"},
    ]
    found = await cells(tmp_path, rows, template="reconciliation")
    assert found[0][-2:] == ["Difference", "Reconciled"]
    assert [row[-2:] for row in found[1:4]] == [[0, "yes"], [-0.01, "no"], ["", "cannot be compared"]]
    assert found[4] == ["TOTAL", 12, 11.01, -0.01, ""]


async def test_an_investor_report_shows_shares_and_is_laid_out_for_print(tmp_path: Path):
    rows: Rows = [{"investor": "A", "nav": Decimal(750), "ownership_pct": Decimal("0.75")}]
    found = await cells(tmp_path, rows, template="investor-report")
    assert found[1:] == [["A", 750, 0.75], ["TOTAL", 750, ""]]
    sheet = part(tmp_path / "new" / "book.xlsx")
    assert 'orientation="landscape"' in sheet
    assert "Page &amp;P of &amp;N" in sheet
    assert "0.00%" in part(tmp_path / "new" / "book.xlsx", "xl/styles.xml")


@pytest.mark.parametrize(
    "template", ["generic", "trial-balance", "journal-detail", "reconciliation", "investor-report"]
)
async def test_no_rows_make_a_book_too(tmp_path: Path, template: str):
    found = await cells(tmp_path, [], template=template, title="Nothing")
    assert found[0][0] == "Nothing"
    assert (len(found) > 2) == (template != "generic")


@pytest.mark.parametrize(
    "template", ["generic", "trial-balance", "journal-detail", "reconciliation", "investor-report"]
)
async def test_the_same_rows_give_the_same_bytes(tmp_path: Path, template: Any):
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for path in paths:
        await excel.generate(data=TRIAL_BALANCE, template=template, output_path=str(path), title="T")
    first, second = contents(paths)
    assert first == second


async def test_a_book_that_is_there_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "book.xlsx"
    await excel.generate(data=TRIAL_BALANCE, output_path=str(target))
    before = contents([target])
    with pytest.raises(TypeError):
        await excel.generate(data=["no row"], output_path=str(target))  # type: ignore[list-item]  # what is tested
    monkeypatch.setattr("ntro.capabilities.excel._book._write", lambda *_arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await excel.generate(data=[], output_path=str(target))
    assert contents([target]) == before
    assert sorted(path.name for path in target.parent.glob("*")) == ["book.xlsx"]


async def test_what_fits_no_sheet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = str(tmp_path / "book.xlsx")
    with pytest.raises(ValueError):
        await excel.generate(data=[], template="fancy", output_path=target)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(ValueError):
        await excel.generate(data=[{str(n): n for n in range(excel.MAX_COLUMNS + 1)}], output_path=target)
    monkeypatch.setattr(excel, "MAX_ROWS", 1)
    with pytest.raises(ValueError):
        await excel.generate(data=[{}, {}], output_path=target)


@given(amounts=st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=30))
def test_totals_are_exact(amounts: list[Decimal]):
    layout = layout_of([{"account": "x", "debit": amount} for amount in amounts], "trial-balance")
    assert layout.lines[-1].sums[0].value == sum(amounts)


@given(row=st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
async def test_any_row_makes_a_book(tmp_path: Path, row: dict[str, Any]):
    await excel.generate(data=[row], template="journal-detail", output_path=str(tmp_path / "any.xlsx"))
    assert python_calamine.load_workbook(io.BytesIO(contents([tmp_path / "any.xlsx"])[0])).sheet_names


def contents(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]
