"""PDF documents: attached e-invoices first, then tables, then labelled terms."""

from collections.abc import Iterator

from ntro.capabilities.documents import _rent_roll, _trial_balance
from ntro.capabilities.documents._cii import is_cii, read_cii
from ntro.capabilities.documents._loan import Line, read_loan_agreement
from ntro.capabilities.documents._pdf import Pdf, lines_of, pieces_of, read_pdf, text_of
from ntro.capabilities.documents._pdf_tables import HeaderColumns, joined, ruled_tables, text_table
from ntro.capabilities.documents._table import Cell, Table
from ntro.capabilities.documents._tables import read_tables
from ntro.capabilities.documents._ubl import is_ubl, read_ubl
from ntro.capabilities.documents._vocabulary import RENT_ROLL, TRIAL_BALANCE
from ntro.capabilities.documents._xml import parse_xml
from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.reading import Issue, IssueLog, Kind, Parsed

_SPECIFICATIONS = ((RENT_ROLL, _rent_roll.is_enough), (TRIAL_BALANCE, _trial_balance.is_enough))


def read_pdf_document(content: bytes, expected: Kind | None) -> Parsed:
    """What a PDF holds.

    Raises:
        DocumentRefusedError: the PDF cannot be opened, has no text, or holds nothing that a reader knows.
    """
    pdf = read_pdf(content)
    if expected == "bank_statement":
        raise DocumentRefusedError(
            "unknown_kind",
            "bank statements are read from CAMT, MT940 or OFX files, not from a PDF",
        )
    invoice = _attached_invoice(pdf) if expected in {None, "invoice"} else None
    if invoice is not None:
        return invoice
    if not any(page.words for page in pdf.pages):
        raise DocumentRefusedError("no_text", "the PDF has no text; it may be a scan. Enter its figures by hand")
    parsed = _tables(pdf, expected) if expected in {None, "rent_roll", "trial_balance"} else None
    if parsed is None and expected in {None, "loan_agreement"}:
        parsed = _loan(pdf)
    if parsed is not None:
        return parsed
    if expected in {"rent_roll", "trial_balance"}:
        raise DocumentRefusedError(
            "no_tables", f"the PDF holds no table with the columns of a {expected.replace('_', ' ')}"
        )
    raise DocumentRefusedError(
        "unknown_kind", "the PDF holds no e-invoice, no rent roll, no trial balance and no loan terms; enter it by hand"
    )


def _attached_invoice(pdf: Pdf) -> Parsed | None:
    broken: DocumentRefusedError | None = None
    found: list[Parsed] = []
    for name, data in pdf.attachments:
        if not name.lower().endswith(".xml") and not data.lstrip()[:5].startswith((b"<?xml", b"\xef\xbb\xbf<?")):
            continue
        try:
            root = parse_xml(data, f"the attached {name}")
        except DocumentRefusedError as error:
            broken = broken or error
            continue
        if is_cii(root):
            found.append(read_cii(root))
        elif is_ubl(root):
            found.append(read_ubl(root))
    if not found:
        if broken is not None:
            raise broken
        return None
    first = found[0]
    more = (Issue("more_invoices", f"{len(found)} invoices are attached, the first is read"),) if len(found) > 1 else ()
    return Parsed(first.content, f"PDF with {first.format}", f"pdf-{first.reader}", (*first.issues, *more))


def _tables(pdf: Pdf, expected: Kind | None) -> Parsed | None:
    head = _head_rows(pdf)
    ruled = joined([table for page in pdf.pages for table in ruled_tables(page)])
    parsed = read_tables([_with_head(table, head) for table in ruled], "PDF", expected)
    if parsed is not None:
        return parsed
    for columns, is_enough in _SPECIFICATIONS:
        tables: list[Table] = []
        header: HeaderColumns | None = None
        for page in pdf.pages:
            read = text_table(page, columns, is_enough, header)
            if read is not None:
                table, header = read
                tables.append(table)
        parsed = read_tables([_with_head(table, head) for table in joined(tables)], "PDF", expected)
        if parsed is not None:
            return parsed
    return None


def _head_rows(pdf: Pdf) -> tuple[tuple[Cell, ...], ...]:
    """The first lines of the first page: they name period and currency."""
    lines = lines_of(pdf.pages[0].words)[:12]
    return tuple((Cell(text_of(line), f"page 1, line {number}"),) for number, line in enumerate(lines, start=1))


def _with_head(table: Table, head: tuple[tuple[Cell, ...], ...]) -> Table:
    return Table(table.name, head + table.rows, table.geometry)


def _loan(pdf: Pdf) -> Parsed | None:
    issues = IssueLog()
    agreement = read_loan_agreement(_lines(pdf), issues)
    return None if agreement is None else Parsed(agreement, "PDF", "pdf-loan-agreement", issues.found())


def _lines(pdf: Pdf) -> Iterator[Line]:
    for page in pdf.pages:
        for number, line in enumerate(lines_of(page.words), start=1):
            yield f"page {page.number}, line {number}", [text_of(piece) for piece in pieces_of(line)]
