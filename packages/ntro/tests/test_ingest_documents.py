"""Documents, extractions, records and outcomes, against the cell's real schema."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from temporalio.testing import ActivityEnvironment

from ntro import data, ingest

TASK = str(uuid4())
DOCUMENT: dict[str, Any] = {
    "entity_slug": "spv",
    "period": "2026-03",
    "source": "rent-roll",
    "filename": "roll.pdf",
    "content_type": "application/pdf",
    "data_bytes": b"%PDF rent",
    "task_id": TASK,
}


@pytest.fixture
def db(data_plane: data.DataPlane) -> data.DataPlane:
    return data_plane


async def _count(db: data.DataPlane, table: str) -> int:
    row = await db.fetchrow(f"select count(*) as rows from ingest.{table}")
    return row["rows"] if row else 0


async def test_a_document_is_stored_with_its_hash_and_returned_without_its_bytes(db: data.DataPlane):
    entity = uuid4()
    stored = await ingest.insert_submitted_document(db, **DOCUMENT, entity_id=entity, uploaded_by="ann")
    assert not hasattr(stored, "data_bytes")
    assert stored.sha256 == hashlib.sha256(b"%PDF rent").hexdigest()
    assert (stored.size_bytes, stored.entity_id, stored.uploaded_by) == (9, str(entity), "ann")
    read = await ingest.fetch_submitted_document_by_id(db, document_ref=stored.id)
    assert read is not None
    assert read.data_bytes == b"%PDF rent"
    assert "%PDF" not in repr(read)
    assert await ingest.fetch_document_metadata(db, document_ref=f"doc:{stored.id}") == stored
    assert await ingest.fetch_submitted_document_by_id(db, document_ref=str(uuid4())) is None
    assert await ingest.fetch_document_metadata(db, document_ref=str(uuid4())) is None
    with pytest.raises(ValueError):
        await ingest.fetch_submitted_document_by_id(db, document_ref="roll.pdf")


async def test_the_same_bytes_in_the_same_place_are_one_document(db: data.DataPlane):
    first = await ingest.insert_submitted_document(db, **DOCUMENT)
    assert await ingest.insert_submitted_document(db, **DOCUMENT | {"filename": "again.pdf"}) == first
    without_task = [await ingest.insert_submitted_document(db, **DOCUMENT | {"task_id": None}) for _ in range(2)]
    assert without_task[0] == without_task[1] != first
    other = await ingest.insert_submitted_document(db, **DOCUMENT | {"source": "bank"})
    assert len({first.id, without_task[0].id, other.id}) == 3


@pytest.mark.parametrize("content", [b"", b"x" * (ingest.MAX_DOCUMENT_BYTES + 1)])
async def test_an_empty_or_too_large_document_is_refused(db: data.DataPlane, content: bytes):
    with pytest.raises(ValueError):
        await ingest.insert_submitted_document(db, **DOCUMENT | {"data_bytes": content})
    assert await _count(db, "submitted_documents") == 0


async def test_the_latest_document_and_lists_are_narrowed_and_prefixes_are_literal(db: data.DataPlane):
    sources = ["agent_output:1", "agentXoutput:1", "agent_output:2"]
    for number, source in enumerate(sources):
        await ingest.insert_submitted_document(db, **DOCUMENT | {"source": source, "data_bytes": bytes([number])})
    listed = await ingest.list_submitted_documents(db, entity_slug="spv", source_prefix="agent_output:")
    assert [item.source for item in listed] == ["agent_output:2", "agent_output:1"]
    assert len(await ingest.list_submitted_documents(db, entity_slug="spv", limit=2)) == 2
    assert await ingest.list_submitted_documents(db, entity_slug="spv", period="2026-04") == []
    assert await ingest.list_submitted_documents(db, entity_slug="spv", task_id="other") == []
    await ingest.insert_submitted_document(db, **DOCUMENT | {"source": sources[0], "data_bytes": b"newer"})
    latest = await ingest.fetch_latest_submitted_document(db, entity_slug="spv", source=sources[0], period="2026-03")
    assert latest is not None
    assert latest.data_bytes == b"newer"
    assert await ingest.fetch_latest_submitted_document(db, entity_slug="spv", source="none", task_id=TASK) is None


async def test_a_produced_file_is_a_document_of_its_output(db: data.DataPlane):
    file = {name: value for name, value in DOCUMENT.items() if name != "source"}
    assert (await ingest.write_output_document(db, name="nav-pack", **file)).source == "output:nav-pack"
    for wrong in ("", "a:b"):
        with pytest.raises(ValueError):
            await ingest.write_output_document(db, name=wrong, **file)


async def test_an_extraction_keeps_decimals_and_dates_as_text(db: data.DataPlane):
    stored = await _extraction(db, {"amount": Decimal("10.50"), "on": date(2026, 3, 31), "rows": [{"n": 1}]})
    assert stored.payload == {"amount": "10.50", "on": "2026-03-31", "rows": [{"n": 1}]}
    assert (stored.corrections, stored.provenance) == ([{"field": "amount"}], {"page": 1})
    assert await ingest.fetch_extracted_documents(db, entity_slug="spv", source="rent-roll", task_id=TASK) == [stored]
    assert await ingest.fetch_extracted_documents(db, entity_slug="spv", period="2026-04") == []


async def test_a_retried_activity_stores_nothing_twice(db: data.DataPlane):
    async def activity() -> list[str]:
        document = await ingest.insert_submitted_document(db, **DOCUMENT)
        extractions = [await _extraction(db, {"amount": amount}) for amount in ("1", "2")]
        records = [await _record(db, {"row": row}, {"amount": Decimal(row)}) for row in range(3)]
        return [document.id, *(item.id for item in extractions), *(item.id for item in records)]

    first: list[str] = await ActivityEnvironment().run(activity)
    assert await ActivityEnvironment().run(activity) == first
    assert len(set(first)) == 6
    tables = ("submitted_documents", "extracted_payloads", "submitted_records")
    assert [await _count(db, table) for table in tables] == [1, 2, 3]


async def test_outside_an_activity_each_extraction_and_record_is_new(db: data.DataPlane):
    makers: list[Callable[[], Awaitable[Any]]] = [lambda: _extraction(db, {}), lambda: _record(db, None, {})]
    for make in makers:
        assert (await make()).id != (await make()).id
    assert len(await ingest.list_submitted_records(db, entity_slug="spv", kind="expense", task_id=TASK)) == 2


async def test_a_record_of_a_given_id_is_kept_as_first_submitted(db: data.DataPlane):
    row_id = str(uuid4())
    first = await _record(db, None, {"amount": "1"}, row_id)
    assert await _record(db, None, {"amount": "2"}, row_id) == first
    with pytest.raises(ValueError):
        await ingest.insert_submitted_record(
            db, id=row_id, entity_slug="other", task_id=TASK, kind=None, source_ref=None, data={}
        )


async def _extraction(db: data.DataPlane, payload: dict[str, Any]) -> ingest.ExtractedDocument:
    return await ingest.insert_extracted_document(
        db,
        entity_slug="spv",
        period="2026-03",
        source="rent-roll",
        document_ref=TASK,
        schema_slug="rent-roll-v1",
        payload=payload,
        corrections=[{"field": "amount"}],
        task_id=TASK,
        provenance={"page": 1},
    )


async def _record(
    db: data.DataPlane, source_ref: dict[str, Any] | None, content: dict[str, Any], row_id: str | None = None
) -> ingest.SubmittedRecord:
    return await ingest.insert_submitted_record(
        db, id=row_id, entity_slug="spv", task_id=TASK, kind="expense", source_ref=source_ref, data=content
    )


@given(st.integers(-5, 50), st.integers(-5, 50))
def test_an_outcome_follows_from_its_counts(parsed: int, accepted: int):
    outcome = ingest.IngestOutcome.from_counts(parsed_rows=parsed, accepted_rows=accepted, target_rows=10)
    assert outcome.rejected_rows == max(max(parsed, 0) - max(accepted, 0), 0)
    expected = "success" if not outcome.rejected_rows else ("partial" if outcome.accepted_rows else "empty")
    assert outcome.status == expected
    assert outcome.progress == ingest.IngestProgressSnapshot(accepted_rows=max(accepted, 0), target_rows=10)


def test_an_outcome_takes_progress_as_a_dict_and_reasons_need_text():
    outcome = ingest.IngestOutcome.model_validate({"progress": {"accepted_rows": 1, "target_rows": 2}})
    assert outcome.progress == ingest.IngestProgressSnapshot(accepted_rows=1, target_rows=2)
    assert ingest.IngestOutcome.from_counts(parsed_rows=0, accepted_rows=0).status == "success"
    with pytest.raises(ValidationError):
        ingest.IngestIssueSummary(reason="")
