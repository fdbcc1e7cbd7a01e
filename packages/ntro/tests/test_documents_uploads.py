"""What may be uploaded, and how invoices are judged."""

import io
import zipfile
from typing import Any

import pytest

from ntro.capabilities.documents import (
    MAX_DOCUMENT_BYTES,
    REFUSAL_CODES,
    DocumentRefusedError,
    check_upload,
    read_document,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "filename", "content_type"),
    [
        (b"%PDF-1.7\n", "a.pdf", "application/pdf"),
        (b"\n\n%PDF-1.4\n", "A.PDF", "application/pdf"),
        (_zip("[Content_Types].xml"), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (_zip("mimetype"), "a.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        (OLE, "a.xls", "application/vnd.ms-excel"),
        (b"<?xml version='1.0'?><x/>", "a.xml", "application/xml"),
        ("\ufeff<x/>".encode("utf-16"), "a.xml", "application/xml"),
        (b"a,b\n1,2\n", "a.csv", "text/csv"),
        (b"MZN amounts,b\n1,2\n", "a.csv", "text/csv"),
        (b"\x01\r\n:20:X", "a.sta", "text/plain"),
        (b":20:X", "statement", "text/plain"),
        (b"%PDF-1.7", "statement", "application/pdf"),
        (b"OFXHEADER:100", "a.ofx", "application/x-ofx"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "image/png"),
    ],
)
def test_documents_are_accepted_with_their_content_type(head: bytes, filename: str, content_type: str):
    assert check_upload(head, filename, len(head)) == content_type


@pytest.mark.parametrize(
    ("head", "filename", "code"),
    [
        (b"", "a.pdf", "empty_file"),
        (b"MZ\x90\x00", "a.pdf", "executable"),
        (b"MZ" + b"A" * 50, "invoice.pdf", "executable"),
        (b"MZ\x90\x00", "a.csv", "executable"),
        (b"\x7fELF\x02", "a.xlsx", "executable"),
        (b"\xcf\xfa\xed\xfe", "a.xml", "executable"),
        (b"#!/bin/sh\n", "a.csv", "executable"),
        (b"echo", "a.bat", "executable"),
        (b"plain text", "a.pdf", "type_mismatch"),
        (b"%PDF-1.7", "a.csv", "type_mismatch"),
        (b"%PDF-1.7", "a.xlsx", "type_mismatch"),
        (b"not xml", "a.xml", "type_mismatch"),
        (b"\x00\x01\x02\x00", "a.txt", "type_mismatch"),
        (OLE, "a.xlsx", "encrypted"),
        (_zip("[Content_Types].xml"), "a.xlsm", "macros"),
        (_zip("[Content_Types].xml", "xl/vbaProject.bin"), "a.xlsx", "macros"),
        (_zip("invoice.pdf"), "a.xlsx", "archive"),
        (_zip("invoice.pdf"), "a.zip", "archive"),
        (b"Rar!\x1a\x07", "a.pdf", "archive"),
        (b"\x1f\x8b\x08", "a.csv", "archive"),
        (b"\x00\x01\x02\x00", "a.bin", "unsupported_format"),
        (b"<!DOCTYPE html><html>", "a.txt", "unsupported_format"),
        (b"<p>", "a.html", "unsupported_format"),
    ],
)
def test_what_is_no_document_is_refused_with_a_code(head: bytes, filename: str, code: str):
    with pytest.raises(DocumentRefusedError) as refusal:
        check_upload(head, filename, len(head))
    assert refusal.value.code == code
    assert code in REFUSAL_CODES


def test_the_size_limit_is_exact():
    assert check_upload(b"a,b", "a.csv", MAX_DOCUMENT_BYTES) == "text/csv"
    with pytest.raises(DocumentRefusedError) as refusal:
        check_upload(b"a,b", "a.csv", MAX_DOCUMENT_BYTES + 1)
    assert refusal.value.code == "too_large"


def _ubl(root: str, totals: str, line: str = "InvoiceLine") -> bytes:
    names = 'xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
    return f"""<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" {names}>
    <b:ID>7</b:ID><b:IssueDate>2026-03-31</b:IssueDate><b:DocumentCurrencyCode>GBP</b:DocumentCurrencyCode>
    <TaxTotal><b:TaxAmount currencyID="EUR">23</b:TaxAmount></TaxTotal>
    <TaxTotal><b:TaxAmount currencyID="GBP">20</b:TaxAmount></TaxTotal>
    <LegalMonetaryTotal>{totals}</LegalMonetaryTotal>
    <{line}><b:ID>1</b:ID><b:LineExtensionAmount>100</b:LineExtensionAmount></{line}></{root}>""".encode()


def _read(content: bytes) -> tuple[Any, list[str]]:
    reading = read_document(content, filename="a.xml", schema_slug="invoice")
    return reading.as_json(), [issue.code for issue in reading.issues]


def test_a_credit_note_keeps_its_signs_and_says_what_it_is():
    totals = "<b:LineExtensionAmount>100</b:LineExtensionAmount><b:TaxInclusiveAmount>120</b:TaxInclusiveAmount>"
    found, issues = _read(_ubl("CreditNote", totals, "CreditNoteLine"))
    assert (found["type_code"], found["is_credit"], found["grand_total"]) == ("381", True, "120")
    assert found["tax_total"] == "20"
    assert issues == ["missing_seller"]


def test_totals_that_do_not_add_up_go_to_a_person():
    totals = (
        "<b:LineExtensionAmount>90</b:LineExtensionAmount><b:TaxExclusiveAmount>100</b:TaxExclusiveAmount>"
        "<b:TaxInclusiveAmount>1x</b:TaxInclusiveAmount><b:PayableAmount>-5</b:PayableAmount>"
    )
    found, issues = _read(_ubl("Invoice", totals))
    assert found["grand_total"] is None
    assert found["due_payable"] == "-5"
    assert issues.count("totals_differ") == 2
    assert {"unreadable_amount", "negative_due", "missing_grand_total", "missing_type_code"} <= set(issues)
