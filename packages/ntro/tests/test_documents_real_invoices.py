"""Published e-invoices and broken ones, against their truth."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ntro.capabilities.documents import DocumentRefusedError, read_document

pytestmark = pytest.mark.real_data

AMOUNTS = ("line_total", "tax_basis", "tax_total", "grand_total", "prepaid", "due_payable")
TEXTS = {
    "invoice_number": "number",
    "type_code": "type_code",
    "seller": "seller",
    "buyer": "buyer",
    "currency": "currency",
}
OPTIONAL = {"seller_vat": "seller_vat", "iban": "iban", "profile": "profile"}


def _iso(written: str | None) -> str | None:
    return f"{written[:4]}-{written[4:6]}-{written[6:]}" if written and "-" not in written else written


def _compare(read: dict[str, Any], expected: dict[str, Any], name: str) -> None:
    for key in AMOUNTS:
        stated = expected[key]
        assert (read[key] and Decimal(read[key])) == (stated and Decimal(stated)), (name, key)
    for theirs, ours in TEXTS.items():
        assert read[ours] == (expected[theirs] or None), (name, ours)
    for theirs, ours in OPTIONAL.items():
        if theirs in expected:
            assert read[ours] == (expected[theirs] or None), (name, ours)
    assert read["issue_date"] == _iso(expected["issue_date"]), name
    assert read["due_date"] == _iso(expected["due_date"]), name
    assert len(read["lines"]) == expected["lines"], name


@pytest.mark.parametrize("folder", ["invoices-zugferd", "einvoices-en16931-xml"])
def test_every_valid_invoice_equals_its_truth(real_data: Path, folder: str):
    truth = json.loads((real_data / folder / "expected.json").read_text())
    for name, expected in truth.items():
        reading = read_document((real_data / folder / name).read_bytes(), filename=name, schema_slug="invoice")
        _compare(reading.as_json(), expected.get("fields", expected), name)
    print(f"{folder}: {len(truth)} invoices equal")  # noqa: T201 — how much was compared belongs to the result


def test_trapped_invoices_are_read_with_issues_or_refused(real_data: Path):
    folder = real_data / "invoices-adversarial"
    truth = json.loads((folder / "expected.json").read_text())
    for name, expected in truth.items():
        content = (folder / name).read_bytes()
        if "error" in expected:
            with pytest.raises(DocumentRefusedError) as refusal:
                read_document(content, filename=name)
            assert refusal.value.code == "malformed"
            continue
        reading = read_document(content, filename=name)
        _compare(reading.as_json(), expected["fields"], name)
        codes = {issue.code for issue in reading.issues}
        for key in ("currency", "type_code"):
            assert (f"missing_{key}" in codes) == (not expected["fields"][key]), name
        is_negative = Decimal(expected["fields"]["grand_total"]) < 0
        assert ("negative_total" in codes) == is_negative
        assert reading.as_json()["is_credit"] == is_negative
    print(f"invoices-adversarial: {len(truth)} files read with issues or refused")  # noqa: T201 — how much was compared belongs to the result


@pytest.mark.parametrize("folder", ["adversarial-pdf", "adversarial-spreadsheets"])
def test_hostile_files_are_refused_and_nothing_else(real_data: Path, folder: str):
    names = json.loads((real_data / folder / "expected.json").read_text())
    codes: dict[str, int] = {}
    for name in names:
        with pytest.raises(DocumentRefusedError) as refusal:
            read_document((real_data / folder / name).read_bytes(), filename=name)
        codes[refusal.value.code] = codes.get(refusal.value.code, 0) + 1
    print(f"{folder}: {len(names)} files refused: {codes}")  # noqa: T201 — how much was compared belongs to the result
