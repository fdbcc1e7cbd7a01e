"""The truth about the real input files, and what it says of a reading."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
INVOICE_AMOUNTS = ("line_total", "tax_basis", "tax_total", "grand_total", "prepaid", "due_payable")
INVOICE_TEXTS = {"invoice_number": "number", "type_code": "type_code", "seller": "seller", "buyer": "buyer"}
INVOICE_STATED = {"currency": "currency", "seller_vat": "seller_vat", "iban": "iban", "profile": "profile"}
STATEMENTS = {"bank-camt": 14, "bank-mt940": 15, "bank-ofx": 13}
INVOICES = {"invoices-zugferd": 22, "einvoices-en16931-xml": 14, "invoices-adversarial": 7}


@dataclass(frozen=True, slots=True)
class Case:
    """One file, what is true of it, and the code by which it is refused where no reading of it can be right."""

    folder: str
    path: Path
    truth: Any

    @property
    def schema(self) -> str:
        return "bank-statement" if self.folder in STATEMENTS else "invoice"

    @property
    def refused_as(self) -> str | None:
        return "malformed" if isinstance(self.truth, dict) and "error" in self.truth else None

    def check(self, reading: Mapping[str, Any]) -> None:
        """Holds `reading`, in the shape of `ntro document read`, against the truth; each figure exactly."""
        CHECKS[self.folder](reading, self.truth, self.path.name)
        needs_a_person = any(why(self.truth) for why in REASONS)
        assert reading["issues"] or not needs_a_person, f"{self.path.name} is silently wrong"

    def __str__(self) -> str:
        return f"{self.folder}/{self.path.name}"


def exact(text: str | None) -> Decimal | None:
    """An amount of either side. A float never gets here: both sides are text."""
    assert text is None or isinstance(text, str)
    return Decimal(text) if text else None


def codes(reading: Mapping[str, Any]) -> list[str]:
    return [issue["code"] for issue in reading["issues"]]


def camt(reading: Mapping[str, Any], truth: list[Json], name: str) -> None:
    assert len(reading["statements"]) == len(truth), name
    for statement, stated in zip(reading["statements"], truth, strict=True):
        amounts = [exact(entry["amount"]) for entry in statement["entries"]]
        assert amounts == [exact(amount) for amount in stated["entry_amounts"]], name
        assert len(amounts) == stated["entries"], name
        assert all(entry["currency"] for entry in statement["entries"]), name
        found = [(balance["code"], exact(balance["amount"]), balance["currency"]) for balance in statement["balances"]]
        assert found == [(item["code"], exact(item["amount"]), item["ccy"]) for item in stated["balances"]], name
        assert statement["reconciles"] == stated.get("reconciles"), name
        assert statement["account"] == (stated["account"].strip() or statement["account"]), name


def mt940(reading: Mapping[str, Any], truth: list[Json], name: str) -> None:
    assert len(reading["statements"]) == len(truth), name
    for statement, stated in zip(reading["statements"], truth, strict=True):
        amounts = [exact(entry["amount"]) for entry in statement["entries"]]
        assert amounts == [exact(amount) for _, amount in stated["transactions"]], name
        for entry, (day, _) in zip(statement["entries"], stated["transactions"], strict=True):
            named = any(issue["where"] == entry["where"] for issue in reading["issues"])
            assert entry["date"] == f"20{day[:2]}-{day[2:4]}-{day[4:]}" or (entry["date"] is None and named), name
        for key in ("opening", "closing"):
            assert exact(statement[key]) == exact(stated[key]), (name, key)
        assert statement["account"] == stated["account"], name
        assert statement["currency"] == stated["currency"] or stated["currency"] is None, name
        assert statement["reconciles"] == stated.get("reconciles"), name
    unread = sum(stated["lines_61"] - stated["parsed"] for stated in truth)
    assert codes(reading).count("unparsed_line") == unread, name


def ofx(reading: Mapping[str, Any], truth: Json, name: str) -> None:
    statements = reading["statements"]
    entries = [entry for statement in statements for entry in statement["entries"]]
    assert [exact(entry["amount"]) for entry in entries] == [exact(text) for text in truth["amounts"]], name
    assert len(entries) == truth["statement_transactions"], name
    trades = [trade for statement in statements for trade in statement["trades"]]
    assert len(trades) == truth["units_trades"], name
    references = [item["reference"] for item in (*entries, *trades) if item["reference"]]
    assert sorted(references) == sorted(truth["fitids"]), name
    assert ([statement["account"] for statement in statements] or reading["listed_accounts"]) == truth["accounts"], name
    assert [statement["currency"] for statement in statements] == truth["currency"], name
    closing = [exact(item["closing"]) for item in statements if "LEDGERBAL" in {b["code"] for b in item["balances"]}]
    assert closing == [exact(text) for text in truth["ledger_balance"]], name
    assert ("bank_error" in codes(reading)) == any(code != "0" for code in truth["status_codes"]), name


def invoice(reading: Mapping[str, Any], truth: Json, name: str) -> None:
    stated = truth.get("fields", truth)
    for key in INVOICE_AMOUNTS:
        assert exact(reading[key]) == exact(stated[key]), (name, key)
    for theirs, ours in INVOICE_TEXTS.items():
        assert reading[ours] == (stated[theirs] or None), (name, ours)
    for theirs, ours in INVOICE_STATED.items():
        assert theirs not in stated or reading[ours] == (stated[theirs] or None), (name, ours)
    for key in ("issue_date", "due_date"):
        written = (stated[key] or "").replace("-", "")
        assert (reading[key] or "").replace("-", "") == written, (name, key)
    assert len(reading["lines"]) == stated["lines"], name
    assert reading["is_credit"] == is_credit(stated), name


def is_credit(stated: Json) -> bool:
    return (stated["type_code"] in {"381", "261"}) != ((exact(stated["grand_total"]) or Decimal(0)) < 0)


CHECKS: dict[str, Callable[[Mapping[str, Any], Any, str], None]] = {
    "bank-camt": camt,
    "bank-mt940": mt940,
    "bank-ofx": ofx,
    "invoices-zugferd": invoice,
    "einvoices-en16931-xml": invoice,
    "invoices-adversarial": invoice,
}
# What in the truth means that a person has to look before anything of the file counts.
REASONS: tuple[Callable[[Any], bool], ...] = (
    lambda truth: isinstance(truth, list) and any(item.get("reconciles") is False for item in truth),
    lambda truth: isinstance(truth, dict) and bool(truth.get("must_fail")),
    lambda truth: isinstance(truth, dict) and truth.get("basis_plus_tax_equals_total") is False,
    lambda truth: isinstance(truth, dict) and "fields" in truth and truth["fields"].get("currency") == "",
    lambda truth: isinstance(truth, dict) and "fields" in truth and truth["fields"].get("type_code") == "",
)


@pytest.fixture(scope="session")
def cases(real_data: Path) -> list[Case]:
    """Every statement and every invoice."""
    return list(all_cases(real_data))


def all_cases(folder: Path) -> Iterator[Case]:
    for name, count in (STATEMENTS | INVOICES).items():
        truth: Json = json.loads((folder / name / "expected.json").read_text())
        assert len(truth) >= count, f"{name} lacks files"
        yield from (Case(name, folder / name / file, stated) for file, stated in truth.items())
