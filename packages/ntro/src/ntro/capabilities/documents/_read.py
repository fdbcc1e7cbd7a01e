"""Finds out what a document is, and hands it to its reader."""

import re

from ntro.capabilities.documents._book import read_book
from ntro.capabilities.documents._camt import is_camt, read_camt
from ntro.capabilities.documents._cii import is_cii, read_cii
from ntro.capabilities.documents._csv import decode_text, read_csv
from ntro.capabilities.documents._mt940 import is_mt940, read_mt940
from ntro.capabilities.documents._ofx import read_ofx
from ntro.capabilities.documents._ofx_tree import is_ofx, parse_ofx
from ntro.capabilities.documents._pdf_document import read_pdf_document
from ntro.capabilities.documents._tables import read_tables
from ntro.capabilities.documents._ubl import is_ubl, read_ubl
from ntro.capabilities.documents._xml import local, parse_xml
from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.reading import Kind, Parsed

_BAI2 = re.compile(r"\s*01,[^,\n]*,[^,\n]*,[0-9]{6},")
_QIF = re.compile(r"\s*!(Type|Account|Option):", re.IGNORECASE)
_BOOK_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_IMAGE_MAGIC = (b"\x89PNG", b"\xff\xd8\xff")


def parse(content: bytes, expected: Kind | None) -> Parsed:
    """The content of a document of any known format.

    Raises:
        DocumentRefusedError: no reader knows it, or its own reader refuses it.
    """
    if b"%PDF-" in content[:1024]:
        return read_pdf_document(content, expected)
    if content.startswith(_BOOK_MAGIC):
        return _book(content, expected)
    if content.startswith(_IMAGE_MAGIC):
        raise DocumentRefusedError("unsupported_format", "pictures are not read; enter their figures by hand")
    text = decode_text(content)
    if is_ofx(text):
        return read_ofx(parse_ofx(text))
    if text.lstrip("\ufeff \r\n\t").startswith("<"):
        return _xml(content)
    if is_mt940(text):
        return read_mt940(text)
    return _delimited(text, expected)


def _book(content: bytes, expected: Kind | None) -> Parsed:
    if b"word/document.xml" in content[-65_536:]:
        raise DocumentRefusedError("unsupported_format", "text documents are not read; save a PDF or a spreadsheet")
    format_name, tables = read_book(content)
    if not any(not cell.is_empty for table in tables for row in table.rows for cell in row):
        raise DocumentRefusedError("no_tables", "the book is empty")
    return _known(read_tables(tables, format_name.upper(), expected), expected, "the book")


def _xml(content: bytes) -> Parsed:
    root = parse_xml(content, "the file")
    if is_camt(root):
        return read_camt(root)
    if is_cii(root):
        return read_cii(root)
    if is_ubl(root):
        return read_ubl(root)
    raise DocumentRefusedError("unsupported_format", f"XML documents of type {local(root)[:60]!r} are not read")


def _delimited(text: str, expected: Kind | None) -> Parsed:
    if _BAI2.match(text):
        raise DocumentRefusedError(
            "unsupported_format", "BAI2 files are not read; export the statement as CAMT.053 or MT940"
        )
    if _QIF.match(text):
        raise DocumentRefusedError(
            "unsupported_format", "QIF files are not read; export the statement as OFX or CAMT.053"
        )
    if expected == "bank_statement":
        raise DocumentRefusedError(
            "unsupported_format", "bank statements are read from CAMT, MT940 and OFX files; export one of these"
        )
    return _known(read_tables([read_csv(text)], "CSV", expected), expected, "the file")


def _known(parsed: Parsed | None, expected: Kind | None, what: str) -> Parsed:
    if parsed is None:
        wanted = f"a {expected.replace('_', ' ')}" if expected else "a trial balance or a rent roll"
        raise DocumentRefusedError("unknown_kind", f"{what} has no header row with the columns of {wanted}")
    return parsed
