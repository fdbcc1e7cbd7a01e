"""The corrections corpus: every value that a person corrected, as it was shown, as it became, for who may read it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.workflow.records import RecordBatch, RunRecord
from ntro_tenant.core.corrected_values import corrections_of
from ntro_tenant.core.recording.recorder import apply_batch
from ntro_tenant.db.corrections_repository import CorrectingEvent

Check = Callable[[httpx2.Response, int], dict[str, Any]]
SHOWN = {
    "document_ref": "doc-1",
    "fields": {"invoice_number": "R-1", "total": "120.00"},
    "line_items": [
        {"id": "0", "net": "100.00", "source_refs": [{"document_ref": "doc-2", "row": "7"}]},
        {"id": "1", "net": "20.00"},
    ],
}
AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def engineer(person_with: Callable[..., httpx2.AsyncClient]) -> httpx2.AsyncClient:
    return person_with("engineer")


class Reviewed:
    """A run whose gates people decide, recorded as its worker records it."""

    def __init__(self, books: Any) -> None:
        self._books = books
        self._n = 0
        self._run = str(uuid4())
        self.task = uuid4()

    async def begin(self) -> "Reviewed":
        self.task = await self._books.task()
        await self._books.connection.execute("delete from system.runs")
        await self._record("run.started", slug="nav-monthly", steps=[])
        return self

    async def decide(self, *corrections: dict[str, Any], shown: Any = None, action: str = "corrected") -> str:
        gate = f"{self.task}/review/{self._n}"
        await self._record(
            "gate.opened",
            gate_id=gate,
            step_id="review",
            kind="interactive_review",
            payload=SHOWN if shown is None else shown,
            payload_hash="a" * 64,
        )
        decision = {"actor": "u-anna", "action": action, "reason": "as printed", "corrections": list(corrections)}
        await self._record("gate.closed", gate_id=gate, outcome="decided", decision=decision)
        return gate

    async def _record(self, what: Any, **data: Any) -> None:
        self._n += 1
        record = RunRecord(n=self._n, type=what, at=AT + timedelta(hours=self._n), data=data)
        batch = RecordBatch(workflow_id=str(self.task), run_id=self._run, task_id=str(self.task), records=[record])
        async with self._books.connection.transaction():
            await apply_batch(self._books.connection, batch, version="0.3.0")


@pytest.fixture
async def reviewed(books: Any) -> Reviewed:
    return await Reviewed(books).begin()


async def read(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/corrections", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_correction_at_a_gate_tells_who_what_where_before_and_after(
    engineer: httpx2.AsyncClient, reviewed: Reviewed
):
    gate = await reviewed.decide({"line_item_id": "0", "field": "net", "old_value": "7.00", "new_value": "101.00"})
    (one,) = await read(engineer)
    assert (one["field"], one["lineId"], one["before"], one["after"]) == ("net", "0", "100.00", "101.00")
    assert (one["actor"], one["gateId"], one["stepId"], one["payloadHash"]) == ("u-anna", gate, "review", "a" * 64)
    assert (one["runbookSlug"], one["runbookVersion"], one["entitySlug"]) == ("nav-monthly", "0.3.0", "spv-1")
    assert (one["period"], one["taskId"], one["verdict"]) == ("2026-03", str(reviewed.task), "corrected")
    assert one["sources"] == [{"document_ref": "doc-2", "row": "7"}]


async def test_a_field_of_the_document_itself_and_a_line_without_sources_name_the_document(
    engineer: httpx2.AsyncClient, reviewed: Reviewed
):
    await reviewed.decide(
        {"field": "total", "new_value": "121.00"}, {"id": "1", "field": "net", "new_value": "21.00"}, action="approved"
    )
    told = [(one["field"], one["before"], one["after"], one["sources"]) for one in await read(engineer)]
    assert told == [("total", "120.00", "121.00", ["doc-1"]), ("net", "20.00", "21.00", ["doc-1"])]


async def test_what_the_gate_did_not_show_is_told_as_its_sender_said_it(
    engineer: httpx2.AsyncClient, reviewed: Reviewed
):
    await reviewed.decide({"id": "9", "field": "net", "old_value": "1", "new_value": "2"})
    (one,) = await read(engineer)
    assert (one["before"], one["after"]) == ("1", "2")


async def test_an_approval_without_corrections_is_no_correction(engineer: httpx2.AsyncClient, reviewed: Reviewed):
    await reviewed.decide(action="approved")
    assert await read(engineer) == []


async def test_the_corpus_is_read_in_pages_across_the_corrections_of_one_decision(
    engineer: httpx2.AsyncClient, reviewed: Reviewed
):
    for number in range(3):
        await reviewed.decide(*({"id": str(row), "field": "net", "new_value": str(number)} for row in range(2)))
    whole = [one["id"] for one in await read(engineer)]
    assert len(whole) == 6
    for limit in (1, 2, 4, 5, 6):
        pages, cursor = [], None
        while True:
            answer = (await engineer.get("/corrections", params={"limit": limit, "cursor": cursor or "0:0"})).json()
            assert len(answer["items"]) <= limit
            pages += [one["id"] for one in answer["items"]]
            cursor = answer["nextCursor"]
            if cursor is None:
                break
        assert pages == whole
    assert await read(engineer, cursor=whole[-1]) == []


async def test_the_corpus_is_read_by_runbook_and_from_a_time_on(engineer: httpx2.AsyncClient, reviewed: Reviewed):
    for value in ("1", "2"):
        await reviewed.decide({"id": "0", "field": "net", "new_value": value})
    first, second = await read(engineer)
    assert await read(engineer, runbook="nav-monthly") == [first, second]
    assert await read(engineer, runbook="another") == []
    assert await read(engineer, since=second["at"]) == [second]


async def test_the_corpus_is_exported_as_json_lines(engineer: httpx2.AsyncClient, reviewed: Reviewed):
    for value in ("1", "2\n3"):
        await reviewed.decide({"id": "0", "field": "net", "new_value": value})
    answer = await engineer.get("/corrections/export")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line) for line in answer.text.splitlines()] == await read(engineer)


async def test_an_edit_of_a_row_at_a_review_is_a_correction(
    engineer: httpx2.AsyncClient, anna: httpx2.AsyncClient, books: Any
):
    task = await books.task(status="BLOCKED")
    gate = await books.gate(task, str(task))
    row = await enter_expense(books, task)
    edit = {"ledger": "expenses", "action": "edit_cell", "rowId": str(row), "field": "notes", "value": "new"}
    assert (await anna.post(f"/tasks/{task}/row-action", json=edit)).status_code == 200
    gone = {"ledger": "expenses", "action": "reject_row", "rowId": str(row)}
    assert (await anna.post(f"/tasks/{task}/row-action", json=gone)).status_code == 200
    told = [(one["field"], one["before"], one["after"], one["gateId"]) for one in await read(engineer)]
    assert told == [("notes", "old", "new", gate), ("status", "NEEDS_ATTENTION", "REJECTED", gate)]
    assert (await read(engineer))[0]["sources"] == ["doc-9"]


async def test_an_edit_of_a_row_outside_of_its_run_is_a_correction(
    engineer: httpx2.AsyncClient, anna: httpx2.AsyncClient, books: Any
):
    task = await books.task()
    row = await enter_expense(books, task)
    edit = {"field": "notes", "value": "new"}
    assert (await anna.patch(f"/subledgers/expenses/{row}", json=edit)).status_code == 200
    assert (await anna.post(f"/subledgers/expenses/{row}/reject", json={})).status_code == 200
    told = [(one["ledger"], one["field"], one["before"], one["after"], one["gateId"]) for one in await read(engineer)]
    assert told == [
        ("expenses", "notes", "old", "new", None),
        ("expenses", "status", "NEEDS_ATTENTION", "REJECTED", None),
    ]


@pytest.mark.parametrize("role", ["accountant", "reviewer", "auditor"])
async def test_the_corpus_is_for_those_who_improve_runbooks(
    person_with: Callable[..., httpx2.AsyncClient], app: Any, check_problem: Check, role: str
):
    for path in ("/corrections", "/corrections/export"):
        async with person_with(role) as client:
            check_problem(await client.get(path), 403)
    async with person_with("admin", role) as client:
        assert (await client.get("/corrections")).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "1", "1:x", ":", "-1:0", "1" * 40 + ":0"])
async def test_what_is_no_cursor_is_refused(engineer: httpx2.AsyncClient, app: Any, check_problem: Check, cursor: str):
    check_problem(await engineer.get("/corrections", params={"cursor": cursor}), 422)
    check_problem(await engineer.get("/corrections/export", params={"cursor": cursor}), 422)


async def enter_expense(books: Any, task: UUID) -> UUID:
    row: UUID = await books.connection.fetchval(
        """
        insert into ledgers.expenses
            (entity_id, period, task_id, status, source_ref, notes, amount_gross, currency, event_id)
        values ($1, '2026-03', $2, 'NEEDS_ATTENTION', 'doc-9', 'old', 12.50, 'GBP', gen_random_uuid()) returning id
        """,
        books.entity_id,
        task,
    )
    return row


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(shown=json_values, given_=st.lists(json_values, max_size=4))
def test_whatever_was_sent_as_corrections_is_read_without_an_error(shown: Any, given_: list[Any]):
    event = CorrectingEvent(
        seq=1,
        type="gate.closed",
        actor=None,
        at=AT,
        payload={"decision": {"corrections": given_}},
        task_id=uuid4(),
        run_id="r",
        runbook_slug="s",
        runbook_version=None,
        period=None,
        entity_slug="e",
        gate_id=None,
        step_id=None,
        payload_hash=None,
        shown=shown,
    )
    objects = [item for item in given_ if isinstance(item, dict)]
    assert [one.id for one in corrections_of(event)] == [f"1:{number}" for number in range(len(objects))]
