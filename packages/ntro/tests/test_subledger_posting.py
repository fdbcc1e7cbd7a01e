"""Posting to the tenant's own ledger: once, balanced, in one transaction. Rows that come back into the life cycle."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from ntro import data, subledger
from ntro.accounting.journals import JournalEntry, JournalLine, SourceRef
from ntro.subledger.posting import post_journal

ENTITY, TASK = uuid4(), uuid4()


@pytest.fixture
def posting_db(data_plane: data.DataPlane) -> data.DataPlane:
    return data_plane


def journal(**changes: Any) -> JournalEntry:
    lines = [
        JournalLine(account_code="5100", debit=Decimal("10.01"), source_refs=(SourceRef(document_ref="doc:1"),)),
        JournalLine(account_code="2100", credit=Decimal("10.01")),
    ]
    given = {"entity_slug": "spv", "period": "2026-03", "description": "x", "posting_date": date(2026, 3, 31)}
    return JournalEntry.model_validate(given | {"currency": "GBP", "lines": lines} | changes)


async def post(db: data.DataPlane, entry: JournalEntry, key: str = "k") -> UUID:
    async with db.transaction() as transaction:
        return await post_journal(transaction, entry, entity_id=ENTITY, task_id=TASK, idempotency_key=key)


async def test_a_journal_is_posted_once_by_its_key(posting_db: data.DataPlane):
    assert await post(posting_db, journal()) == await post(posting_db, journal())
    assert await post(posting_db, journal(), "other") != await post(posting_db, journal())
    lines = await posting_db.fetch("select debit, credit, source_refs from ledgers.journal_lines order by line_number")
    assert len(lines) == 4
    assert lines[0]["source_refs"] == [{"document_ref": "doc:1", "row": None}]
    assert sum(line["debit"] - line["credit"] for line in lines) == 0


@pytest.mark.parametrize("changes", [{"lines": []}, {"posting_date": None}, {"currency": None}])
async def test_a_journal_that_is_not_whole_is_not_posted(posting_db: data.DataPlane, changes: dict[str, Any]):
    with pytest.raises(ValueError):
        await post(posting_db, journal(**changes))
    assert await posting_db.fetch("select id from ledgers.journals") == []


async def test_rows_that_needed_attention_wait_again_when_they_are_complete(posting_db: data.DataPlane):
    expenses = subledger.open(name="expenses", entity_id=ENTITY, task_id=TASK, db=posting_db)
    fields = {"event_id": uuid4(), "amount_gross": "1.00", "currency": "GBP"}
    problems = [{"field": "vendor", "code": "missing", "message": "x"}]

    async def incomplete() -> UUID:
        return await expenses.insert_needs_attention(
            period="2026-03", raw_payload={}, validation_errors=problems, type_specific_fields=fields
        )

    first, second = await incomplete(), await incomplete()
    await expenses.update_fields(first, {"vendor": "Acme"})
    with pytest.raises(ValidationError):
        await expenses.mark_pending(ids=[first, second])
    assert {row.status for row in await expenses.query()} == {"NEEDS_ATTENTION"}
    assert await expenses.mark_pending(ids=[first]) == 1
    assert await expenses.mark_pending(ids=[str(first)]) == 0
    (row,) = await expenses.query(status="PENDING")
    assert row.validation_errors is None


async def test_an_incomplete_row_that_was_rejected_can_still_be_read(posting_db: data.DataPlane):
    for name, fields in (("expenses", {"event_id": uuid4()}), ("journal_proposals", {})):
        handle = subledger.open(name=name, entity_id=ENTITY, task_id=TASK, db=posting_db)
        row_id = await handle.insert_needs_attention(
            period="2026-03", raw_payload={}, validation_errors=[], type_specific_fields=fields
        )
        assert await handle.mark_rejected(ids=[row_id]) == 1
        assert [row.status for row in await handle.query()] == ["REJECTED"]
