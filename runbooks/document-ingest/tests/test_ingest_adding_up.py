"""After a correction everything that is computed from the figures is computed again."""

import importlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

SIDE = st.decimals(0, 10**9, places=2)
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)


@pytest.fixture(scope="session")
def rules(ingest: Any) -> Any:
    """The module of the rules, and the class of readings."""
    package = ingest.workflow_class.__module__.rpartition(".")[0]
    return importlib.import_module(f"{package}.adding_up")


def statement(opening: Decimal, entries: list[Decimal], closing: Decimal, **said: Any) -> tuple[Any, Any]:
    head = {"opening": str(opening), "closing": str(closing), "currency": "EUR", "account": "1", "reconciles": True}
    rows = [
        {"id": f"entry-1-{n}", "statement": 1, "status": "booked", "currency": "EUR", "amount": str(entry)}
        for n, entry in enumerate(entries, start=1)
    ]
    return {"statements": [head | {"difference": "0"} | said], **head}, rows


def codes(reading: Any) -> list[str]:
    return [issue["code"] for issue in reading.issues]


@given(opening=AMOUNTS, entries=st.lists(AMOUNTS, max_size=6), closing=AMOUNTS)
def test_a_statement_reconciles_exactly_when_its_figures_do(
    opening: Decimal, entries: list[Decimal], closing: Decimal, rules: Any
):
    fields, rows = statement(opening, entries, closing)
    after = rules.added_up(rules.Reading(fields=fields, line_items=rows))
    agrees = opening + sum(entries, Decimal(0)) == closing
    assert after.fields["reconciles"] == after.fields["statements"][0]["reconciles"] == agrees
    assert codes(after) == ([] if agrees else ["does_not_reconcile"])


def test_a_corrected_closing_balance_is_that_of_the_statement(rules: Any):
    fields, rows = statement(Decimal(1), [Decimal(2)], Decimal(3))
    after = rules.added_up(rules.Reading(fields=fields | {"closing": "4.00"}, line_items=rows))
    assert after.fields["statements"][0]["closing"] == "4.00"
    assert after.fields["reconciles"] is False


@pytest.mark.parametrize(
    "said",
    [{"opening": None}, {"currency": "USD"}, {"balances": [{"currency": "SEK"}]}],
)
def test_what_cannot_be_compared_stays_as_it_was(rules: Any, said: dict[str, Any]):
    fields, rows = statement(Decimal(1), [Decimal(2)], Decimal(9), reconciles=False)
    shown = fields | {key: value for key, value in said.items() if key in fields}
    shown["statements"] = [shown["statements"][0] | said]
    after = rules.added_up(rules.Reading(fields=shown, line_items=rows))
    assert after.fields["statements"][0]["reconciles"] is False
    assert codes(after) == []


@given(sides=st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=6))
def test_the_totals_of_a_trial_balance_are_those_of_its_accounts(sides: list[tuple[Decimal, Decimal]], rules: Any):
    rows = [{"id": str(n), "debit": str(debit), "credit": str(credit)} for n, (debit, credit) in enumerate(sides)]
    before = rules.Reading(fields={"total_debit": "1", "total_credit": "1"}, line_items=rows)
    after = rules.added_up(before)
    debit, credit = (sum((side[index] for side in sides), Decimal(0)) for index in (0, 1))
    assert (Decimal(after.fields["total_debit"]), Decimal(after.fields["total_credit"])) == (debit, credit)
    assert after.fields["balances"] == (debit == credit)
    assert codes(after) == ([] if debit == credit else ["does_not_balance"])


def test_an_invoice_names_each_total_that_its_parts_do_not_give(rules: Any):
    fields = {
        "line_total": "100.00", "allowance_total": "10.00", "charge_total": None, "tax_basis": "90.00",
        "tax_total": "18.00", "grand_total": "108.00", "prepaid": "8.00", "rounding": None, "due_payable": "100.00",
    }  # fmt: skip
    rows = [{"id": "line-1", "net_amount": "60.00"}, {"id": "line-2", "net_amount": "40.00"}]
    old = [{"code": "totals_differ", "where": "tax_basis"}, {"code": "missing_number", "where": "number"}]
    right = rules.added_up(rules.Reading(fields=fields, line_items=rows, issues=old))
    assert codes(right) == ["missing_number"]
    for name in ("line_total", "tax_basis", "grand_total", "due_payable"):
        after = rules.added_up(rules.Reading(fields=fields | {name: "1.00"}, line_items=rows))
        assert name in {issue["where"] for issue in after.issues}


def test_other_documents_have_nothing_to_add_up(rules: Any):
    reading = rules.Reading(fields={"principal": "1.00"}, issues=[{"code": "totals_differ"}])
    assert rules.added_up(reading) == reading


@pytest.mark.real_data
def test_added_up_again_every_real_document_is_what_its_reader_said(rules: Any, real_data: Path):
    from ntro.capabilities.documents import DocumentRefusedError, read_document

    looked_at = 0
    folders = (
        "bank-camt",
        "bank-mt940",
        "bank-ofx",
        "invoices-zugferd",
        "einvoices-en16931-xml",
        "invoices-adversarial",
    )
    for path in sorted(item for name in folders for item in (real_data / name).iterdir()):
        if path.suffix.lower() not in {".xml", ".sta", ".txt", ".ofx", ".pdf"}:
            continue
        try:
            found = read_document(path.read_bytes(), filename=path.name).as_extraction()
        except DocumentRefusedError:
            continue
        before = rules.Reading(fields=found["fields"], line_items=found["line_items"], issues=found["issues"])
        after = rules.added_up(before)
        computed = [code for code in codes(before) if code == "does_not_reconcile"]
        assert [code for code in codes(after) if code == "does_not_reconcile"] == computed, path.name
        for old, new in zip(found["fields"].get("statements", []), after.fields.get("statements", []), strict=True):
            assert old["reconciles"] == new["reconciles"], path.name
        if "statements" not in found["fields"]:
            assert codes(after).count("totals_differ") == codes(before).count("totals_differ"), path.name
        looked_at += 1
    assert looked_at >= 80
