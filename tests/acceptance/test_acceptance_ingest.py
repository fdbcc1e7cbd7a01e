"""Taking a document in on the running system: what is corrected is seen before it counts, what is refused says why."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.stack
REVIEW = "interactive_review"
UPLOAD = "submit_file"
CSV = "Account code,Account name,Debit,Credit\n1000,Bank,10.00,\n3000,Equity,,10.00\n"


@pytest.fixture
def balance(tmp_path: Path) -> Path:
    file = tmp_path / "tb.csv"
    file.write_text(CSV)
    return file


def changed(new: str, old: str = "10.00") -> list[dict[str, Any]]:
    return [{"line_item_id": "row-2", "field": "credit", "old_value": old, "new_value": new}]


def codes(gate: Any) -> list[str]:
    return [issue["code"] for issue in gate.payload["issues"]]


async def committed(run: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    assert (await run.ended()).result["status"] == "committed"
    (row,) = await run.books.committed(run.id)
    return json.loads(row["payload"]), json.loads(row["corrections"])


async def test_a_document_that_comes_before_its_gate_is_picked_up(books: Any, balance: Path) -> None:
    run = await books.start()
    await run.hand_in(balance)
    await run.decide(await run.wait_for(REVIEW), "approved")
    payload, corrections = await committed(run)
    assert (payload["schema_slug"], corrections) == ("trial-balance", [])


async def test_a_correction_is_added_up_and_shown_before_it_counts(books: Any, balance: Path) -> None:
    run = await books.start()
    await run.hand_in(balance)
    first = await run.wait_for(REVIEW)
    assert codes(first) == []
    await run.decide(first, "corrected", corrections=changed("11.00"))
    second = await run.wait_for(REVIEW, after=first.id)
    assert second.payload["line_items"][1]["credit"] == "11.00"
    assert codes(second) == ["does_not_balance"]
    assert second.payloadHash != first.payloadHash
    await run.decide(second, "approved", corrections=changed("10.00", "11.00"))
    payload, corrections = await committed(run)
    assert payload["fields"]["balances"] is True
    assert [item["new_value"] for item in corrections] == ["11.00", "10.00"]
    assert all(item["actor"] for item in corrections)


async def test_what_a_correction_breaks_is_not_approved_unseen(books: Any, balance: Path) -> None:
    run = await books.start()
    await run.hand_in(balance)
    first = await run.wait_for(REVIEW)
    await run.decide(first, "approved", corrections=changed("12.00"))
    second = await run.wait_for(REVIEW, after=first.id)
    assert codes(second) == ["does_not_balance"]
    assert await books.committed(run.id) == []
    await run.decide(second, "approved")
    payload, _ = await committed(run)
    assert payload["fields"]["balances"] is False
    assert [issue["code"] for issue in payload["issues"]] == ["does_not_balance"]


async def test_a_correction_without_corrections_commits_nothing(books: Any, balance: Path) -> None:
    run = await books.start()
    await run.hand_in(balance)
    first = await run.wait_for(REVIEW)
    await run.decide(first, "corrected")
    second = await run.wait_for(REVIEW, after=first.id)
    assert await books.committed(run.id) == []
    await run.decide(second, "approved")
    await committed(run)


async def test_a_correction_that_fits_nothing_is_told_at_the_gate(books: Any, balance: Path) -> None:
    run = await books.start()
    await run.hand_in(balance)
    first = await run.wait_for(REVIEW)
    await run.decide(first, "corrected", corrections=changed("ten pounds"))
    second = await run.wait_for(REVIEW, after=first.id)
    feedback = second.model_extra["feedback"]
    assert (feedback["kind"], feedback["level"]) == ("correction", "error")
    assert second.payload["line_items"][1]["credit"] == "10.00"


async def test_after_a_refusal_and_a_rejection_the_next_document_is_taken(
    books: Any, balance: Path, tmp_path: Path
) -> None:
    note = tmp_path / "note.csv"
    note.write_text("a,b\n1,2\n")
    run = await books.start(schema_slug="trial-balance")
    opened = await run.wait_for(UPLOAD)
    await run.hand_in(note)
    refused = await run.wait_for(UPLOAD, after=opened.id)
    assert refused.model_extra["feedback"]["payload"]["code"] == "unknown_kind"
    await run.hand_in(balance)
    await run.decide(await run.wait_for(REVIEW), "rejected", comments="Not this month")
    rejected = await run.wait_for(UPLOAD, after=refused.id)
    assert rejected.model_extra["feedback"]["payload"]["code"] == "rejected"
    await run.hand_in(balance)
    await run.decide(await run.wait_for(REVIEW), "approved")
    payload, _ = await committed(run)
    assert payload["provenance"]["filename"] == "tb.csv"
