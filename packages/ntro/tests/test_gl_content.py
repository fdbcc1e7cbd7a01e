"""What an item says to a ledger: two contents are told apart by what they mean, not by how they are written."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ntro.capabilities.gl import models
from ntro.capabilities.gl.content import content_of, digest_of, first_difference

amounts = st.decimals(min_value=-(10**15), max_value=10**15, places=2)
lines = st.fixed_dictionaries(
    {"total_amount": amounts, "description": st.text(max_size=5), "type": st.sampled_from(["Debit", "Credit"])}
)
items = st.fixed_dictionaries(
    {"total": amounts, "currency": st.sampled_from(["GBP", "EUR"]), "line_items": st.lists(lines, max_size=4)}
)


@given(items)
def test_trailing_zeros_do_not_change_what_is_said(item: dict[str, Any]):
    longer = {**item, "total": item["total"] * Decimal("1.00")}
    assert digest_of(content_of(longer)) == digest_of(content_of(item))


@given(items, amounts)
def test_another_amount_is_other_content(item: dict[str, Any], other: Decimal):
    changed = {**item, "total": other}
    assert (digest_of(content_of(changed)) == digest_of(content_of(item))) == (other == item["total"])
    assert first_difference(item, changed) == (None if other == item["total"] else "total")


@given(items, st.randoms(use_true_random=False))
def test_an_item_is_recognised_whatever_the_order_of_its_lines_and_what_the_ledger_adds(
    item: dict[str, Any], random: Any
):
    shuffled = random.sample(item["line_items"], len(item["line_items"]))
    kept = {**item, "line_items": [{**line, "id": str(n)} for n, line in enumerate(shuffled)], "status": "posted"}
    assert first_difference(item, kept) is None
    assert first_difference(item, {"id": "1"}) is None


@given(items.filter(lambda item: bool(item["line_items"])))
def test_a_line_more_is_another_item(item: dict[str, Any]):
    assert first_difference(item, {**item, "line_items": [*item["line_items"], item["line_items"][0]]}) == "line_items"


def test_what_is_ours_or_the_ledgers_is_no_content():
    bill = models.Bill(id="1", reference="r", notes=None, bill_date=date(2026, 3, 1), row_version="2", total=Decimal(1))
    given_item = {**bill.model_dump(), "source_row_ids": [1], "subledger_type": "expenses", "idempotency_key": "k"}
    assert content_of(bill) == {
        "reference": "r",
        "bill_date": date(2026, 3, 1),
        "total": Decimal(1),
        "line_items": [],
    }
    assert set(content_of(given_item)) == set(content_of(bill))
