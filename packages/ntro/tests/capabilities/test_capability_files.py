"""Files as cells and text."""

import asyncio
import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from ntro.capabilities import files, pdf
from ntro.capabilities.documents import DocumentRefusedError
from ntro.capabilities.reports import Column, Report, Section, Table, pdf_report


@pytest.fixture(scope="module")
def book() -> bytes:
    buffer = io.BytesIO()
    written = xlsxwriter.Workbook(buffer)
    rents = written.add_worksheet("Rents")
    rents.write_row(0, 0, ["Unit", "Rent"])
    rents.write_row(2, 0, ["1A", 1000.1])
    written.add_worksheet("Notes").write_row(0, 0, ["paid", True])
    written.close()
    return buffer.getvalue()


@pytest.fixture(scope="module")
def document() -> bytes:
    table = Table([Column("Unit"), Column("Rent", "amount")], [["1A", Decimal("1000.10")], ["2B", Decimal(950)]])
    return pdf_report(Report("Rent roll", sections=[Section("March", ["All units let."], [table])]))


async def test_a_book_is_rows_of_all_its_sheets(book: bytes):
    grid = await files.parse(content=book, format="xlsx")
    assert grid.cells[0] == ["Unit", "Rent"]
    assert ["1A", "1000.1"] in grid.cells
    assert ["paid", "True"] in grid.cells
    assert grid.plain_text.splitlines() == [
        "# Sheet: Rents",
        "Unit\tRent",
        "1A\t1000.1",
        "# Sheet: Notes",
        "paid\tTrue",
    ]
    assert grid.metadata == {"format": "xlsx", "sheets": ["Rents", "Notes"]}


async def test_a_pdf_is_the_text_of_its_pages(document: bytes):
    grid = await files.parse(content=document, format="pdf")
    assert grid.metadata == {"format": "pdf", "page_count": 1}
    lines = grid.plain_text.splitlines()
    assert lines[0] == "Rent roll"
    assert "All units let." in lines
    assert any("1A" in line and "1,000.10" in line for line in lines)
    assert await pdf.parse(document) == grid


async def test_ruled_tables_of_a_pdf_are_cells():
    from reportlab.platypus import SimpleDocTemplate
    from reportlab.platypus import Table as Flow

    buffer = io.BytesIO()
    rows = [["Unit", "Rent"], ["1A", "1,000.10"], ["2B", "950.00"]]
    SimpleDocTemplate(buffer).build([Flow(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])])
    assert (await files.parse(content=buffer.getvalue(), format="pdf")).cells == rows


async def test_delimited_text_is_rows_whatever_its_delimiter_and_encoding():
    grid = await files.parse(content="Einheit;Miete\n1A;1.000,10\nKüche;5\n".encode("cp1252"), format="csv")
    assert grid.cells == [["Einheit", "Miete"], ["1A", "1.000,10"], ["Küche", "5"]]
    assert grid.metadata == {"format": "csv", "row_count": 3}
    assert grid.plain_text.splitlines()[1] == "1A\t1.000,10"


async def test_other_formats_and_other_contents_are_refused(book: bytes, document: bytes):
    with pytest.raises(ValueError):
        await files.parse(content=b"x", format="docx")  # type: ignore[arg-type]  # what is tested
    wrong: list[tuple[bytes, Any, str]] = [
        (book, "pdf", "type_mismatch"),
        (document, "xlsx", "type_mismatch"),
        (b"a,b", "pdf", "type_mismatch"),
        (b"\x00\x01\x02", "csv", "type_mismatch"),
        (b"", "csv", "empty_file"),
        (b"%PDF-1.7 broken", "pdf", "malformed"),
        (b"PK\x03\x04broken", "xlsx", "malformed"),
        (bytes(files.MAX_DOCUMENT_BYTES + 1), "csv", "too_large"),
    ]
    for content, wanted, code in wrong:
        with pytest.raises(DocumentRefusedError) as caught:
            await files.parse(content=content, format=wanted)
        assert caught.value.code == code


async def test_the_loop_goes_on_while_a_file_is_parsed(document: bytes):
    """A coroutine that is ready runs before the parser's process can have ended."""
    order: list[str] = []

    async def parse() -> None:
        await files.parse(content=document, format="pdf")
        order.append("parsed")

    async def tick() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        order.append("ticked")

    await asyncio.gather(parse(), tick())
    assert order == ["ticked", "parsed"]
