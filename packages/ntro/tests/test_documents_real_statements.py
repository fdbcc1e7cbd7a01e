"""Bank statements of real banks, against what their publishers and an independent reading say they hold."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ntro.capabilities.documents import BankStatements, DocumentReading, DocumentRefusedError, read_document

pytestmark = pytest.mark.real_data


def _read(path: Path) -> DocumentReading:
    return read_document(path.read_bytes(), filename=path.name, schema_slug="bank-statement")


def _truth(folder: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    return truth


def _decimals(texts: list[str]) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_every_camt_file_holds_its_entries_balances_and_reconciliation(real_data: Path):
    folder = real_data / "bank-camt"
    entries = 0
    truth = _truth(folder)
    for name, expected in truth.items():
        statements: Any = _read(folder / name).as_json()["statements"]
        assert len(statements) == len(expected), name
        for statement, stated in zip(statements, expected, strict=True):
            amounts = [entry["amount"] for entry in statement["entries"]]
            assert _decimals(amounts) == _decimals(stated["entry_amounts"]), name
            balances = [(found["code"], Decimal(found["amount"]), found["currency"]) for found in statement["balances"]]
            assert balances == [(found["code"], Decimal(found["amount"]), found["ccy"]) for found in stated["balances"]]
            assert statement["reconciles"] == stated.get("reconciles"), name
            assert statement["account"], name
            if stated["account"].strip():
                assert statement["account"] == stated["account"]
            entries += len(amounts)
    print(f"bank-camt: {len(truth)} files, {entries} entries equal")  # noqa: T201 — how much was compared belongs to the result


def test_every_mt940_file_holds_its_entries_or_names_the_line_that_it_does_not_read(real_data: Path):
    folder = real_data / "bank-mt940"
    entries = named = 0
    truth = _truth(folder)
    for name, expected in truth.items():
        reading = _read(folder / name)
        statements: Any = reading.as_json()["statements"]
        assert len(statements) == len(expected), name
        for statement, stated in zip(statements, expected, strict=True):
            found = [Decimal(entry["amount"]) for entry in statement["entries"]]
            assert found == [Decimal(amount) for _, amount in stated["transactions"]], name
            for entry, (day, _) in zip(statement["entries"], stated["transactions"], strict=True):
                assert entry["date"] in {f"20{day[:2]}-{day[2:4]}-{day[4:]}", None}
                assert entry["date"] or any(issue.where == entry["where"] for issue in reading.issues)
            for key in ("opening", "closing"):
                assert (statement[key] and Decimal(statement[key])) == (stated[key] and Decimal(stated[key])), name
            assert statement["account"] == stated["account"]
            assert statement["currency"] == stated["currency"] or stated["currency"] is None
            assert statement["reconciles"] == stated.get("reconciles"), name
            entries += len(found)
        missing = sum(stated["lines_61"] - stated["parsed"] for stated in expected)
        assert sum(issue.code == "unparsed_line" for issue in reading.issues) == missing, name
        named += missing
    print(f"bank-mt940: {len(truth)} files, {entries} entries equal, {named} lines named for a person")  # noqa: T201 — how much was compared belongs to the result


def test_every_ofx_file_holds_its_transactions_balances_and_errors(real_data: Path):
    folder = real_data / "bank-ofx"
    entries = 0
    truth = _truth(folder)
    for name, expected in truth.items():
        reading = _read(folder / name)
        assert isinstance(reading.content, BankStatements)
        statements = reading.content.statements
        found = [entry for statement in statements for entry in statement.entries]
        assert [entry.amount for entry in found] == _decimals(expected["amounts"]), name
        references = [entry.reference for entry in found]
        traded = [trade.reference for statement in statements for trade in statement.trades]
        assert sorted(filter(None, references + traded)) == sorted(expected["fitids"]), name
        assert sum(len(statement.trades) for statement in statements) == expected["units_trades"], name
        accounts = [statement.account for statement in statements] or list(reading.content.listed_accounts)
        assert accounts == expected["accounts"], name
        assert [statement.currency for statement in statements] == expected["currency"], name
        closing = [statement.closing.amount for statement in statements if statement.closing]
        assert closing == [Decimal(text) if text else None for text in expected["ledger_balance"]], name
        assert ("bank_error" in {issue.code for issue in reading.issues}) == any(
            code != "0" for code in expected["status_codes"]
        )
        assert reading.issues or not expected["must_fail"], name
        entries += len(found)
    print(f"bank-ofx: {len(truth)} files, {entries} transactions equal")  # noqa: T201 — how much was compared belongs to the result


def test_formats_that_are_not_read_are_refused_by_name(real_data: Path):
    for path in sorted((real_data / "bank-bai2").glob("*.txt")):
        with pytest.raises(DocumentRefusedError) as refusal:
            _read(path)
        assert refusal.value.code == "unsupported_format"
