"""The month's rules by themselves: documents become journals, journals the closing books, to the penny."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntro.accounting.property_spv import PropertySpvError

PENCE = st.integers(0, 10**8)
SOME_PENCE = st.integers(1, 10**8)


def months(month: Any) -> st.SearchStrategy[Any]:
    units = st.lists(st.builds(month.Unit, PENCE, PENCE), max_size=5)
    bills = st.lists(st.builds(month.Bill, SOME_PENCE, PENCE, st.booleans(), st.booleans(), st.booleans()), max_size=5)
    loans = st.none() | st.tuples(SOME_PENCE, SOME_PENCE)
    strange = st.integers(-(10**6), 10**6)
    return st.builds(month.Month, units.map(tuple), bills.map(tuple), loans, PENCE, strange)


def proposed_of(navm: Any, what: Any, documents: Any, **changes: Any) -> tuple[Any, Any, Any]:
    context = navm.models.NavMonthlyContext.model_validate(what.context(**changes))
    opening = navm.opening.opening_of(context, documents)
    return context, opening, navm.journals.propose(context, navm.journals.basis_of(context, opening, documents))


@given(data=st.data())
def test_every_month_closes_to_the_penny_and_its_nav_is_the_known_one(
    data: st.DataObject, navm: Any, month: Any, committed: Any
):
    what = data.draw(months(month))
    context, opening, proposed = proposed_of(navm, what, committed(what))
    found = {line.account_code: line.balance for line in proposed.closing.lines if line.balance}
    assert found == {code: Decimal(month.written(amount)) for code, amount in what.closing().items()}
    assert all(journal.is_balanced for journal in proposed.journals)
    nav = navm.activities.compute_nav(
        proposed.closing,
        navm.configuration.classification_of(context),
        shares=context.shares,
        currency="GBP",
        rounding="ROUND_HALF_UP",
    )
    assert nav.nav == Decimal(month.written(what.nav()))
    if what.nav() > 0:
        assert str(nav.nav_per_share) == month.per_share(what.nav())
    assert opening.is_balanced


@given(data=st.data())
def test_the_steps_from_opening_to_closing_nav_add_up(data: st.DataObject, navm: Any, month: Any, committed: Any):
    what = data.draw(months(month))
    context, _, proposed = proposed_of(navm, what, committed(what))
    nav = navm.activities.compute_nav(
        proposed.closing,
        navm.configuration.classification_of(context),
        shares=1,
        currency="GBP",
        rounding="ROUND_HALF_UP",
    )
    classes = {line.account_code: line.account_class for line in nav.lines}
    rows = navm.signing.nav_movements(proposed.journals, nav, classes)
    started = sum(amount for code, amount in month.OPENING.items() if month.CHART[code][1] in ("asset", "liability"))
    assert rows[0]["nav"] == month.written(started)
    assert sum(Decimal(row["nav"]) for row in rows[:-1]) == Decimal(rows[-1]["nav"]) == nav.nav


def test_an_entity_without_loan_and_rent_roll_closes_and_what_cannot_be_compared_is_skipped(
    navm: Any, month: Any, committed: Any
):
    what = month.without_loan_or_rent(month.Month())
    _, _, proposed = proposed_of(navm, what, committed(what))
    status = {item.id: item.status for item in proposed.checks}
    assert status["arrears_agree"] == status["loan_balance_agrees"] == "skipped"
    assert "fail" not in status.values()
    assert {journal.kind for journal in proposed.journals}.isdisjoint({"rent-accrual", "loan-interest"})


def test_what_nothing_explains_is_in_suspense_and_a_failed_check(navm: Any, month: Any, committed: Any):
    what = replace(month.Month(), strange=77_00)
    _, _, proposed = proposed_of(navm, what, committed(what))
    assert {item.id for item in proposed.checks if item.status == "fail"} == {"bank_entries_explained"}
    assert proposed.closing.balance_of("1900") == Decimal("-77.00")


def test_an_invoice_over_a_negative_total_is_a_credit_note(navm: Any, month: Any, committed: Any):
    credit = month.Month(bills=(month.Bill(100_00, 20_00, is_credit=True),))
    written = credit.documents()["cn-1000"]
    fields = written["payload"]["fields"] | {"type_code": "380"}
    fields |= {name: f"-{fields[name]}" for name in ("tax_basis", "tax_total", "grand_total")}
    negative = {**written, "payload": {"fields": fields, "line_items": []}}
    _, _, by_type = proposed_of(navm, credit, committed(credit))
    _, _, by_sign = proposed_of(navm, credit, committed(credit, **{"cn-1000": negative}))
    assert by_type.closing == by_sign.closing
    assert by_sign.closing.balance_of("2100") == Decimal("120.00")


def test_a_bank_entry_of_another_month_fails_and_a_later_invoice_warns(navm: Any, month: Any, committed: Any):
    what = month.Month()
    statement = what.documents()["bank"]
    statement["payload"]["line_items"][0]["date"] = "2026-02-28"
    later = what.documents()["inv-1000"]
    later["payload"]["fields"]["issue_date"] = "2026-04-01"
    for changes, status in (({"bank": statement}, "fail"), ({"inv-1000": later}, "warn"), ({}, "pass")):
        _, _, proposed = proposed_of(navm, what, committed(what, **changes))
        assert {item.id: item.status for item in proposed.checks}["cut_off"] == status


def test_several_bank_statements_are_refused_in_one_file_and_in_two_slots(navm: Any, month: Any, committed: Any):
    what = month.Month()
    context = navm.models.NavMonthlyContext.model_validate(what.context())
    opening = navm.opening.opening_of(context, committed(what))
    two_in_one = what.documents()["bank"]
    two_in_one["payload"]["fields"] = {"statements": [{}, {}]}
    for documents in (committed(what, bank=two_in_one), committed(what, other=what.documents()["bank"])):
        with pytest.raises(PropertySpvError) as caught:
            navm.journals.basis_of(context, opening, documents)
        assert "bank" in str(caught.value)
    slots = [*what.context()["documents"], {"source": "bank-2", "schema_slug": "bank-statement", "title": "Other"}]
    with pytest.raises(ValidationError):
        navm.models.NavMonthlyContext.model_validate(what.context(documents=slots))


def test_a_document_that_lacks_a_figure_is_named_with_its_slot(navm: Any, month: Any, committed: Any):
    what = month.Month()
    context = navm.models.NavMonthlyContext.model_validate(what.context())
    opening = navm.opening.opening_of(context, committed(what))
    for source, field in (("bank", "closing"), ("inv-1001", "seller"), ("loan", "monthly_interest")):
        broken = what.documents()[source]
        broken["payload"]["fields"][field] = None
        with pytest.raises(PropertySpvError) as caught:
            navm.journals.basis_of(context, opening, committed(what, **{source: broken}))
        assert source in str(caught.value)
        assert "[" not in str(caught.value)


def test_without_or_with_two_trial_balances_there_is_nothing_to_start_from(navm: Any, month: Any, committed: Any):
    what = month.Month()
    context = navm.models.NavMonthlyContext.model_validate(what.context())
    documents = committed(what, again=what.documents()["trial-balance"])
    with pytest.raises(PropertySpvError):
        navm.opening.opening_of(context, documents)
    with pytest.raises(PropertySpvError):
        navm.opening.opening_of(context, [item for item in documents if item.schema_slug != "trial-balance"])


def test_entries_that_are_not_booked_yet_are_left_out(navm: Any, month: Any, committed: Any):
    what = month.Month()
    statement = what.documents()["bank"]
    pending = {"id": "p", "date": "2026-03-31", "amount": "5.00", "reference": "LATER", "status": "pending"}
    statement["payload"]["line_items"].append(pending)
    _, _, proposed = proposed_of(navm, what, committed(what, bank=statement))
    assert proposed.closing == proposed_of(navm, what, committed(what))[2].closing
