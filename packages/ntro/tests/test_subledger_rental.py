"""Rental statements as rows of a subledger, and the journal that they are allocated to."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntro import data, subledger
from ntro.accounting.proposal import propose_allocation_journal
from ntro.capabilities.gl.reports import TBLine, TrialBalanceReport
from ntro.subledger.types.rental_statement import RentalStatementRow

ENTITY, TASK = uuid4(), uuid4()
FLAT: dict[str, Any] = {"period": "2026-03", "unit": "Flat 1", "monthly_rent": "950.00", "rent_received": "900.00"}


@pytest.fixture
def rent_db(data_plane: data.DataPlane) -> data.DataPlane:
    return data_plane


def rents(db: data.DataPlane | None = None) -> subledger.SubledgerHandle:
    return subledger.open(name="rental_statement", entity_id=ENTITY, task_id=TASK, db=db, tenant_slug="acme")


async def test_a_rental_statement_survives_the_database_and_its_life_cycle(rent_db: data.DataPlane):
    rows = [
        rents().row(**FLAT, arrears_30d="50.00", management_fee_gross="95.00", repairs_gross="0"),
        rents().row(**FLAT | {"unit": "Flat 2", "rent_received": "-12.5000"}),
    ]
    assert await rents(rent_db).insert_many(rows) == 2
    read = await rents(rent_db).query(period="2026-03")
    own = {"id", "unit", "monthly_rent", "rent_received", "arrears_30d", "management_fee_gross", "repairs_gross"}
    assert [[getattr(row, name) for name in own] for row in read] == [
        [getattr(row, name) for name in own] for row in rows
    ]
    assert await rents(rent_db).mark_approved(ids=[row.id for row in rows]) == 2
    assert await rents(rent_db).mark_posted(gl_external_ids={rows[0].id: "J-1"}) == 1
    assert len(await rents(rent_db).history(rows[0].id)) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": None},
        {"unit": ""},
        {"monthly_rent": None},
        {"rent_received": None},
        {"monthly_rent": "-1"},
        {"arrears_60d": "-0.01"},
        {"monthly_rent": "0.00001"},
        {"rent_received": 1.5},
        {"repairs_gross": "£5"},
    ],
)
def test_a_row_of_rent_is_whole_and_exact(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        rents().row(**FLAT | wrong)


async def test_a_row_that_needs_attention_is_completed(rent_db: data.DataPlane):
    row_id = await rents(rent_db).insert_needs_attention(
        period="2026-03", raw_payload={"unit": "Flat 3"}, validation_errors=[], type_specific_fields={"unit": "Flat 3"}
    )
    with pytest.raises(ValidationError):
        await rents(rent_db).mark_pending(ids=[row_id])
    await rents(rent_db).update_fields(row_id, {"monthly_rent": "700", "rent_received": "700"})
    assert await rents(rent_db).mark_pending(ids=[row_id]) == 1


amounts = st.decimals(min_value=0, max_value=10**9, places=2)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=6), amounts, amounts)
def test_rows_of_rent_are_allocated_to_a_journal_that_adds_up(
    flats: list[tuple[Decimal, Decimal]], fee: Decimal, repairs: Decimal
):
    rows = [
        rents().row(**FLAT | {"unit": str(number), "monthly_rent": due + received, "rent_received": received})
        for number, (due, received) in enumerate(flats)
    ]
    rows[0] = rows[0].model_copy(update={"management_fee_gross": fee, "repairs_gross": repairs})
    rent_due = sum((row.monthly_rent or Decimal(0)) for row in rows if isinstance(row, RentalStatementRow))
    codes = ("bank", "rental_income", "tenant_arrears", "mgmt_fees", "repairs_maintenance")
    balance = TrialBalanceReport(period="2026-03", lines=[TBLine(account_code="bank"), TBLine(account_code="x")])
    if rent_due == 0:
        return
    journal = propose_allocation_journal(
        tb=balance,
        ingested=[],
        rental_statement_rows=[row.for_allocation() for row in rows if isinstance(row, RentalStatementRow)],
        gl_map={code: code for code in codes},
        period="2026-03",
        entity_slug="spv",
        validate=False,
    )
    sides = {line.account_code: line for line in journal.lines}
    assert sides["rental_income"].credit == rent_due
    taken = sum(received for _, received in flats) + fee + repairs
    assert journal.is_balanced == (taken <= rent_due)
