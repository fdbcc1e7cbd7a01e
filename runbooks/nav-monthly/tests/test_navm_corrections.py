"""Corrections of proposed journals: applied as a whole with their lineage, or refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.accounting.journals import CorrectionError
from ntro.accounting.posting import PostingError

FIELDS = st.sampled_from(["debit", "credit", "account_code", "description", "tax_code", "posting_date", ""])
VALUES = st.one_of(
    st.none(),
    st.integers(-100, 10**6),
    st.decimals(-1000, 10**6, places=2).map(str),
    st.decimals(0, 10, places=5).map(str),
    st.sampled_from(["", "1100", "9999", "abc", "1,234.50", "1e5", "NaN", "-0", "0"]),
    st.text(max_size=5),
    st.booleans(),
)
LINES = st.one_of(
    st.builds("{}:{}".format, st.integers(0, 8), st.integers(0, 8)),
    st.sampled_from(["", "0", ":", "0:-1", "a:b", "²:0", "99999999999999999999:0"]),
)
CORRECTIONS = st.lists(st.fixed_dictionaries({"line_item_id": LINES, "field": FIELDS, "new_value": VALUES}), max_size=6)


def proposed_month(navm: Any, month: Any, committed: Any) -> tuple[Any, Any, Any]:
    what = month.Month()
    context = navm.models.NavMonthlyContext.model_validate(what.context())
    documents = committed(what)
    opening = navm.opening.opening_of(context, documents)
    basis = navm.journals.basis_of(context, opening, documents)
    return context, basis, navm.journals.propose(context, basis)


def change(line: str, field: str, new_value: Any) -> dict[str, Any]:
    return {"line_item_id": line, "field": field, "new_value": new_value}


@given(corrections=CORRECTIONS)
def test_whatever_is_corrected_every_journal_balances_or_the_correction_is_refused(
    corrections: Any, navm: Any, month: Any, committed: Any
):
    _, basis, proposed = proposed_month(navm, month, committed)
    try:
        result = navm.journals.correct(proposed, basis, corrections, actor="Ada")
    except (CorrectionError, PostingError):
        return
    assert all(journal.is_balanced for journal in result.journals)
    assert result.closing.is_balanced
    assert [len(item.lines) for item in result.journals] == [len(item.lines) for item in proposed.journals]
    for line in (line for journal in result.journals for line in journal.lines):
        assert line.amount == line.amount.quantize(Decimal("0.01"))


def test_a_correction_keeps_the_documents_of_its_line_and_its_journal_says_who_made_it(
    navm: Any, month: Any, committed: Any
):
    _, basis, proposed = proposed_month(navm, month, committed)
    corrections = [change("0:0", "debit", "2,100.00"), change("0:1", "credit", "2100.00")]
    before, after = proposed.journals, navm.journals.correct(proposed, basis, corrections, actor="Ada").journals
    assert [line.amount for line in after[0].lines[:2]] == [Decimal(2100), Decimal(2100)]
    assert [line.source_refs for line in after[0].lines] == [line.source_refs for line in before[0].lines]
    said = after[0].explanation[len(before[0].explanation) :]
    assert len(said) == 2
    assert all("Ada" in text and "2000.00" in text for text in said)
    assert after[1:] == before[1:]


def test_a_correction_to_another_account_moves_the_closing_balance(navm: Any, month: Any, committed: Any):
    context, basis, proposed = proposed_month(navm, month, committed)
    row = next(
        row for row in navm.review.review_payload(context, proposed)["line_items"] if row["account_code"] == "5300"
    )
    result = navm.journals.correct(proposed, basis, [change(row["id"], "account_code", "5100")], actor=None)
    assert result.closing.balance_of("5300") == 0
    assert result.closing.balance_of("5100") == Decimal("479.99")


@pytest.mark.parametrize(
    "corrections",
    [
        [change("0:0", "debit", "1.00")],
        [change("0:0", "credit", "1.00")],
        [change("0:0", "debit", "0")],
        [change("0:99", "debit", "1.00")],
        [change("99:0", "debit", "1.00")],
        [change("", "debit", "1.00")],
        [change("0:0", "posting_date", "2026-03-01")],
        [change("0:0", "account_code", "")],
        [change("0:0", "debit", 12.5)],
        [change("0:0", "debit", "2000.001"), change("0:1", "credit", "2000.001")],
    ],
)
def test_corrections_that_do_not_fit_are_refused(corrections: Any, navm: Any, month: Any, committed: Any):
    _, basis, proposed = proposed_month(navm, month, committed)
    with pytest.raises(CorrectionError):
        navm.journals.correct(proposed, basis, corrections, actor="Ada")


def test_an_account_outside_the_chart_is_refused(navm: Any, month: Any, committed: Any):
    _, basis, proposed = proposed_month(navm, month, committed)
    with pytest.raises(PostingError):
        navm.journals.correct(proposed, basis, [change("0:0", "account_code", "9999")], actor="Ada")


def test_the_review_shows_each_line_once_by_the_id_that_corrections_name(navm: Any, month: Any, committed: Any):
    context, basis, proposed = proposed_month(navm, month, committed)
    rows = navm.review.review_payload(context, proposed)["line_items"]
    assert len({row["id"] for row in rows}) == len(rows) == sum(len(item.lines) for item in proposed.journals)
    for number, row in enumerate(rows):
        renamed = navm.journals.correct(proposed, basis, [change(row["id"], "description", "renamed")], actor=None)
        again = navm.review.review_payload(context, renamed)["line_items"]
        assert [place for place, item in enumerate(again) if item["description"] == "renamed"] == [number]
    columns = navm.review.review_hint(context)["config"]["datasets"][0]["columns"]
    assert {column["key"] for column in columns} <= set(rows[0])
