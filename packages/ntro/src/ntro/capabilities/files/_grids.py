"""Grids from what the document readers take out of a file."""

from decimal import Decimal

from ntro.capabilities.documents._book import read_book
from ntro.capabilities.documents._csv import decode_text, read_csv
from ntro.capabilities.documents._pdf import Page, lines_of, read_pdf, text_of
from ntro.capabilities.documents._pdf_tables import ruled_tables
from ntro.capabilities.documents._table import Cell, Table
from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.uploads import MAX_DOCUMENT_BYTES
from ntro.capabilities.files import CellGrid, Format

_BOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


def grid_of(content: bytes, wanted: Format) -> CellGrid:
    """The grid of a file of the format `wanted`. Blocks.

    Raises:
        DocumentRefusedError: the file cannot be opened as that.
    """
    if not content:
        raise DocumentRefusedError("empty_file", "the file is empty; upload it again from its source")
    if len(content) > MAX_DOCUMENT_BYTES:
        raise DocumentRefusedError("too_large", f"the file is larger than {MAX_DOCUMENT_BYTES} bytes; split it")
    found = _format_of(content)
    if found != wanted:
        raise DocumentRefusedError("type_mismatch", f"the file is a {found}, and was to be parsed as {wanted}")
    match wanted:
        case "pdf":
            return _pdf(content)
        case "xlsx":
            return _book(content)
        case "csv":
            return _csv(content)


def _format_of(content: bytes) -> Format:
    if b"%PDF-" in content[:1024]:
        return "pdf"
    return "xlsx" if content.startswith(_BOOK_STARTS) else "csv"


def _pdf(content: bytes) -> CellGrid:
    pages = read_pdf(content).pages
    return CellGrid(
        cells=[_texts(row) for page in pages for table in ruled_tables(page) for row in table.rows],
        plain_text="\n\n".join(_page_text(page) for page in pages),
        metadata={"format": "pdf", "page_count": len(pages)},
    )


def _page_text(page: Page) -> str:
    return "\n".join(text_of(line) for line in lines_of(page.words))


def _book(content: bytes) -> CellGrid:
    _, sheets = read_book(content)
    return CellGrid(
        cells=[_texts(row) for sheet in sheets for row in sheet.rows],
        plain_text="\n".join(_sheet_text(sheet) for sheet in sheets),
        metadata={"format": "xlsx", "sheets": [sheet.name for sheet in sheets]},
    )


def _sheet_text(sheet: Table) -> str:
    rows = [[text for text in _texts(row) if text] for row in sheet.rows]
    return "\n".join([f"# Sheet: {sheet.name}", *("\t".join(row) for row in rows if row)])


def _csv(content: bytes) -> CellGrid:
    text = decode_text(content)
    if "\x00" in text:
        raise DocumentRefusedError("type_mismatch", "the file is not text, and was to be parsed as csv")
    rows = [_texts(row) for row in read_csv(text).rows]
    return CellGrid(
        cells=rows,
        plain_text="\n".join("\t".join(row) for row in rows),
        metadata={"format": "csv", "row_count": len(rows)},
    )


def _texts(row: tuple[Cell, ...]) -> list[str]:
    return [format(cell.value, "f") if isinstance(cell.value, Decimal) else cell.text for cell in row]
